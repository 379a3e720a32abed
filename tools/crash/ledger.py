"""The ledger as the crash test uses it: mail goes in, and what became of each delivery comes out."""

from dataclasses import dataclass

import sqlalchemy as sa

from dordt.extensions import db
from dordt.mailer.ledger import outbox
from dordt.mailer.models import OPEN_STATES, Delivery, DeliveryState, Mail, MailKind
from dordt.shared import clock
from dordt.shared.database import reading
from tests.factories.mailer import make_draft


@dataclass(frozen=True)
class Outcome:
    """What the ledger says of one delivery."""

    address: str
    kind: MailKind
    state: DeliveryState
    message_id: str | None
    owner: str | None


def add_newsletter(count: int, *, first: int, **values: str) -> Mail:
    """A newsletter for this many readers whom nobody else writes to, committed."""
    number = sa.select(sa.literal(first).label("number")).cte("number", recursive=True)
    number = number.union_all(sa.select(number.c.number + 1).where(number.c.number < first + count - 1))
    address = sa.literal("lezer", sa.String) + sa.cast(number.c.number, sa.String) + "@voorbeeld.nl"
    readers = sa.select(number.c.number, address.label("address"), address.label("key"), sa.literal(1).label("version"))
    draft = make_draft(token_purpose="newsletter-unsubscribe", **values)
    mail = outbox.freeze(draft, readers, kind=MailKind.NEWSLETTER, list_id="nieuwsbrief", at=clock.now())
    db.session.commit()
    return mail


def add_receipts(count: int, *, first: int) -> None:
    """This many receipts, each to a resident whom nobody else writes to, committed."""
    for number in range(first, first + count):
        outbox.enqueue(make_draft(to=f"bewoner{number}@voorbeeld.nl"), at=clock.now())
    db.session.commit()


def is_finished() -> bool:
    """Whether every delivery has ended."""
    is_open = sa.select(Delivery.id).where(Delivery.state.in_(OPEN_STATES)).limit(1)
    db.session.rollback()
    with reading():
        found = db.session.scalar(is_open)
        db.session.rollback()
    return found is None


def forget_marks() -> None:
    """Leave behind what a worker leaves that sends first and writes that down later: the fault of who mails twice."""
    db.session.execute(sa.update(Delivery).where(Delivery.state == DeliveryState.SENDING).values(state="leased"))
    db.session.commit()


def outcomes() -> list[Outcome]:
    """Of every delivery."""
    columns = (Delivery.address, Mail.kind, Delivery.state, Delivery.message_id, Delivery.lease_owner)
    db.session.rollback()
    with reading():
        rows = db.session.execute(sa.select(*columns).join(Mail)).all()
        db.session.rollback()
    return [Outcome(*row) for row in rows]


def miscounted() -> list[int]:
    """The newsletters that have more or fewer deliveries than were frozen."""
    counts = sa.select(Mail.id).join(Delivery).where(Mail.kind == MailKind.NEWSLETTER).group_by(Mail.id)
    with reading():
        found = db.session.scalars(counts.having(sa.func.count() != sa.func.max(Mail.frozen_count))).all()
        db.session.rollback()
    return list(found)
