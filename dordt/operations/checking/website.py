"""The site, as a visitor reaches it."""

import http.client
import ssl
from collections.abc import Iterator
from datetime import datetime
from urllib.parse import urlsplit

from dordt.operations.checking.findings import Finding, fail, ok, warn

SECURITY_TXT = "/.well-known/security.txt"
WAIT = 5  # seconds
MOST = 100_000  # octets that are read


def check(site_url: str, *, at: datetime) -> Iterator[Finding]:
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
    connection = kind(parts.hostname or "", parts.port, timeout=WAIT)
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
