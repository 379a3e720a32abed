"""What we sign is verified by somebody else's reading of DKIM, and any change is seen."""

import base64
import binascii
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from dkim.dknewkey import GenEd25519Keys
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config import SettingProblem
from dordt.mailer.models import Mail, MailKind
from dordt.mailer.smtp import rendering, signing
from dordt.mailer.smtp.signing import Signer, keys_of
from tests.support.raw_lint import problems

AT = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
RSA = generate_private_key(65537, 2048)
ED25519 = Ed25519PrivateKey.generate()
LEAVE = "<https://dordt.example/nieuwsbrief/afmelden/[[token]]/>, <mailto:afmelden@dordt.example>"


def pem(key: RSAPrivateKey | Ed25519PrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


@pytest.fixture
def config(tmp_path: Path) -> dict[str, Any]:
    (tmp_path / "rsa.pem").write_bytes(pem(RSA))
    (tmp_path / "ed25519.pem").write_bytes(pem(ED25519))
    names = {"MAIL_DKIM_DOMAIN": None, "MAIL_DEFAULT_SENDER": "Dordt aan Zet <wijken@dordrecht.example>"}
    names |= {"MAIL_DKIM_SELECTOR": "dz2027", "MAIL_DKIM_KEY_FILE": str(tmp_path / "rsa.pem")}
    names |= {"MAIL_DKIM_ED25519_SELECTOR": "dz2027e", "MAIL_DKIM_ED25519_KEY_FILE": str(tmp_path / "ed25519.pem")}
    return names


@pytest.fixture
def signer(config: dict[str, Any]) -> Signer:
    return Signer(keys_of(config))


def encoded(**values: Any) -> bytes:
    given = {"id": 7, "kind": MailKind.NEWSLETTER, "subject": "Nieuws", "text": "Tekst\n", "html": "<p>  Tekst</p>\n"}
    given |= {"sender": "Dordt aan Zet <wijken@dordrecht.example>", "reply_to": None, "created_at": AT}
    mail = Mail(**given | {"headers": {"List-Unsubscribe": LEAVE}, "list_id": "nieuwsbrief"} | values)
    own = rendering.own_headers(to="anna@voorbeeld.nl", message_id="<7.1.0123456789abcdef@dordt.example>", at=AT)
    return rendering.encode(mail, host="dordt.example").for_recipient(own, "teken")


def is_valid(signed: bytes, signer: Signer, number: int = 0) -> bool:
    """Whether dkimpy finds this signature good, with our records in the DNS."""
    zone = {f"{key.record_name}.".encode(): key.record.encode() for key in signer.keys}
    try:
        return bool(dkim.DKIM(signed).verify(number, dnsfunc=lambda name, timeout: zone[name]))
    except (dkim.DKIMException, binascii.Error, LookupError):
        return False


def test_both_signatures_are_good_and_the_message_itself_stays_as_it_is(signer: Signer):
    content = encoded()

    signed = signer.sign(content)

    assert [is_valid(signed, signer, number) for number in (0, 1)] == [True, True]
    assert signed.endswith(content)
    assert re.findall(rb"a=([a-z0-9-]+);", signed) == [b"rsa-sha256", b"ed25519-sha256"]


def test_the_header_is_7_bit_and_folded(config: dict[str, Any]):
    config["MAIL_DKIM_DOMAIN"] = "een-tamelijk-lang-onderdeel.van-de-gemeente.dordrecht.example"
    content = encoded()

    head = Signer(keys_of(config)).sign(content).removesuffix(content)

    assert head.isascii()
    assert head.count(b"\n") == head.count(b"\r\n") == head.count(b"\r")
    assert max(len(line) for line in head.split(b"\r\n")) <= 76
    assert head.endswith(b"\r\n")
    assert problems(head + content, host="dordt.example", is_bulk=True) == []


def test_what_a_reader_sees_and_what_providers_act_on_is_signed(signer: Signer):
    content = encoded(reply_to="anna@voorbeeld.nl")

    found = re.search(rb"h=([^;]+);", signer.sign(content))

    assert found
    names = re.sub(rb"\s", b"", found[1]).decode().lower().split(":")
    in_message = {line.split(b":")[0].decode().lower() for line in re.findall(rb"(?m)^[A-Za-z-]+:", content[:900])}
    assert set(names) == in_message - {"content-transfer-encoding"}
    assert {name for name in names if names.count(name) == 2} == {"from", "to", "subject", "date", "reply-to"}


# The keys are the same each time.
@given(text=st.text(st.sampled_from("ab \t\n.=é😀")), subject=st.text(st.sampled_from("ab \té😀")))
@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)  # the keys are the same each time
def test_whatever_was_written_is_signed_well(signer: Signer, text: str, subject: str):
    assert is_valid(signer.sign(encoded(text=text, html=text, subject=subject)), signer)


@pytest.mark.parametrize(
    "body",
    [b"", b"\r\n", b" \r\n\r\n", b"a", b"a \t b\t\r\n\r\n\r\n", b"\ta\r\n  \r\nb  \r\n", b"a\r\n\r\n \r\n"],
)
def test_white_space_in_the_body_counts_as_the_standard_says(signer: Signer, body: bytes):
    content = (
        b"From: a@dordt.example\r\nDate: Mon, 01 Mar 2027 09:00:00 +0000\r\nSubject:  a \t b\r\n\tc \r\n\r\n" + body
    )

    assert [is_valid(signer.sign(content), signer, number) for number in (0, 1)] == [True, True]


def test_every_changed_byte_is_seen(config: dict[str, Any]):
    signer = Signer(keys_of(config | {"MAIL_DKIM_ED25519_KEY_FILE": None}))
    signed = signer.sign(encoded())
    assert is_valid(signed, signer)

    unseen = [
        position
        for position in range(len(signed))
        if is_valid(signed[:position] + b"!" + signed[position + 1 :], signer)
    ]

    assert unseen == []


