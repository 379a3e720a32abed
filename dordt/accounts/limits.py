"""Who tries to sign in, as the limiter counts it: the table holds neither addresses nor networks."""

import hashlib
import hmac
from ipaddress import ip_address, ip_network

from flask import Response, current_app, request

from dordt.accounts import sessions
from dordt.shared.addresses import AddressRefused, address_key

ONE_SUBSCRIBER = 64  # bits: who has an IPv6 address has all that begin like it


def account_from_here() -> str:
    """One account from one network: a stranger elsewhere locks no colleague out."""
    typed = request.form.get("email", "").strip()
    try:
        account = address_key(typed)  # there are many ways to write one address, and all of them sign in
    except AddressRefused:
        account = typed.lower()
    return _mark("account", f"{account} {_network()}")


def network() -> str:
    """All that one network tries, for who tries one password on many accounts."""
    return _mark("network", _network())


def own_account() -> str:
    """The member who sent this request: with a stolen session nobody can guess the password that belongs to it."""
    member = sessions.current_member()
    return _mark("member", str(member.id if member else 0))


def was_refused(response: Response) -> bool:
    """Only what was refused counts: who types the right password is never kept waiting."""
    return response.status_code == 422


def _network() -> str:
    try:
        address = ip_address(request.remote_addr or "")
    except ValueError:
        return ""  # a socket of this machine
    return str(ip_network((address, ONE_SUBSCRIBER), strict=False)) if address.version == 6 else str(address)


def _mark(kind: str, who: str) -> str:
    key = current_app.config["SECRET_KEY"].encode()
    return hmac.digest(key, f"{kind} {who}".encode(errors="replace"), hashlib.sha256).hex()
