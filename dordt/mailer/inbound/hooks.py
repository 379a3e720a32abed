"""Where domains say what must happen when somebody unsubscribes by mail."""

from collections.abc import Callable
from datetime import datetime

from dordt.mailer.models import MailKind

Leave = Callable[[int, str, datetime], bool]
_leaving: dict[MailKind, Leave] = {}


def on_unsubscribe(kind: MailKind, function: Leave) -> None:
    """Let a domain end what mail of a kind comes of: called with the delivery's recipient, its list and the moment.

    The function commits nothing, for the mail that asked is stored in the same transaction. It tells whether it knows
    the recipient; that one left already changes nothing, and is true.
    """
    _leaving[kind] = function


def unsubscribe(kind: MailKind, recipient: int, list_id: str, *, at: datetime) -> bool:
    """End it; False when nobody knows how, and staff must look."""
    leave = _leaving.get(kind)
    return leave is not None and leave(recipient, list_id, at)