@pytest.mark.parametrize(
    "header", [b"From: a@b.example", b"Subject: Betaal nu", b"Reply-To: a@b.example", b"To: a@b.c"]
)
def test_a_header_that_was_added_is_seen(signer: Signer, header: bytes):
    signed = signer.sign(encoded())

    assert not is_valid(header + b"\r\n" + signed, signer)
    assert not is_valid(signed.replace(b"\r\n\r\n", b"\r\n" + header + b"\r\n\r\n", 1), signer)


def test_a_line_that_was_added_is_seen(signer: Signer):
    assert not is_valid(signer.sign(encoded()) + b"Betaal nu\r\n", signer)


def test_another_key_in_the_dns_does_not_do(config: dict[str, Any], tmp_path: Path):
    signed = Signer(keys_of(config)).sign(encoded())
    (tmp_path / "rsa.pem").write_bytes(pem(generate_private_key(65537, 2048)))

    assert not is_valid(signed, Signer(keys_of(config)))


@pytest.mark.parametrize(
    "content",
    [base64.b64encode(ED25519.private_bytes_raw()) + b"\n", pem(ED25519)],
    ids=["the base64 of its bytes", "PEM"],
)
def test_an_ed25519_key_may_be_written_in_two_ways(config: dict[str, Any], tmp_path: Path, content: bytes):
    (tmp_path / "ed25519.pem").write_bytes(content)

    signer = Signer(keys_of(config))

    assert is_valid(signer.sign(encoded()), signer, 1)


def test_an_ed25519_key_that_dknewkey_made_is_read(config: dict[str, Any], tmp_path: Path):
    GenEd25519Keys(str(tmp_path / "made.key"), verbose=False)
    config["MAIL_DKIM_ED25519_KEY_FILE"] = str(tmp_path / "made.key")

    signer = Signer(keys_of(config))

    assert is_valid(signer.sign(encoded()), signer, 1)


def no_file(_folder: Path, config: dict[str, Any]) -> None:
    config["MAIL_DKIM_KEY_FILE"] = "/nergens/sleutel.pem"


def written(content: bytes, name: str = "rsa.pem") -> Callable[[Path, dict[str, Any]], None]:
    def change(folder: Path, _config: dict[str, Any]) -> None:
        (folder / name).write_bytes(content)

    return change


def setting(name: str, value: str | None) -> Callable[[Path, dict[str, Any]], None]:
    def change(_folder: Path, config: dict[str, Any]) -> None:
        config[name] = value

    return change


LOCKED = RSA.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"wachtwoord"))
WRONG = {
    "no file": (no_file, "MAIL_DKIM_KEY_FILE cannot be read"),
    "a folder": (setting("MAIL_DKIM_KEY_FILE", "/"), "MAIL_DKIM_KEY_FILE cannot be read"),
    "no key": (written(b"geheim geheim"), "MAIL_DKIM_KEY_FILE must hold an RSA key"),
    "a short key": (written(pem(generate_private_key(65537, 1024))), "at least 2048"),  # noqa: S505
    "a key with a password": (written(LOCKED), "MAIL_DKIM_KEY_FILE must hold"),
    "another kind of key": (written(pem(ED25519)), "MAIL_DKIM_KEY_FILE must hold an RSA key"),
    "RSA as the second": (written(pem(RSA), "ed25519.pem"), "MAIL_DKIM_ED25519_KEY_FILE must hold"),
    "a seed of 31 bytes": (written(base64.b64encode(b"x" * 31), "ed25519.pem"), "MAIL_DKIM_ED25519_KEY_FILE must hold"),
    "no base64": (written(b"geheim!", "ed25519.pem"), "MAIL_DKIM_ED25519_KEY_FILE must hold"),
    "no selector": (setting("MAIL_DKIM_SELECTOR", None), "MAIL_DKIM_SELECTOR"),
    "a selector with a line break": (setting("MAIL_DKIM_SELECTOR", "a\r\nb"), "MAIL_DKIM_SELECTOR"),
    "a domain that is none": (setting("MAIL_DKIM_DOMAIN", "a;b.nl"), "MAIL_DKIM_DOMAIN"),
    "one selector for both": (setting("MAIL_DKIM_ED25519_SELECTOR", "DZ2027"), "must differ"),
    "Ed25519 alone": (setting("MAIL_DKIM_KEY_FILE", None), "needs MAIL_DKIM_KEY_FILE"),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_setting_that_is_wrong_is_named_at_the_start_and_repeats_nothing(
    config: dict[str, Any], tmp_path: Path, what: str
):
    change, words = WRONG[what]
    change(tmp_path, config)
    application = Flask("test")
    application.config.update(config)

    with pytest.raises(SettingProblem, match=words) as refused:
        signing.init_app(application)

    assert "geheim" not in str(refused.value)


def test_without_a_key_the_relay_signs(config: dict[str, Any]):
    assert keys_of(config | {"MAIL_DKIM_KEY_FILE": None, "MAIL_DKIM_ED25519_KEY_FILE": None}) == ()


def test_an_application_reads_its_keys_once(config: dict[str, Any], tmp_path: Path):
    application = Flask("test")
    application.config.update(config)
    signing.init_app(application)
    (tmp_path / "rsa.pem").unlink()

    with application.app_context():
        signer = signing.signer()
        assert signer is signing.signer()

    assert signer
    assert [key.record_name for key in signer.keys] == [
        "dz2027._domainkey.dordrecht.example",
        "dz2027e._domainkey.dordrecht.example",
    ]
