"""The thread under a message, ready for the page."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from dordt.contact.labels import STATUS_LABELS
from dordt.contact.models import EntryKind, Message, MessageEntry
from dordt.staff.contact.listing import STRANGER

SOMEBODY = "Een oud-collega"


@dataclass(frozen=True)
class Line:
    """One line: who did what, when, and the words that go with it."""

    who: str
    what: str
    at: datetime
    text: str
    look: str  # resident, ours or note: which class of the style sheet it has


def lines(message: Message, *, sees_details: bool) -> Iterator[Line]:
    """The message itself and all that followed, oldest first."""
    resident = message.name if sees_details else STRANGER
    yield Line(resident, "schreef", message.created_at, message.body, "resident")
    for entry in message.entries:
        yield _line(entry, resident)


def _line(entry: MessageEntry, resident: str) -> Line:
    colleague = entry.author.name if entry.author else SOMEBODY
    step = f"zette de status op ‘{STATUS_LABELS[entry.status]}’" if entry.status else "schreef"
    who, what, look = {
        EntryKind.FROM_RESIDENT: (resident, "voegde toe", "resident"),
        EntryKind.ANSWER: (colleague, f"mailde de inwoner en {step}", "ours"),
        EntryKind.NOTE: (colleague, "schreef een notitie", "note"),
        EntryKind.STATUS: (colleague, step, "note"),
    }[entry.kind]
    return Line(who, what, entry.at, entry.text, look)
