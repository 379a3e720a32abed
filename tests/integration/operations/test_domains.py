"""What the DNS says about our mail, and the record to add where something is missing."""

import base64
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from dordt.operations import domains
from dordt.operations.dns_lookups import Names
from dordt.operations.findings import Finding, Level, txt_record
from tests.support.dns_server import DnsServer

RSA, OTHER = generate_private_key(65537, 2048), generate_private_key(65537, 2048)
ED25519 = Ed25519PrivateKey.generate()
RELAY = "185.10.20.30"  # an address of the whole internet, which nothing here connects to
Check = Callable[..., list[Finding]]


def p_of(key: Any) -> str:
    return base64.b64encode(key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()


P_ED25519 = base64.b64encode(ED25519.public_key().public_bytes_raw()).decode()
GOOD = {
    "mx": "dordt.example. 60 IN MX 10 mx.dordt.example.\nmx.dordt.example. 60 IN A 192.0.2.20",
    "bounces": "bounces.dordt.example. 60 IN MX 10 mx.dordt.example.",
    "relay": f"relay.example. 60 IN A {RELAY}",
    "spf": 'dordt.example. 60 IN TXT "v=spf1 a:relay.example -all"',
    "bounce spf": 'bounces.dordt.example. 60 IN TXT "v=spf1 a:relay.example -all"',
    "dkim": txt_record("een._domainkey.dordt.example", f"v=DKIM1; k=rsa; p={p_of(RSA)}"),
    "dkim ed": txt_record("twee._domainkey.dordt.example", f"v=DKIM1; k=ed25519; p={P_ED25519}"),
    "dmarc": '_dmarc.dordt.example. 60 IN TXT "v=DMARC1; p=reject; rua=mailto:dmarc@dordt.example"',
}


@pytest.fixture
def config(tmp_path: Path) -> dict[str, Any]:
    for name, key in (("een", RSA), ("twee", ED25519)):
        (tmp_path / name).write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))  # type: ignore[attr-defined]
    return {
        "MAIL_DEFAULT_SENDER": "Dordt aan Zet <wijken@dordt.example>",
        "CONTACT_ADDRESS": "wijken@dordt.example",
        "MAIL_SERVER": "relay.example",
        "MAIL_BACKUP_SERVER": None,
        "MAIL_BOUNCE_DOMAIN": "bounces.dordt.example",
        "MAIL_DKIM_DOMAIN": None,
        "MAIL_DKIM_SELECTOR": "een",
        "MAIL_DKIM_KEY_FILE": str(tmp_path / "een"),
        "MAIL_DKIM_ED25519_SELECTOR": "twee",
        "MAIL_DKIM_ED25519_KEY_FILE": str(tmp_path / "twee"),
    }


@pytest.fixture
def check(serve: Callable[[str], DnsServer], config: dict[str, Any]) -> Check:
    """Check a zone that is good but for what is given: `check({"dmarc": ""}, MAIL_SERVER="…")`."""

    def run(records: dict[str, str] | None = None, **settings: Any) -> list[Finding]:
        zone = "\n".join((GOOD | (records or {})).values()) + "\n"
        return list(domains.check(config | settings, Names(serve(zone).address, wait=0.2)))

    return run


def one(findings: list[Finding], level: Level, *words: str) -> Finding:
    """The one finding of a level with these words in it; or the test fails, showing all."""
    found = [finding for finding in findings if finding.level is level and all(word in finding.text for word in words)]
    assert len(found) == 1, "\n".join(f"{finding.level} {finding.text}" for finding in findings)
    return found[0]


def test_where_all_is_in_order_nothing_is_said_but_good(check: Check):
    findings = check()

    assert {finding.level for finding in findings} == {Level.OK, Level.INFO}
    one(findings, Level.OK, "permits the addresses of relay.example")
    one(findings, Level.OK, "een._domainkey.dordt.example", "rsa-sha256")
    one(findings, Level.OK, "twee._domainkey.dordt.example", "ed25519-sha256")
    one(findings, Level.OK, "both SPF and DKIM are aligned")
    one(findings, Level.INFO, "neither DANE nor MTA-STS")


