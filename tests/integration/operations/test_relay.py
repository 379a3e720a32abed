"""The relay is looked at over a real connection; no mail is sent."""

import ssl
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult

from dordt.development.catcher import SmtpThread
from dordt.operations import reachability
from dordt.operations.findings import Finding, Level
from tests.support.certificates import server_context, write_certificate
from tests.support.relay import HANG_UP, Relay

SETTINGS = ("SERVER", "PORT", "USERNAME", "PASSWORD", "USE_TLS", "USE_SSL")
NO_RELAY = {f"{prefix}_{name}": None for prefix in ("MAIL", "MAIL_BACKUP") for name in SETTINGS}
NO_RELAY |= {"SITE_URL": "https://aanzet.dordt.example"}
PASSWORD = "wachtwoord-van-de-relay"


class Handler:
    """Takes nothing in: whoever sends a mail here is found out."""

    def __init__(self) -> None:
        self.mails = 0

    async def handle_MAIL(self, *_rest: Any) -> str:  # noqa: N802  (aiosmtpd calls it by the command)
        """Count and refuse."""
        self.mails += 1
        return "550 no mail here"


@pytest.fixture
def tls_relay() -> Iterator[Callable[..., int]]:
    """Start a relay that speaks STARTTLS with a certificate and knows one password; returns its port."""
    started: list[SmtpThread] = []
    handler = Handler()

    def knows(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
        return AuthResult(success=data.password == PASSWORD.encode(), handled=False)

    def start(certificate: Path | None) -> int:
        context: ssl.SSLContext | None = server_context(certificate) if certificate else None
        options = {"tls_context": context, "authenticator": knows, "auth_require_tls": bool(context)}
        started.append(SmtpThread(lambda loop: SMTP(handler, hostname="relay.test", loop=loop, **options), 0))
        return started[-1].port

    yield start
    for server in started:
        server.stop()
    assert handler.mails == 0


def look(**settings: Any) -> list[Finding]:
    return list(reachability.check_relays(NO_RELAY | settings))


def told(findings: list[Finding], level: Level) -> list[str]:
    return [finding.text for finding in findings if finding.level is level]


@pytest.fixture
def certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A certificate that this machine trusts."""
    path = write_certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    return path


def test_a_relay_on_this_machine_needs_no_tls(smtp_server: Relay):
    findings = look(MAIL_SERVER=smtp_server.host, MAIL_PORT=smtp_server.port)

    assert {finding.level for finding in findings} == {Level.OK}
    assert smtp_server.messages == []


def test_a_certificate_that_is_trusted_and_a_password_that_is_right(tls_relay: Callable[..., int], certificate: Path):
    port = tls_relay(certificate)

    findings = look(
        MAIL_SERVER="localhost", MAIL_PORT=port, MAIL_USE_TLS=True, MAIL_USERNAME="dordt", MAIL_PASSWORD=PASSWORD
    )

    assert told(findings, Level.FAIL) == []
    assert told(findings, Level.OK) == [
        f"localhost:{port} answers, and let us in",
        "the connection is encrypted, and the certificate is valid",
    ]


def test_a_wrong_password_is_named_and_not_repeated(tls_relay: Callable[..., int], certificate: Path):
    settings = {"MAIL_SERVER": "localhost", "MAIL_PORT": tls_relay(certificate), "MAIL_USE_TLS": True}

    (text,) = told(look(**settings, MAIL_USERNAME="dordt", MAIL_PASSWORD="geheim"), Level.FAIL)

    assert "refuses MAIL_USERNAME and MAIL_PASSWORD" in text
    assert "geheim" not in text


@pytest.mark.parametrize(("host", "days"), [("localhost", -1), ("elders.example", 2)], ids=["over", "another name"])
def test_a_certificate_that_is_not_right_is_named(
    tls_relay: Callable[..., int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, host: str, days: int
):
    path = write_certificate(tmp_path, host=host, days=days)
    monkeypatch.setenv("SSL_CERT_FILE", str(path))

    (text,) = told(look(MAIL_SERVER="localhost", MAIL_PORT=tls_relay(path), MAIL_USE_TLS=True), Level.FAIL)

    assert "no certificate that can be trusted" in text


def test_a_certificate_that_nobody_vouches_for_is_named(tls_relay: Callable[..., int], tmp_path: Path):
    port = tls_relay(write_certificate(tmp_path))

    (text,) = told(look(MAIL_SERVER="localhost", MAIL_PORT=port, MAIL_USE_TLS=True), Level.FAIL)

    assert "no certificate that can be trusted" in text


@pytest.mark.parametrize(
    "settings",
    [{"MAIL_USE_TLS": True}, {"MAIL_USERNAME": "dordt", "MAIL_PASSWORD": PASSWORD}],
    ids=["no STARTTLS", "no AUTH"],
)
def test_what_the_relay_does_not_offer_is_named(smtp_server: Relay, settings: dict[str, Any]):
    (text,) = told(look(MAIL_SERVER=smtp_server.host, MAIL_PORT=smtp_server.port, **settings), Level.FAIL)

    assert "offers no STARTTLS, or no way to sign in" in text


def test_mail_in_the_clear_is_named(
    tls_relay: Callable[..., int], certificate: Path, smtp_server: Relay, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(reachability, "LOCAL", set())  # as if it stood elsewhere

    (text,) = told(look(MAIL_SERVER="localhost", MAIL_PORT=tls_relay(certificate)), Level.FAIL)
    (warning,) = told(look(MAIL_SERVER="localhost", MAIL_PORT=smtp_server.port), Level.WARN)

    assert "set MAIL_USE_TLS=1" in text
    assert "offers no STARTTLS" in warning


@pytest.mark.parametrize("answer", [HANG_UP, "554 5.7.1 not you"])
def test_a_relay_that_does_not_want_us_is_named(smtp_server: Relay, answer: str):
    smtp_server.answer("CONNECT", answer)

    (text,) = told(look(MAIL_SERVER=smtp_server.host, MAIL_PORT=smtp_server.port), Level.FAIL)

    assert "cannot be used" in text


def test_a_relay_that_is_not_there_is_named_and_so_is_the_one_behind_it(new_relay: Callable[..., Relay]):
    relays = [new_relay(), new_relay(pipelining=False)]
    for server in relays:
        server.stop()

    findings = look(
        MAIL_SERVER="127.0.0.1",
        MAIL_PORT=relays[0].port,
        MAIL_BACKUP_SERVER="127.0.0.1",
        MAIL_BACKUP_PORT=relays[1].port,
    )

    assert [(finding.level, finding.subject) for finding in findings] == [
        (Level.FAIL, "relay"),
        (Level.FAIL, "backup relay"),
    ]


def test_a_relay_without_pipelining_is_told(new_relay: Callable[..., Relay]):
    server = new_relay(pipelining=False)

    (text,) = told(look(MAIL_SERVER=server.host, MAIL_PORT=server.port), Level.INFO)

    assert "PIPELINING" in text
