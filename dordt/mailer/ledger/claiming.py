"""Claiming due deliveries: they are leased in chunks, and marked one by one before their message leaves."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa

from dordt.extensions import db
from dordt.mailer.ledger import statements
from dordt.mailer.ledger.retries import result_of_loss
from dordt.mailer.models import (
    HAS_ENDED,
    HELD_STATES,
    IS_DUE_BULK,
    IS_DUE_SINGLE,
    IS_HELD,
    IS_UNFINISHED,
    Delivery,
    DeliveryState,
    Mail,
    MailEvent,
    MailEventKind,
    MailKind,
    MailState,
    literally,
)
from dordt.mailer.suppression.rules import is_suppressed

LEASE = timedelta(seconds=45)
FREE = {"lease_owner": None, "lease_until": None}

Cursors = dict[int, tuple[Any, int]]  # how far one worker has come in each mail that many get


class Due(NamedTuple):
    """A delivery that is leased to us, with what its message needs."""

    id: int
    mail_id: int
    kind: MailKind
    recipient: int
    address: str
    address_key: str
    link_version: int | None
    attempts: int
    created_at: datetime


_COLUMNS = [getattr(Delivery, name) if name != "kind" else Mail.kind for name in Due._fields]


def has_work(*, at: datetime) -> bool:
    """Whether a delivery is due, or a lease has run out."""
    is_due_of_mail = _due(at, IS_DUE_BULK).where(Delivery.mail_id == Mail.id).correlate(Mail).exists()
    for query in (_singles(at), _open_mails().where(is_due_of_mail), _expired(at)):
        if db.session.scalar(query.with_only_columns(sa.literal(1)).limit(1)):
            return True
    return False


def claim(owner: str, count: int, *, at: datetime, cursors: Cursors | None = None) -> list[Due]:
    """Lease up to `count` due deliveries and commit: transactional mail first, then mail by mail.

    Who was suppressed since the freeze is left out here, and stays out.
    cursors: kept between calls, so that a claim begins where the last one ended and not among what has left already:
    the index of a large newsletter stays as quick at its end as at its start, on PostgreSQL too.
    """
    cursors = {} if cursors is None else cursors
    found = _take_singles(owner, count, at)
    if len(found) < count:
        for mail in db.session.execute(_open_mails().order_by(Mail.kind, Mail.id)).all():
            found += _take_of(mail, owner, count - len(found), at, cursors)
            if len(found) >= count:
                break
    db.session.commit()
    return found


def _take_singles(owner: str, count: int, at: datetime) -> list[Due]:
    query: Any = _singles(at).order_by(Delivery.next_attempt_at, Delivery.id).limit(count)
    query = query.with_only_columns(*_COLUMNS, is_suppressed().label("is_suppressed"))
    query = query.with_for_update(of=Delivery, skip_locked=True)
    while rows := db.session.execute(query).all():
        due = [Due(*row[:-1]) for row in rows if not row.is_suppressed]
        _lease(owner, [row.id for row in due], [row.id for row in rows if row.is_suppressed], at)
        if due:
            return due
    return []


def _take_of(mail: "sa.Row[Any]", owner: str, count: int, at: datetime, cursors: Cursors) -> list[Due]:
    """Claim from one mail. At its end the cursor is reset: requeued deliveries may sort before it."""
    began_at = after = cursors.get(mail.id)
    while rows := statements.due_of(db.session.connection(), mail, count, at=at, after=after):
        after = cursors[mail.id] = (rows[-1].next_attempt_at, rows[-1].id)
        due = [_due_of(row, mail) for row in rows if not row.is_suppressed]
        _lease(owner, [row.id for row in due], [row.id for row in rows if row.is_suppressed], at)
        if len(rows) < count:
            cursors.pop(mail.id)
        if due:
            return due
    cursors.pop(mail.id, None)
    if began_at is None:
        _finish(mail.id, at)
    return []


def _due_of(row: "sa.Row[Any]", mail: "sa.Row[Any]") -> Due:
    number, recipient, address, key, version, attempts, made_at = tuple(row)[:7]
    made = statements.moment_of(made_at)
    return Due(number, mail.id, mail.kind, recipient, address, key, version, attempts, made)


def _lease(owner: str, due: list[int], suppressed: list[int], at: datetime) -> None:
    statements.lease(db.session.connection(), due, owner=owner, until=at + LEASE)
    _set(suppressed, state=DeliveryState.SUPPRESSED)


def _finish(mail_id: int, at: datetime) -> None:
    """Nothing is left of a mail: it is not looked through again, unless something is sent once more.

    The row is locked first, in a statement of its own: PostgreSQL would look for open deliveries as they were before it
    waited for whoever sends some of them again.
    """
    db.session.execute(sa.select(Mail.id).where(Mail.id == mail_id).with_for_update())
    db.session.execute(sa.update(Mail).where(Mail.id == mail_id, ~is_open(mail_id)).values(finished_at=at))


def is_open(mail_id: int) -> "sa.ColumnElement[bool]":
    """Whether something of a mail that many get has not ended yet; asked of the two small indexes."""
    is_due, is_held = (sa.exists().where(*which) for which in (due_of(mail_id), held_of(mail_id)))
    return sa.or_(is_due, is_held)


def due_of(mail_id: int) -> tuple[Any, ...]:
    """What waits of a mail that many get."""
    return (Delivery.mail_id == mail_id, literally(IS_DUE_BULK))


def held_of(mail_id: int) -> tuple[Any, ...]:
    """What workers hold of a mail. `coalesce` makes the planner use the partial index on held deliveries."""
    return (sa.func.coalesce(Delivery.mail_id, 0) == mail_id, literally(IS_HELD))


def ended_of(mail_id: int, *, state: DeliveryState | None = None) -> tuple[Any, ...]:
    """What has ended of a mail, one way or another, or in one state."""
    return (Delivery.mail_id == mail_id, literally(HAS_ENDED, state=state))


def mark_sending(ids: Collection[int], owner: str, *, connection: sa.Connection | None = None) -> set[int]:
    """Mark what leaves next; returns which: not what was withdrawn or paused meanwhile, or is no longer ours.

    The caller commits before a message leaves: after a crash it is uncertain then, and nobody is mailed twice.
    """
    connection = connection or db.session.connection()
    marked = statements.mark(connection, ids, owner=owner)
    if len(marked) < len(ids):
        connection.execute(_release(owner).where(Delivery.id.in_(set(ids) - marked)))
    return marked


def release(owner: str, *, only: Collection[int] | None = None) -> None:
    """Give back what is leased to us and has not been marked."""
    ours = _release(owner)
    db.session.execute(ours if only is None else ours.where(Delivery.id.in_(only)))


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


def losses_of(delivery_id: int) -> int:
    """How often nobody knew what became of it."""
    events = sa.select(sa.func.count(MailEvent.id)).where(MailEvent.delivery_id == delivery_id)
    return db.session.scalar(events.where(MailEvent.kind == MailEventKind.UNCERTAIN)) or 0


def _set_uncertain(delivery_id: int, kind: MailKind, attempts: int, at: datetime) -> None:
    result = result_of_loss(kind, attempts, losses_of(delivery_id), at=at)
    owner = {} if result.state is DeliveryState.UNCERTAIN else FREE
    _set([delivery_id], state=result.state, attempts=attempts, next_attempt_at=result.next_attempt_at, **owner)
    db.session.execute(
        sa.insert(MailEvent).values(delivery_id=delivery_id, kind=MailEventKind.UNCERTAIN, at=at, detail="worker lost")
    )


def _set(ids: Collection[int], **values: Any) -> None:
    if ids:
        db.session.execute(sa.update(Delivery).where(Delivery.id.in_(ids)).values(**values))


def _release(owner: str) -> "sa.Update":
    is_ours = (literally(IS_HELD), Delivery.lease_owner == owner, Delivery.state == DeliveryState.LEASED)
    return sa.update(Delivery).where(*is_ours).values(state=DeliveryState.QUEUED, **FREE)


def _due(at: datetime, condition: str) -> "sa.Select[Any]":
    return sa.select(Delivery.id).where(literally(condition), Delivery.next_attempt_at <= at)


def _singles(at: datetime) -> "sa.Select[Any]":
    return _due(at, IS_DUE_SINGLE).join(Mail).where(Mail.state == MailState.RUNNING)


def _open_mails() -> Any:
    """Mails that many get and that may have something left to send."""
    running = (literally(IS_UNFINISHED), Mail.state == MailState.RUNNING)
    return sa.select(Mail.id, Mail.kind, Mail.list_id).where(*running)


def _expired(at: datetime) -> "sa.Select[Any]":
    return sa.select(Delivery.id).where(literally(IS_HELD), Delivery.lease_until < at)
