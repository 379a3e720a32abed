"""Addresses that say which delivery a mail is about: where bounces go (VERP), and where to write to unsubscribe.

`bounces+<delivery>-<signature>@domain`: the number in base 36, then an HMAC, so that nobody but the recipient of a
message can say anything about it. It contains no address. Lower case only: some servers change the case.
"""

import hmac
import re
from collections.abc import Iterator
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from flask import current_app

SIGNATURE = 10  # octets: 80 bits, of which nobody can try many
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
ADDRESS = re.compile(
    rf"(?<![a-z0-9.+-])(bounces|leave)\+([0-9a-z]{{1,13}})-([0-9a-f]{{{2 * SIGNATURE}}})@", re.IGNORECASE
)


class Purpose(StrEnum):
    """What a signed address is for."""

    BOUNCES = "bounces"
    LEAVE = "leave"


class Tag(NamedTuple):
    """The content of a signed address."""

    purpose: Purpose
    delivery_id: int


def return_path(delivery_id: int) -> str | None:
    """The envelope sender of a message; None where mail does not come back (MAIL_BOUNCE_DOMAIN is not set)."""
    return _address(Purpose.BOUNCES, delivery_id)


def leave_address(delivery_id: int) -> str | None:
    """Where to write to end the subscription behind a message; None as for `return_path`."""
    return _address(Purpose.LEAVE, delivery_id)


def read(address: str) -> Tag | None:
    """The content of a signed address; None for any other, and for one that we did not sign."""
    return next(read_all(address), None)


def read_all(text: str) -> Iterator[Tag]:
    """The content of all signed addresses in a text, in their order.

    The domain does not matter: messages outlive a change of MAIL_BOUNCE_DOMAIN, and one of SECRET_KEY.
    """
    for found in ADDRESS.finditer(text):
        purpose, number, signature = Purpose(found[1].lower()), int(found[2], 36), found[3].lower()
        if any(hmac.compare_digest(signature, _signature(key, purpose, number)) for key in _keys()):
            yield Tag(purpose, number)


def _address(purpose: Purpose, delivery_id: int) -> str | None:
    config = current_app.config
    domain = config["MAIL_BOUNCE_DOMAIN"]
    if not domain:
        return None
    signature = _signature(_key(config["SECRET_KEY"]), purpose, delivery_id)
    return f"{purpose}+{_base36(delivery_id)}-{signature}@{domain}"


def _keys() -> list[bytes]:
    return [_key(secret) for secret in (current_app.config["SECRET_KEY"], *current_app.config["SECRET_KEY_FALLBACKS"])]


@lru_cache(maxsize=16)
def _key(secret: str) -> bytes:
    """Of this use alone: a signature made elsewhere in the application is worth nothing here."""
    return hmac.digest(secret.encode(), b"dordt-verp", "sha256")


def _signature(key: bytes, purpose: Purpose, delivery_id: int) -> str:
    return hmac.digest(key, f"{purpose} {delivery_id}".encode(), "sha256").hex()[: 2 * SIGNATURE]


def _base36(number: int) -> str:
    written = ""
    while True:
        number, rest = divmod(number, 36)
        written = DIGITS[rest] + written
        if not number:
            return written
