"""Who is next: deliveries are leased in chunks, and marked one by one before their letter leaves."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from dordt.extensions import db
from dordt.mailer.models import (
    DUE_STATES,
    HELD_STATES,
    Delivery,
    DeliveryState,
    Mail,
    MailEvent,
    MailEventKind,
    MailKind,
    MailState,
    Suppression,
    SuppressionScope,
)
from dordt.mailer.verdicts import after_loss

LEASE = timedelta(seconds=45)
FREE = {"lease_owner": None, "lease_until": None}


@dataclass(frozen=True)
class Due:
    """A delivery that is leased to us, with what its letter needs."""

    id: int
    mail_id: int
    kind: MailKind
    recipient: int
    address: str
    address_key: str
    link_version: int | None
    attempts: int
    created_at: datetime


def has_work(*, at: datetime) -> bool:
    """Whether a delivery is due, or a lease has run out."""
    return bool(db.session.scalar(sa.select(sa.or_(_due(at).exists(), _expired(at).exists()))))


def claim(owner: str, count: int, *, at: datetime) -> Sequence[Due]:
    """Lease up to `count` due deliveries and commit: transactional mail first, then by age.

    Who was suppressed since the freeze is left out here, and stays out.
    """
    first = claimable(at=at).limit(count).with_for_update(of=Delivery, skip_locked=True)
    rows = db.session.execute(first).mappings().all()
    suppressed = [row["id"] for row in rows if row["is_suppressed"]]
    due = [Due(**{name: row[name] for name in Due.__dataclass_fields__}) for row in rows if not row["is_suppressed"]]
    _set([row.id for row in due], state=DeliveryState.LEASED, lease_owner=owner, lease_until=at + LEASE)
    _set(suppressed, state=DeliveryState.SUPPRESSED)
    db.session.commit()
    return due or (claim(owner, count, at=at) if suppressed else [])


def claimable(*, at: datetime) -> "sa.Select[Any]":
    """All that may be claimed now, in the order in which it leaves."""
    columns = [getattr(Delivery, name) for name in Due.__dataclass_fields__ if name != "kind"]
    query = _due(at).with_only_columns(*columns, Mail.kind, _is_suppressed().label("is_suppressed"))
    return query.order_by(Delivery.priority, Delivery.id)


def mark_sending(ids: Collection[int], owner: str) -> set[int]:
    """Mark what leaves next; returns which: not what was withdrawn or paused meanwhile, or is no longer ours.

    The caller commits before a letter leaves: after a crash it is uncertain then, and nobody is mailed twice.
    """
    ours = sa.update(Delivery).where(
        Delivery.id.in_(ids),
        Delivery.state == DeliveryState.LEASED,
        Delivery.lease_owner == owner,
        _its_mail_runs(),
    )
    marked = set(db.session.scalars(ours.values(state=DeliveryState.SENDING).returning(Delivery.id)))
    if len(marked) < len(ids):
        release(owner, only=set(ids) - marked)
    return marked


def release(owner: str, *, only: Collection[int] | None = None) -> None:
    """Give back what is leased to us and has not been marked."""
    ours = sa.update(Delivery).where(Delivery.lease_owner == owner, Delivery.state == DeliveryState.LEASED)
    if only is not None:
        ours = ours.where(Delivery.id.in_(only))
    db.session.execute(ours.values(state=DeliveryState.QUEUED, **FREE))


def renew(ids: Collection[int], owner: str, *, at: datetime) -> None:
    """Hold what we still work on a little longer."""
    ours = sa.update(Delivery).where(
        Delivery.id.in_(ids), Delivery.lease_owner == owner, Delivery.state.in_(HELD_STATES)
    )
    db.session.execute(ours.values(lease_until=at + LEASE))


def reap(*, at: datetime) -> int:
    """Take back what a worker that died had leased, and commit; returns how many deliveries that were.

    What was being sent is uncertain: transactional mail is sent again with the same Message-ID, the rest is left
    for staff to decide. The owner's name stays on those, so that an answer that comes late is still written down.
    """
    columns = (Delivery.id, Delivery.state, Delivery.attempts, Mail.kind)
    expired = _expired(at).join(Mail).with_only_columns(*columns).with_for_update(of=Delivery, skip_locked=True)
    rows = db.session.execute(expired).all()
    _set([row.id for row in rows if row.state is DeliveryState.LEASED], state=DeliveryState.QUEUED, **FREE)
    for row in rows:
        if row.state is DeliveryState.SENDING:
            _set_uncertain(row.id, row.kind, row.attempts + 1, at)
    db.session.commit()
    return len(rows)


def _set_uncertain(delivery_id: int, kind: MailKind, attempts: int, at: datetime) -> None:
    verdict = after_loss(kind, attempts, at=at)
    owner = {} if verdict.state is DeliveryState.UNCERTAIN else FREE
    _set([delivery_id], state=verdict.state, attempts=attempts, next_attempt_at=verdict.next_attempt_at, **owner)
    db.session.execute(
        sa.insert(MailEvent).values(delivery_id=delivery_id, kind=MailEventKind.UNCERTAIN, at=at, detail="worker lost")
    )


def _set(ids: Collection[int], **values: Any) -> None:
    if ids:
        db.session.execute(sa.update(Delivery).where(Delivery.id.in_(ids)).values(**values))


def _due(at: datetime) -> "sa.Select[Any]":
    is_due = (_in(DUE_STATES), Delivery.next_attempt_at <= at, Mail.state == MailState.RUNNING)
    return sa.select(Delivery.id).join(Mail).where(*is_due)


def _expired(at: datetime) -> "sa.Select[Any]":
    return sa.select(Delivery.id).where(_in(HELD_STATES), Delivery.lease_until < at)


def _in(states: Sequence[DeliveryState]) -> "sa.ColumnElement[bool]":
    """Written out in the SQL: a partial index serves no bound parameters."""
    return Delivery.state.in_(sa.bindparam(None, list(states), expanding=True, literal_execute=True))


def _its_mail_runs() -> "sa.ColumnElement[bool]":
    """Asked of the one mail: for IN (SELECT …) SQLite would read every mail that was ever sent."""
    return sa.exists().where(Mail.id == Delivery.mail_id, Mail.state == MailState.RUNNING)


def _is_suppressed() -> "sa.ColumnElement[bool]":
    """Scope and kind share their words; an address that gets no newsletter still gets its receipts."""
    of_list = sa.and_(Suppression.scope == Mail.kind, Suppression.list_id.in_(["", Mail.list_id]))
    covers = sa.or_(Suppression.scope == SuppressionScope.ALL, of_list)
    return sa.exists().where(Suppression.address_key == Delivery.address_key, covers)