def test_the_records_that_are_missing_can_be_pasted(check: Check):
    without = dict.fromkeys(("spf", "bounce spf", "dkim", "dkim ed", "dmarc", "mx", "bounces"), "")

    findings = check(without, MAIL_BOUNCE_DOMAIN=None)

    records = [finding.record for finding in findings if finding.record]
    assert records == [
        "dordt.example. IN MX 10 mail.dordt.example.",
        'dordt.example. IN TXT "v=spf1 a:relay.example ~all"',
        GOOD["dkim"],
        GOOD["dkim ed"],
        '_dmarc.dordt.example. IN TXT "v=DMARC1; p=none; rua=mailto:dmarc@dordt.example"',
    ]
    assert len([finding for finding in findings if finding.level is Level.FAIL]) == 5


ADDRESS = "dordt.example. 60 IN A 192.0.2.1\nmx.dordt.example. 60 IN A 192.0.2.1"
MX = {
    "takes no mail": ({"mx": "dordt.example. 60 IN MX 0 ."}, Level.FAIL, "takes no mail"),
    "address only": (
        {"mx": "dordt.example. 60 IN A 192.0.2.1\nmx.dordt.example. 60 IN A 192.0.2.1"},
        Level.WARN,
        "no MX",
    ),
    "server without address": (
        {"mx": "dordt.example. 60 IN MX 10 weg.example."},
        Level.WARN,
        "weg.example",
    ),
    "bounces nowhere": ({"bounces": ""}, Level.FAIL, "bounces.dordt.example has no MX"),
}


@pytest.mark.parametrize("what", MX)
def test_mail_must_be_able_to_come_back(check: Check, what: str):
    records, level, words = MX[what]
    records.setdefault("bounces", "bounces.dordt.example. 60 IN MX 10 b.example.\nb.example. 60 IN A 192.0.2.1")

    one(check(records), level, words)


SPF = {
    "none": ("", Level.FAIL, "has no SPF record"),
    "two": (GOOD["bounce spf"] + "\n" + GOOD["bounce spf"].replace("-all", "~all"), Level.FAIL, "2 records"),
    "anybody": (GOOD["bounce spf"].replace("-all", "+all"), Level.FAIL, "anybody may send"),
    "open end": (GOOD["bounce spf"].replace(" -all", ""), Level.WARN, "says nothing about other senders"),
    "not the relay": (GOOD["bounce spf"].replace("a:relay.example", "ip4:192.0.2.9"), Level.WARN, f"ip4:{RELAY}"),
    "no SPF": (GOOD["bounce spf"].replace("-all", "- all"), Level.FAIL, "which is no SPF"),
}


@pytest.mark.parametrize("what", SPF)
def test_the_domain_of_the_envelope_must_let_the_relay_send(check: Check, what: str):
    record, level, words = SPF[what]

    one(check({"bounce spf": record}), level, words)


def test_the_relay_behind_the_first_must_be_permitted_too(check: Check):
    findings = check({"second": "tweede.example. 60 IN A 185.10.20.31"}, MAIL_BACKUP_SERVER="tweede.example")

    one(findings, Level.OK, "permits the addresses of relay.example")
    one(findings, Level.WARN, "does not permit 185.10.20.31 of tweede.example")


def test_without_a_bounce_domain_the_envelope_is_that_of_the_sender(check: Check):
    findings = check({"spf": ""}, MAIL_BOUNCE_DOMAIN=None)

    one(findings, Level.FAIL, "dordt.example has no SPF record")
    one(findings, Level.WARN, "MAIL_BOUNCE_DOMAIN is not set")


@pytest.mark.parametrize("server", ["127.0.0.1", "intern.example"])
def test_a_relay_that_sends_on_from_elsewhere_cannot_be_checked(check: Check, server: str):
    findings = check({"relay": "intern.example. 60 IN A 10.0.0.1\nrelay.example. 60 IN A 10.0.0.1"}, MAIL_SERVER=server)

    one(findings, Level.INFO, "cannot be seen here")


