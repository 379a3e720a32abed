"""The way out over TLS: with a real certificate, whose name is looked at."""

import ssl
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from aiosmtpd.handlers import Sink
from aiosmtpd.smtp import SMTP
from flask import Flask

from dordt.development.catcher import SmtpThread
from dordt.mailer.relays import Relay
from dordt.mailer.smtp.transport import Unreachable, mail
from tests.support.certificates import server_context, write_certificate


@pytest.fixture
def app(sqlite_installation) -> Flask:
    """How mail leaves does not depend on the database engine."""
    with sqlite_installation.app.app_context():
        yield sqlite_installation.app
    sqlite_installation.tidy()


@pytest.fixture
def starttls_relay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], Relay]]:
    """A relay with a certificate for some host, which this machine trusts; we call it `localhost`."""
    started: list[SmtpThread] = []

    def start(host: str) -> Relay:
        path = write_certificate(tmp_path, host=host)
        monkeypatch.setenv("SSL_CERT_FILE", str(path))
        context: ssl.SSLContext = server_context(path)
        new = lambda loop: SMTP(Sink(), hostname="relay.test", loop=loop, tls_context=context)  # noqa: E731
        started.append(SmtpThread(new))
        # Not the catcher of development: the address counts, and so the name in the certificate.
        return Relay("tls", "localhost", started[-1].port, use_tls=True, is_backup=True)

    yield start
    for server in started:
        server.stop()


def test_a_relay_with_a_certificate_of_its_own_name_is_talked_to_in_secret(app: Flask, starttls_relay):
    with mail.connect(starttls_relay("localhost")) as connection:
        assert connection.host is not None
        assert isinstance(connection.host.sock, ssl.SSLSocket)


def test_a_certificate_for_another_name_is_refused(app: Flask, starttls_relay):
    with pytest.raises(Unreachable, match="certificate"):
        mail.connect(starttls_relay("elders.example")).open()
