"""How often somebody may try: the limiter of Flask with its counts in a table that all processes and hosts share."""

import hashlib
import hmac
import time
from collections.abc import Callable
from datetime import datetime
from ipaddress import ip_address, ip_network
from typing import Any

import sqlalchemy as sa
from flask import Flask, Response, current_app, request
from flask.typing import ResponseReturnValue
from limits.storage import Storage
from sqlalchemy.exc import SQLAlchemyError

from dordt.extensions import db, limiter
from dordt.shared import typed_text
from dordt.shared.addresses import AddressRefused, address_key
from dordt.shared.database import affected, reading, writing
from dordt.throttling.models import RateCount

SCHEME = "dordt"
View = Callable[..., ResponseReturnValue]
Limit = Callable[[View], View]  # the decorator of a view that is counted
ONE_SUBSCRIBER = 64  # bits: who has an IPv6 address has all that begin like it


def init_app(app: Flask) -> None:
    """Have the limiter count in our table, which `TableStorage` registers under its scheme."""
    app.config.setdefault("RATELIMIT_STORAGE_URI", f"{SCHEME}://")
    limiter.init_app(app)


class TableStorage(Storage):
    """Counts of fixed windows; each call is one short transaction on a connection of its own."""

    STORAGE_SCHEME = [SCHEME]

    @property
    def base_exceptions(self) -> type[Exception]:
        """What may go wrong here."""
        return SQLAlchemyError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Add to the count of a key, from zero when its window is over, and return the new count."""
        count = int(self._write(RateCount.increment(key, expiry, amount, now=time.time())).scalar_one())
        if count == amount:
            self._write(sa.delete(RateCount).where(RateCount.expires_at < time.time()))
        return count

    def get(self, key: str) -> int:
        """The count of a key, 0 when its window is over."""
        return int(self._read(key, RateCount.count) or 0)

    def get_expiry(self, key: str) -> float:
        """When the window of a key is over."""
        return float(self._read(key, RateCount.expires_at) or time.time())

    def check(self) -> bool:
        """Whether the table can be read."""
        self._read("", RateCount.count)
        return True

    def reset(self) -> int:
        """Forget all counts."""
        return affected(self._write(sa.delete(RateCount)))

    def clear(self, key: str) -> None:
        """Forget the count of one key."""
        self._write(sa.delete(RateCount).where(RateCount.key == key))

    def _read(self, key: str, column: Any) -> Any:
        with reading(), db.engine.connect() as connection:
            return connection.scalar(sa.select(column).where(RateCount.key == key, RateCount.expires_at > time.time()))

    def _write(self, statement: Any) -> Any:
        with writing(), db.engine.begin() as connection:
            result = connection.execute(statement)
            return result.freeze()() if result.returns_rows else result


def may_be_mailed(email: str, *, at: datetime) -> bool:
    """Whether one more mail may go to this inbox, asked by somebody who did not prove that it is theirs.

    It counts within the caller's transaction, so ask once for each mail, whichever form was used and however the
    address is written. A resident who writes often stays far below the limit; what they send arrives all the same.
    """
    per = int(current_app.config["ONE_MAIL_PER"].total_seconds())
    count = db.session.scalar(RateCount.increment(_inbox(email), per, now=at.timestamp()))
    most: int = current_app.config["MAILS_PER_INBOX"]
    return int(count or 0) <= most


def account_from_here() -> str:
    """One account from one network: a stranger elsewhere locks no colleague out."""
    typed = typed_text.email(request.form.get("email", ""))  # as the form reads it
    try:
        account = address_key(typed)  # there are many ways to write one address, and all of them sign in
    except AddressRefused:
        account = typed.lower()
    return hashed("account", f"{account} {_network()}")


def network() -> str:
    """All that one network tries, for whoever tries one password on many accounts."""
    return hashed("network", _network())


def was_refused(response: Response) -> bool:
    """Only what was refused counts: who types the right password is never kept waiting."""
    return response.status_code == 422


def hashed(kind: str, who: str) -> str:
    """The key of one count: it can be found again, and tells nothing."""
    key = current_app.config["SECRET_KEY"].encode()
    return hmac.digest(key, f"{kind} {who}".encode(errors="replace"), hashlib.sha256).hex()


def _inbox(email: str) -> str:
    """What stands behind a plus is a label of the inbox's owner."""
    local, _, domain = address_key(email).rpartition("@")
    return hashed("inbox", f"{local.partition('+')[0]}@{domain}")


def _network() -> str:
    try:
        address = ip_address(request.remote_addr or "")
    except ValueError:
        return ""  # a socket of this machine
    return str(ip_network((address, ONE_SUBSCRIBER), strict=False)) if address.version == 6 else str(address)