DKIM = {
    "none": ("", "nobody can verify"),
    "another key": (txt_record("een._domainkey.dordt.example", f"v=DKIM1; k=rsa; p={p_of(OTHER)}"), "another key"),
    "revoked": ('een._domainkey.dordt.example. 60 IN TXT "v=DKIM1; p="', "revoked"),
    "another kind": (f'een._domainkey.dordt.example. 60 IN TXT "v=DKIM1; k=ed25519; p={P_ED25519}"', "another kind"),
    "no key": ('een._domainkey.dordt.example. 60 IN TXT "v=DKIM1; p=geen!sleutel"', "another key"),
    "something else": ('een._domainkey.dordt.example. 60 IN TXT "google-site-verification=x"', "is no DKIM record"),
    "sha1 only": (txt_record("een._domainkey.dordt.example", f"v=DKIM1; h=sha1; p={p_of(RSA)}"), "sha256"),
    "two": (GOOD["dkim"] + "\n" + GOOD["dkim"].replace("k=rsa; ", ""), "2 TXT records"),
}


@pytest.mark.parametrize("what", DKIM)
def test_the_key_in_the_dns_must_be_ours(check: Check, what: str):
    record, words = DKIM[what]

    finding = one(check({"dkim": record}), Level.FAIL, "een._domainkey.dordt.example", words)

    assert finding.record == GOOD["dkim"]


@pytest.mark.parametrize(
    "value",
    [
        f"p={p_of(RSA)}",
        f" v = DKIM1 ;k=rsa;\tp= {p_of(RSA)[:90]} {p_of(RSA)[90:]};",
        "v=DKIM1; p=" + base64.b64encode(RSA.public_key().public_bytes(Encoding.DER, PublicFormat.PKCS1)).decode(),
    ],
    ids=["short", "with white space", "without the kind"],
)
def test_a_key_may_be_written_in_several_ways(check: Check, value: str):
    one(check({"dkim": txt_record("een._domainkey.dordt.example", value)}), Level.OK, "een._domainkey", "holds the key")


def test_a_key_on_trial_is_named(check: Check):
    one(check({"dkim": GOOD["dkim"].replace("k=rsa;", "k=rsa; t=y;")}), Level.WARN, "t=y")


def test_a_key_file_that_is_wrong_is_a_line_and_nothing_breaks(check: Check):
    findings = check(MAIL_DKIM_KEY_FILE="/nergens/sleutel.pem")

    one(findings, Level.FAIL, "MAIL_DKIM_KEY_FILE cannot be read")
    one(findings, Level.OK, "p=reject")


def test_where_the_relay_signs_it_is_said_how_to_see_it(check: Check):
    findings = check(MAIL_DKIM_KEY_FILE=None, MAIL_DKIM_ED25519_KEY_FILE=None)

    one(findings, Level.INFO, "the relay must sign", "dkim=pass", "header.d=dordt.example")
    one(findings, Level.OK, "een._domainkey.dordt.example holds a key")
    one(findings, Level.INFO, "SPF is aligned")


def test_a_selector_of_the_relay_without_a_key_is_named(check: Check):
    findings = check({"dkim": ""}, MAIL_DKIM_KEY_FILE=None, MAIL_DKIM_ED25519_KEY_FILE=None)

    one(findings, Level.FAIL, "een._domainkey.dordt.example holds no key")


def dmarc(tags: str) -> dict[str, str]:
    return {"dmarc": f'_dmarc.dordt.example. 60 IN TXT "v=DMARC1; {tags}"'}


