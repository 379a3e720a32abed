"""Relay and site from outside: can they be reached, are they who they say? No mail is sent."""

import contextlib
import http.client
import smtplib
import ssl
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from dordt.operations.findings import Finding, fail, info, ok, warn

RELAY_TIMEOUT = 10  # seconds for each step
SECURITY_TXT = "/.well-known/security.txt"
SITE_TIMEOUT = 5  # seconds
MOST = 100_000  # octets that are read
LOCAL = {"127.0.0.1", "localhost", "::1"}


def check_relays(config: Mapping[str, Any]) -> Iterator[Finding]:
    """Whether the relay, and the one behind it, take our connection and our password."""
    yield from _relay("relay", "MAIL", config)
    if config["MAIL_BACKUP_SERVER"]:
        yield from _relay("backup relay", "MAIL_BACKUP", config)


def _relay(subject: str, prefix: str, config: Mapping[str, Any]) -> Iterator[Finding]:
    place = f"{config[f'{prefix}_SERVER']}:{config[f'{prefix}_PORT']}"
    try:
        with _connected(prefix, config) as host:
            yield ok(subject, f"{place} answers{', and let us in' if config[f'{prefix}_USERNAME'] else ''}")
            yield _privacy(subject, prefix, config, offers_tls=host.has_extn("starttls"))
            if not host.has_extn("pipelining"):
                yield info(subject, f"{place} offers no PIPELINING: a newsletter takes longer over a long way")
    except ssl.SSLCertVerificationError as wrong:
        yield fail(subject, f"{place} has no certificate that can be trusted: {wrong.verify_message}")
    except smtplib.SMTPAuthenticationError as wrong:
        yield fail(subject, f"{place} refuses {prefix}_USERNAME and {prefix}_PASSWORD ({wrong.smtp_code})")
    except smtplib.SMTPNotSupportedError:
        yield fail(subject, f"{place} offers no STARTTLS, or no way to sign in, that the settings ask for")
    except (OSError, smtplib.SMTPException) as wrong:
        yield fail(subject, f"{place} cannot be used: {_words(wrong)}")


@contextlib.contextmanager
def _connected(prefix: str, config: Mapping[str, Any]) -> Iterator[smtplib.SMTP]:
    server, port = config[f"{prefix}_SERVER"], config[f"{prefix}_PORT"]
    options: dict[str, Any] = {
        "timeout": RELAY_TIMEOUT,
        "local_hostname": urlsplit(config["SITE_URL"]).hostname or "localhost",
    }
    if config[f"{prefix}_USE_SSL"]:
        host: smtplib.SMTP = smtplib.SMTP_SSL(server, port, context=ssl.create_default_context(), **options)
    else:
        host = smtplib.SMTP(server, port, **options)
    with host:
        host.ehlo_or_helo_if_needed()
        if config[f"{prefix}_USE_TLS"]:
            host.starttls(context=ssl.create_default_context())
            host.ehlo_or_helo_if_needed()
        if config[f"{prefix}_USERNAME"] and config[f"{prefix}_PASSWORD"]:
            host.login(config[f"{prefix}_USERNAME"], config[f"{prefix}_PASSWORD"])
        yield host


def _privacy(subject: str, prefix: str, config: Mapping[str, Any], *, offers_tls: bool) -> Finding:
    if config[f"{prefix}_USE_TLS"] or config[f"{prefix}_USE_SSL"]:
        return ok(subject, "the connection is encrypted, and the certificate is valid")
    if config[f"{prefix}_SERVER"] in LOCAL:
        return ok(subject, "it stands on this machine, so nothing needs to be encrypted")
    if offers_tls:
        return fail(subject, f"it offers STARTTLS, but mail goes to it in the clear: set {prefix}_USE_TLS=1")
    return warn(subject, "mail goes to it in the clear, and it offers no STARTTLS")


def _words(wrong: Exception) -> str:
    if isinstance(wrong, smtplib.SMTPResponseException):
        return f"it answered {wrong.smtp_code}"
    return str(wrong) or type(wrong).__name__


def check_site(site_url: str, *, at: datetime) -> Iterator[Finding]:
    """Whether the site answers with a valid certificate and says where weaknesses can be reported (RFC 9116)."""
    try:
        status, text = _fetched(site_url)
    except ssl.SSLCertVerificationError as wrong:
        yield fail("site", f"{site_url} has no certificate that can be trusted: {wrong.verify_message}")
    except (OSError, http.client.HTTPException, ValueError) as wrong:
        yield warn("site", f"{site_url} cannot be reached from this machine: {wrong or type(wrong).__name__}")
    else:
        yield _security_txt(status, text, at)


def _fetched(site_url: str) -> tuple[int, str]:
    parts = urlsplit(site_url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=SITE_TIMEOUT)
    try:
        connection.request("GET", SECURITY_TXT)
        answer = connection.getresponse()
        return answer.status, answer.read(MOST).decode("utf-8", "replace")
    finally:
        connection.close()


def _security_txt(status: int, text: str, at: datetime) -> Finding:
    fields = dict(line.partition(":")[::2] for line in text.splitlines() if ":" in line and not line.startswith("#"))
    if status != http.client.OK or "Contact" not in fields:
        return fail("site", f"{SECURITY_TXT} is not served ({status})")
    try:
        expires = datetime.fromisoformat(fields.get("Expires", "").strip().replace("Z", "+00:00"))
        is_over = expires < at
    except (ValueError, TypeError):
        is_over = True
    if is_over:
        return fail("site", f"{SECURITY_TXT} has no Expires that is still to come")
    return ok("site", f"it answers, and {SECURITY_TXT} says where weaknesses can be reported")
