"""With a key of our own, what reaches the relay carries signatures that others find good."""

from collections.abc import Callable
from pathlib import Path

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from flask import Flask

from dordt.mailer.smtp import signing
from tests.factories.mailer import make_newsletter, make_receipt
from tests.support.raw_lint import problems
from tests.support.relay import Relay


@pytest.fixture
def zone(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[bytes, bytes]:
    """The DNS records of an application that signs with two keys."""
    for name, prefix, key in (
        ("rsa", "MAIL_DKIM", generate_private_key(65537, 2048)),
        ("ed25519", "MAIL_DKIM_ED25519", Ed25519PrivateKey.generate()),
    ):
        path = tmp_path / f"{name}.pem"
        path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        monkeypatch.setitem(app.config, f"{prefix}_SELECTOR", name)
        monkeypatch.setitem(app.config, f"{prefix}_KEY_FILE", str(path))
    monkeypatch.setitem(app.extensions, "dkim", None)
    signing.init_app(app)
    signer = signing.signer()
    assert signer
    return {f"{key.record_name}.".encode(): key.record.encode() for key in signer.keys}


def test_each_message_is_signed_twice_for_its_own_reader(
    zone: dict[bytes, bytes], relay: Relay, deliver: Callable[..., None]
):
    make_receipt(text=".Punt\n..\n\n\n", html="<p>  é \n.</p>\n\n")
    make_newsletter(2)

    deliver()

    assert len(relay.messages) == 3
    for received in relay.messages:
        signed = dkim.DKIM(received.content)
        assert [signed.verify(number, dnsfunc=lambda name, timeout: zone[name]) for number in (0, 1)] == [True, True]
        is_bulk = b"List-Id" in received.content
        assert problems(received.content, host="127.0.0.1", is_bulk=is_bulk) == []
