"""What the ledger tells of the deliveries of a mail to many: who has received it, and how fast it leaves now."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from dordt.extensions import db
from dordt.mailer.models import (
    IS_DUE_BULK,
    Delivery,
    DeliveryState,
    Mail,
    MailEvent,
    MailEventKind,
    MailKind,
    MailRelay,
    MailState,
    literally,
)
from dordt.shared.database import UtcMoment, reading

RESULT = (
    *(Delivery.recipient, Delivery.address, Delivery.state, Delivery.attempts),
    *(Delivery.accepted_at, Delivery.relay_code, Delivery.relay_text),
)
READ_AT_ONCE = 2_000
NEWEST = 2_000  # events that are looked at
WINDOW = timedelta(seconds=60)
SHORTEST = timedelta(seconds=5)  # a pace of a few messages over less time than this says nothing
SHORTEST_OF_MANY = timedelta(seconds=0.1)  # of NEWEST messages it does
# Nothing of the mail came to these; what was refused or stopped may go to them another time.
NOT_RECEIVED = (DeliveryState.CANCELLED, DeliveryState.FAILED, DeliveryState.SUPPRESSED)

WAITING = (DeliveryState.QUEUED, DeliveryState.LEASED, DeliveryState.DEFERRED)


@dataclass(frozen=True)
class Pace:
    """`per_second`: messages that the relay accepted, over the last minute at most.

    is_quiet: nothing at all was heard of this mail in that minute. While other mail fills the newest events nobody
    can tell, and it is not called quiet.
    """

    per_second: float
    is_quiet: bool


def results(mail_id: int) -> Iterator[Any]:
    """What became of a mail for each recipient, in their order, read in pieces that each end their transaction."""
    last = -1
    while found := _results(mail_id, after=last):
        last = found[-1].recipient
        yield from found


def _results(mail_id: int, *, after: int) -> Sequence[Any]:
    piece = sa.select(*RESULT).where(Delivery.mail_id == mail_id, Delivery.recipient > after)
    with reading():
        found: Sequence[Any] = db.session.execute(piece.order_by(Delivery.recipient).limit(READ_AT_ONCE)).all()
        db.session.rollback()
    return found


def pace(mail_id: int, *, at: datetime) -> Pace:
    """How fast it goes now."""
    newest = sa.select(MailEvent).order_by(MailEvent.id.desc()).limit(NEWEST).subquery()
    seen, oldest = _one(sa.select(sa.func.count(), sa.func.min(newest.c.at, type_=UtcMoment)).select_from(newest))
    since = at - WINDOW
    mine = sa.select(sa.func.count(), sa.func.min(newest.c.at, type_=UtcMoment)).select_from(newest)
    mine = mine.join(Delivery, Delivery.id == newest.c.delivery_id)
    mine = mine.where(Delivery.mail_id == mail_id, newest.c.at > since)
    heard, _first = _one(mine)
    accepted, first = _one(mine.where(newest.c.kind == MailEventKind.ACCEPTED))
    reaches_back = seen < NEWEST or (oldest is not None and oldest <= since)
    shortest = SHORTEST if reaches_back else SHORTEST_OF_MANY
    per_second = accepted / max(at - first, shortest).total_seconds() if first else 0.0
    return Pace(per_second, is_quiet=reaches_back and not heard)


def next_attempt_at(mail_id: int) -> datetime | None:
    """When the first of those that wait may go; None when none waits. Of mail to many only."""
    first = sa.select(sa.func.min(Delivery.next_attempt_at, type_=UtcMoment))
    return db.session.scalar(first.where(Delivery.mail_id == mail_id, literally(IS_DUE_BULK)))


def relay_problem(*, at: datetime) -> str | None:
    """The latest problem of a relay that is not used for now, as the relay said it."""
    troubled = sa.select(MailRelay.problem).where(MailRelay.closed_until > at, MailRelay.problem.is_not(None))
    return db.session.scalar(troubled.order_by(MailRelay.problem_at.desc()).limit(1))


def _one(query: "sa.Select[int, datetime]") -> tuple[int, datetime | None]:
    count, moment = db.session.execute(query).one()
    return count, moment


def has_received(mail_id: int, recipient: Any) -> "sa.ColumnElement[bool]":
    """Whether this recipient received that mail, may have received it, or is still to get it."""
    mine = sa.exists().where(Delivery.mail_id == mail_id, Delivery.recipient == recipient)
    was_stopped = sa.exists().where(Mail.id == mail_id, Mail.state == MailState.CANCELLED)
    never_leaves = sa.and_(Delivery.state.in_(WAITING), was_stopped)
    return mine.where(Delivery.state.not_in(NOT_RECEIVED), ~never_leaves)


def has_received_newsletter(key: Any) -> "sa.ColumnElement[bool]":
    """Whether some newsletter came to this address key, or may have come."""
    mine = sa.exists().where(Delivery.address_key == key, Delivery.state.not_in((*NOT_RECEIVED, *WAITING)))
    return mine.where(Mail.id == Delivery.mail_id, Mail.kind == MailKind.NEWSLETTER)


def has_recipients(mail_id: Any) -> "sa.ColumnElement[bool]":
    """Whether anybody received that mail, may have received it, or is still to get it."""
    return sa.exists().where(Delivery.mail_id == mail_id, Delivery.state.not_in(NOT_RECEIVED))