DMARC: dict[str, tuple[dict[str, str], Level, str]] = {
    "none": ({"dmarc": ""}, Level.FAIL, "has no record"),
    "two": ({"dmarc": GOOD["dmarc"] + "\n" + GOOD["dmarc"].replace("reject", "none")}, Level.FAIL, "2 records"),
    "something else": ({"dmarc": '_dmarc.dordt.example. 60 IN TXT "iets"'}, Level.FAIL, "has no record"),
    "no p": (dmarc("rua=mailto:a@dordt.example"), Level.FAIL, "no p="),
    "wrong p": (dmarc("p=streng; rua=mailto:a@dordt.example"), Level.FAIL, "no p="),
    "only watching": (dmarc("p=none; rua=mailto:a@dordt.example"), Level.WARN, "only watches"),
    "no reports": (dmarc("p=reject"), Level.WARN, "names no rua="),
    "reports elsewhere": (
        dmarc("p=reject; rua=mailto:a@rapport.example!10m"),
        Level.WARN,
        "rapport.example does not",
    ),
}


@pytest.mark.parametrize("what", DMARC)
def test_what_the_sender_asks_of_receivers(check: Check, what: str):
    records, level, words = DMARC[what]

    one(check(records), level, words)


def test_reports_may_go_elsewhere_when_that_place_says_so(check: Check):
    records = dmarc("p=reject; rua=mailto:a@rapport.example,mailto:b@dordt.example")
    records["report"] = 'dordt.example._report._dmarc.rapport.example. 60 IN TXT "v=DMARC1"'

    assert {finding.level for finding in check(records)} == {Level.OK, Level.INFO}


def test_a_policy_of_the_domain_above_counts_with_its_word_for_those_below(check: Check):
    records = dmarc("p=reject; sp=none; rua=mailto:a@dordt.example")
    records["below"] = "mail.dordt.example. 60 IN MX 10 mx.dordt.example."

    one(check(records, MAIL_DEFAULT_SENDER="wijken@mail.dordt.example"), Level.WARN, "_dmarc.dordt.example", "p=none")


@pytest.mark.parametrize(
    ("settings", "tags", "level", "words"),
    [
        ({"MAIL_BOUNCE_DOMAIN": "anders.test"}, "", Level.WARN, "bounces go to anders.test"),
        ({"MAIL_DKIM_DOMAIN": "anders.test"}, "", Level.WARN, "DKIM signs as anders.test"),
        ({"MAIL_DKIM_DOMAIN": "anders.test", "MAIL_BOUNCE_DOMAIN": "anders.test"}, "", Level.FAIL, "neither SPF"),
        ({}, "aspf=s;", Level.WARN, "bounces go to bounces.dordt.example"),
        ({"MAIL_DKIM_DOMAIN": "mail.dordt.example"}, "adkim=s;", Level.WARN, "DKIM signs as mail.dordt.example"),
    ],
)  # fmt: skip
def test_our_domains_must_belong_together(check: Check, settings: dict[str, str], tags: str, level: Level, words: str):
    findings = check(dmarc(f"p=reject; {tags} rua=mailto:a@dordt.example"), **settings)

    assert one([finding for finding in findings if finding.subject == "DMARC"], level, words)


def test_the_protection_of_mail_to_us_is_told(check: Check):
    records = {"tlsa": f"_25._tcp.mx.dordt.example. 60 IN TLSA 3 1 1 {'ab' * 32}"}
    records["sts"] = '_mta-sts.bounces.dordt.example. 60 IN TXT "v=STSv1; id=1"'

    one(check(records), Level.INFO, "DANE and MTA-STS")


def test_a_dns_that_is_silent_fails_nothing(check: Check, dns_server: DnsServer):
    dns_server.silent |= {"dordt.example", "bounces.dordt.example", "_dmarc.dordt.example"}
    dns_server.silent |= {"een._domainkey.dordt.example", "twee._domainkey.dordt.example"}

    findings = check()

    assert Level.FAIL not in {finding.level for finding in findings}
    assert len([finding for finding in findings if "cannot be looked up" in finding.text]) >= 5


def test_a_sender_without_a_domain_is_named(check: Check):
    one(check(MAIL_DEFAULT_SENDER="wijken@localhost"), Level.FAIL, "holds no domain")
