"""The inbox as a list: which messages, in which order, and what each row shows."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from dordt.audit.models import ReadingEntry
from dordt.contact.labels import STATUS_LABELS
from dordt.contact.models import Message, MessageStatus
from dordt.contact.workflow import StatusType, of_type
from dordt.places.models import Topic

STRANGER = "Inwoner"  # for who may not see contact details
FIRST_WORDS = 160
ORDERS: "dict[str, tuple[sa.ColumnElement[Any], ...]]" = {
    "": (Message.created_at.desc(), Message.id.desc()),
    "oud": (Message.created_at.asc(), Message.id.asc()),
    "termijn": (Message.reply_by_on.asc(), Message.id.asc()),
}


@dataclass(frozen=True)
class Row:
    """One message in the list."""

    message: Message
    who: str
    first_words: str
    place: str
    status_label: str
    is_unread: bool
    is_overdue: bool


def messages(chosen: Mapping[str, str], words: str, *, member_id: int, sees_details: bool) -> "sa.Select[Message]":
    """The messages that the filters and the search words leave, in the order that was chosen."""
    query = Message.standing(*_statuses(chosen["status"])).where(Message.holding(words, in_details=sees_details))
    if chosen["wijk"]:
        query = query.where(Message.neighbourhood == chosen["wijk"])
    if chosen["thema"]:
        query = query.where(Message.topic.has(Topic.slug == chosen["thema"]))
    if chosen["wie"]:
        query = query.where(Message.assignee_id == (member_id if chosen["wie"] == "mij" else None))
    return query.order_by(*ORDERS[chosen["volgorde"]])


def read_by(member_id: int, shown: Iterable[Message]) -> "sa.Select[int]":
    """Which of these messages a member of staff has opened before."""
    mine = (ReadingEntry.member_id == member_id, ReadingEntry.subject_type == "message")
    ids = [message.id for message in shown]
    return sa.select(ReadingEntry.subject_id).where(*mine, ReadingEntry.subject_id.in_(ids)).distinct()


def as_rows(
    shown: Sequence[Message], read: Iterable[int], *, places: Mapping[str, str], today: date, sees_details: bool
) -> list[Row]:
    """What the list shows of each message."""
    known = set(read)
    return [
        Row(
            message=message,
            who=message.name if sees_details else STRANGER,
            first_words=" ".join(message.body[: 2 * FIRST_WORDS].split())[:FIRST_WORDS],
            place=places.get(message.neighbourhood, message.neighbourhood),
            status_label=STATUS_LABELS[message.status],
            is_unread=message.id not in known,
            is_overdue=message.is_overdue(today),
        )
        for message in shown
    ]


def _statuses(wanted: str) -> list[MessageStatus]:
    groups = {
        "open": of_type(StatusType.OPEN),
        "gesloten": of_type(StatusType.CLOSED),
        "alles": [*of_type(StatusType.OPEN), *of_type(StatusType.CLOSED)],
    }
    return groups[wanted] if wanted in groups else [MessageStatus(wanted)]
