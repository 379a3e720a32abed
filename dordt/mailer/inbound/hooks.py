"""Where domains say what must happen when somebody unsubscribes by mail."""

from datetime import datetime
from typing import Protocol

from dordt.mailer.models import MailKind


class Leave(Protocol):
    """Ends what mail of a kind comes of, and commits nothing: the mail that asked is stored in the same transaction."""

    def __call__(self, recipient: int, list_id: str, /, *, mail_id: int, at: datetime) -> bool:
        """Tell whether this recipient of this list is known; that one left already changes nothing, and is true.

        mail_id: the mail whose address to leave was written to.
        """


_leaving: dict[MailKind, Leave] = {}


def on_unsubscribe(kind: MailKind, function: Leave) -> None:
    """Let a domain end what mail of a kind comes of."""
    _leaving[kind] = function


def unsubscribe(kind: MailKind, recipient: int, list_id: str, *, mail_id: int, at: datetime) -> bool:
    """End it; False when nobody knows how, and staff must look."""
    leave = _leaving.get(kind)
    return leave is not None and leave(recipient, list_id, mail_id=mail_id, at=at)
