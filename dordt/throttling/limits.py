"""Who is counted, and how often others may have us mail one inbox; the table holds neither addresses nor networks."""

import hashlib
import hmac
from collections.abc import Callable
from datetime import datetime
from ipaddress import ip_address, ip_network

from flask import Response, current_app, request
from flask.typing import ResponseReturnValue

from dordt.extensions import db
from dordt.shared.addresses import AddressRefused, address_key
from dordt.throttling.models import RateCount

View = Callable[..., ResponseReturnValue]
Limit = Callable[[View], View]  # the decorator of a view that is counted
ONE_SUBSCRIBER = 64  # bits: who has an IPv6 address has all that begin like it


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
    typed = request.form.get("email", "").strip()
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
