"""Links for mails: always SITE_URL and a path; signed ones carry a row id and a version, never an address."""

import hmac
import re
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import Any
from urllib.parse import urljoin, urlsplit

from flask import current_app
from itsdangerous import BadData, SignatureExpired, TimestampSigner, URLSafeTimedSerializer
from itsdangerous.encoding import base64_encode, int_to_bytes

from dordt.shared.clean_html import SCHEMES
from dordt.shared.problems import LinkExpired, LinkInvalid

# A signed token, or the mark where the worker puts one for each recipient.
TOKEN = re.compile(r"(?<![\w-])[\w-]{4,}+\.[\w-]{6}\.[\w-]{20,}+|\[\[token\]\]")


def absolute(endpoint: str, **values: Any) -> str:
    """The full address of a page, as a mail must show it; works in a request, a task and a command alike."""
    site = current_app.config["SITE_URL"]
    path = current_app.url_map.bind("localhost").build(endpoint, values)
    return f"{site}{path}"


def full_address(written: str, site: str) -> str:
    """What an editor wrote as a full address; '' when it is none that a mail can lead to."""
    try:
        full = urljoin(f"{site}/", written)
    except ValueError:  # such as https://[dordrecht.nl
        return ""
    return full if urlsplit(full).scheme in SCHEMES and not written.startswith("#") else ""


@dataclass(frozen=True)
class Claim:
    """What a link says: this row, as long as its link version is still this one."""

    row_id: int
    version: int


def issue_token(row_id: int, *, purpose: str, version: int) -> str:
    """Sign a link for one row and one purpose."""
    token: str | bytes = _serializer(purpose).dumps([row_id, version])
    return token if isinstance(token, str) else token.decode()


def token_issuer(purpose: str) -> Callable[[int, int], str]:
    """What `issue_token` does, for many rows: called with a row id and a version."""
    signer = _serializer(purpose).make_signer()
    assert isinstance(signer, TimestampSigner)
    key, between = signer.derive_key(), bytes(signer.sep)

    @lru_cache(maxsize=2)
    def stamp(second: int) -> bytes:
        return between + base64_encode(int_to_bytes(second))

    def issue(row_id: int, version: int) -> str:
        """As URLSafeTimedSerializer.dumps: that derives the key again and tries to compress, for each of a million."""
        value = urlsafe_b64encode(b"[%d,%d]" % (row_id, version)).rstrip(b"=") + stamp(signer.get_timestamp())
        signature = urlsafe_b64encode(hmac.digest(key, value, "sha1")).rstrip(b"=")
        return (value + between + signature).decode("ascii")

    return issue


def read_token(token: str, *, purpose: str, max_age: timedelta | None = None) -> Claim:
    """Return the row id and link version that a signed link was made for.

    max_age: how long the link works after signing, counted in whole seconds; None means for ever.
    purpose: the signing salt; a confirm link cannot be replayed to unsubscribe someone.
    Raises LinkExpired when it is too old, LinkInvalid when the signature does not match.
    Source: itsdangerous URLSafeTimedSerializer with SECRET_KEY_FALLBACKS, so that links outlive a new key.
    """
    seconds = None if max_age is None else int(max_age.total_seconds())
    try:
        row_id, version = _serializer(purpose).loads(token, max_age=seconds)
        return Claim(int(row_id), int(version))
    except SignatureExpired as old:
        raise LinkExpired(purpose) from old
    except (BadData, ValueError, TypeError) as wrong:
        raise LinkInvalid(purpose) from wrong


def without_tokens(text: str) -> str:
    """The text with the link tokens of residents left out: whoever reads a mail may not act for its recipient."""
    return TOKEN.sub("…", text)


def _serializer(purpose: str) -> URLSafeTimedSerializer:
    keys = [*current_app.config["SECRET_KEY_FALLBACKS"], current_app.config["SECRET_KEY"]]  # the last one signs
    return URLSafeTimedSerializer(keys, salt=f"dordt-{purpose}")
