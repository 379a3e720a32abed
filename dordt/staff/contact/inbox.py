"""What the inbox shows of each message, in which order, and what the page of one message shows of its thread."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from dordt.contact.labels import STATUS_LABELS, label_of
from dordt.contact.models import EntryKind, Message, MessageEntry, MessageStatus
from dordt.contact.workflow import StatusType, of_type
from dordt.places.models import Topic
from dordt.shared.formats import excerpt

STRANGER = "Bewoner"  # for those who may not see contact details
SOMEBODY = "Een oud-collega"
MAILED_ENDS = (MessageStatus.ANSWERED, MessageStatus.DECLINED)  # unless no answer was needed
ORDERS: "dict[str, tuple[sa.ColumnElement[Any], ...]]" = {
    "": (Message.spoken_at().desc(), Message.id.desc()),
    "oud": (Message.created_at.asc(), Message.id.asc()),
    "termijn": (Message.reply_by_on.asc(), Message.id.asc()),
}


@dataclass(frozen=True)
class InboxRow:
    """One message in the list."""

    message: Message
    who: str
    first_words: str
    place: str
    status_label: str
    is_unread: bool
    is_overdue: bool

    @property
    def has_new_reply(self) -> bool:
        """Whether the resident added something that the reader has not opened."""
        return self.is_unread and self.message.added_to_at is not None


@dataclass(frozen=True)
class ThreadEntry:
    """Who did what, when, and the words that go with it."""

    who: str
    what: str
    at: datetime
    text: str
    look: str  # resident, ours or note: which class of the style sheet it has
    is_new: bool = False  # written after the page was opened on which the reader was writing


def inbox_messages(
    chosen: Mapping[str, str],
    words: str,
    named: "sa.ColumnElement[bool] | None",
    *,
    member_id: int,
    sees_details: bool,
    today: date,
) -> "sa.Select[Message]":
    """The messages that the filters and the search words leave, in the order that was chosen.

    named: which are meant by `Message.named`, whatever the filters say.
    """
    if named is not None:
        return sa.select(Message).where(named).order_by(*ORDERS[chosen["order"]])
    query = Message.with_status(*_statuses(chosen["status"])).where(Message.containing(words, in_details=sees_details))
    if chosen["neighbourhood"]:
        query = query.where(Message.neighbourhood == chosen["neighbourhood"])
    if chosen["topic"]:
        query = query.where(Message.topic.has(Topic.slug == chosen["topic"]))
    if chosen["assignee"]:
        query = query.where(Message.assignee_id == (member_id if chosen["assignee"] == "mij" else None))
    if chosen["deadline"]:
        query = query.where(Message.overdue(today))
    if chosen["reply"]:
        new = Message.with_new_reply(member_id).order_by(None).with_only_columns(Message.id)
        query = query.where(Message.id.in_(new))
    return query.order_by(*ORDERS[chosen["order"]])


def read_by(member_id: int, shown: Iterable[Message]) -> "sa.Select[int]":
    """Which of these messages a member of staff has opened since the resident wrote last."""
    ids = [message.id for message in shown]
    return sa.select(Message.id).where(Message.id.in_(ids), Message.is_read_by(member_id))


def inbox_rows(
    shown: Sequence[Message], read: Iterable[int], *, places: Mapping[str, str], today: date, sees_details: bool
) -> list[InboxRow]:
    """What the list shows of each message."""
    known = set(read)
    return [
        InboxRow(
            message=message,
            who=message.name if sees_details else STRANGER,
            first_words=excerpt(message.body),
            place=places.get(message.neighbourhood, message.neighbourhood),
            status_label=label_of(message),
            is_unread=message.id not in known,
            is_overdue=message.is_overdue(today),
        )
        for message in shown
    ]


def thread_of(message: Message, *, sees_details: bool, seen: int | None = None) -> Iterator[ThreadEntry]:
    """The message itself and all that followed, oldest first; what followed the entry `seen` is new."""
    resident = message.name if sees_details else STRANGER
    yield ThreadEntry(resident, "schreef", message.created_at, message.body, "resident")
    for entry in message.entries:
        yield replace(_thread_entry(entry, resident), is_new=seen is not None and entry.id > seen)


def _statuses(wanted: str) -> list[MessageStatus]:
    groups = {
        "open": of_type(StatusType.OPEN),
        "gesloten": of_type(StatusType.CLOSED),
        "alles": [*of_type(StatusType.OPEN), *of_type(StatusType.CLOSED)],
    }
    return groups[wanted] if wanted in groups else [MessageStatus(wanted)]


def _thread_entry(entry: MessageEntry, resident: str) -> ThreadEntry:
    colleague = entry.author.name if entry.author else SOMEBODY
    is_unanswered = entry.kind is EntryKind.STATUS and entry.status in MAILED_ENDS
    step = f"zette de status op ‘{STATUS_LABELS[entry.status]}’" if entry.status else "schreef"
    step = "sloot het bericht zonder antwoord" if is_unanswered else step
    who, what, look = {
        EntryKind.FROM_RESIDENT: (resident, "voegde toe", "resident"),
        EntryKind.ANSWER: (colleague, f"mailde de bewoner en {step}", "ours"),
        EntryKind.NOTE: (colleague, "schreef een notitie", "note"),
        EntryKind.STATUS: (colleague, step, "note"),
    }[entry.kind]
    return ThreadEntry(who, what, entry.at, entry.text, look)
