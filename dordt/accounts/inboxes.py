"""How often strangers may have us mail one inbox, whichever form they use and however they write the address."""

import hashlib
import hmac
from datetime import datetime

from flask import current_app

from dordt.accounts.rate_storage import increment
from dordt.extensions import db
from dordt.shared.addresses import address_key


def may_be_mailed(email: str, *, at: datetime) -> bool:
    """Whether one more mail may go to this inbox, asked by somebody who did not prove that it is theirs.

    It counts within the caller's transaction, so ask once for each mail. A resident who writes often stays far below
    the limit; what they send arrives all the same.
    """
    per = int(current_app.config["ONE_MAIL_PER"].total_seconds())
    count = db.session.scalar(increment(_mark(email), per, now=at.timestamp()))
    return int(count or 0) <= current_app.config["MAILS_PER_INBOX"]


def _mark(email: str) -> str:
    """Names the inbox without its address; what stands behind a plus is a label of its owner."""
    local, _, domain = address_key(email).rpartition("@")
    inbox = f"inbox {local.partition('+')[0]}@{domain}"
    return hmac.digest(current_app.config["SECRET_KEY"].encode(), inbox.encode(), hashlib.sha256).hex()
