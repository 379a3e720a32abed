"""What a domain may ask of the mailer. Nothing here commits: row and mail are one transaction."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple, cast

import sqlalchemy as sa
from flask import current_app

from dordt.extensions import db
from dordt.mailer.ledger import claiming
from dordt.mailer.models import (
    DUE_STATES,
    Delivery,
    DeliveryState,
    Mail,
    MailEvent,
    MailEventKind,
    MailKind,
    MailState,
    SuppressionScope,
)
from dordt.mailer.suppression.rules import is_suppressed_for
from dordt.mailer.worker import wakeup
from dordt.shared.addresses import address_key
from dordt.shared.database import affected, is_postgres
from dordt.shared.mail import Draft

PRIORITY = {MailKind.TRANSACTIONAL: 1, MailKind.GROUP: 5, MailKind.NEWSLETTER: 9}
FREEZE_LOCK = 20_270_301  # any number, as long as nothing else takes it
ANALYSE_FROM = 10_000  # deliveries
SINGLE = 1  # the recipient number of a mail that goes to one address
RESENDABLE = (DeliveryState.FAILED, DeliveryState.UNCERTAIN)
RECEIVED = (DeliveryState.SENDING, DeliveryState.ACCEPTED, DeliveryState.UNCERTAIN, DeliveryState.COMPLAINED)
WITHDRAWABLE = (DeliveryState.QUEUED, DeliveryState.LEASED, DeliveryState.DEFERRED)
MARKED = (DeliveryState.SENDING, DeliveryState.FAILED, DeliveryState.UNCERTAIN)  # of whoever unsubscribes


class Sent(NamedTuple):
    """A newsletter to one address, and what became of it."""

    id: int
    subject: str
    at: datetime
    state: DeliveryState


def enqueue(draft: Draft, *, at: datetime, at_most_once_per: timedelta | None = None) -> Delivery | None:
    """Put one transactional mail in the ledger, inside the caller's transaction.

    at_most_once_per: when the same message went to the same address within this time, nothing is added and None is
    returned; so a form cannot be used to flood somebody.
    Raises AddressRefused when `draft.to` is no address.
    """
    key = address_key(draft.to)
    if at_most_once_per and _was_sent_since(draft.name, key, at - at_most_once_per):
        return None
    mail = _mail_of(draft, MailKind.TRANSACTIONAL, at)
    delivery = Delivery(
        mail=mail,
        recipient=SINGLE,
        address=draft.to,
        address_key=key,
        priority=PRIORITY[MailKind.TRANSACTIONAL],
        next_attempt_at=at,
        created_at=at,
    )
    db.session.add_all([mail, delivery])
    db.session.flush()
    wakeup.enqueue(wakeup.DELIVERY)
    return delivery


def freeze(draft: Draft, audience: "sa.Select[Any]", *, kind: MailKind, list_id: str, at: datetime) -> Mail:
    """Copy an audience into deliveries with one INSERT … SELECT, suppressed addresses left out.

    audience: a select of four columns, in this order: recipient (int, unique), address, address_key, link_version.
    Raises RuntimeError when deliveries and exclusions do not add up to the audience: nothing may leave then.
    """
    mail = _mail_of(draft, kind, at)
    mail.list_id = list_id
    db.session.add(mail)
    db.session.flush()
    _lock_freezing(is_exclusive=True)
    people = audience.order_by(None).subquery("audience")
    recipient, address, key, version = people.c
    suppressed = is_suppressed_for(key, kind, list_id)
    rows = sa.select(
        sa.literal(mail.id),
        recipient,
        address,
        key,
        version,
        sa.literal(PRIORITY[kind]),
        sa.literal(DeliveryState.QUEUED.value),
        sa.literal(0),
        sa.literal(at, Delivery.next_attempt_at.type),
        sa.literal(at, Delivery.created_at.type),
    ).where(~suppressed)
    names = ["mail_id", "recipient", "address", "address_key", "link_version", "priority", "state", "attempts"]
    names += ["next_attempt_at", "created_at"]
    db.session.execute(sa.insert(Delivery).from_select(names, rows.order_by(recipient)))
    mail.frozen_count = _count(sa.select(Delivery.id).where(Delivery.mail_id == mail.id))
    mail.excluded_count = _count(sa.select(recipient).where(suppressed))
    candidates = _count(sa.select(recipient))
    if candidates != mail.frozen_count + mail.excluded_count:
        raise RuntimeError(
            f"{candidates} in the audience, but {mail.frozen_count} deliveries and {mail.excluded_count} exclusions"
        )
    if mail.frozen_count > ANALYSE_FROM:
        _analyse()
    wakeup.enqueue(wakeup.DELIVERY)
    return mail


def withdraw(key: "str | sa.Select[str]", *, scope: SuppressionScope, list_id: str = "") -> None:
    """Cancel what has not left yet for an address or for many, in the transaction of the unsubscribe.

    What is on its way, or may be sent once more, is marked: it does not leave again.
    One statement, so that nothing is missed which a worker moves from one of these states to another meanwhile.
    An unsubscribe never stops receipts: only newsletter or group mail is withdrawn, a group's by its list.
    """
    _lock_freezing(is_exclusive=False)
    kind = MailKind.NEWSLETTER if scope is SuppressionScope.NEWSLETTER else MailKind.GROUP
    is_of_it = sa.exists().where(Mail.id == Delivery.mail_id, Mail.kind == kind)
    if list_id:
        is_of_it = is_of_it.where(Mail.list_id == list_id)
    is_theirs = Delivery.address_key == key if isinstance(key, str) else Delivery.address_key.in_(key)
    waits = Delivery.state.in_(WITHDRAWABLE)
    leaves = sa.update(Delivery).where(is_theirs, is_of_it, Delivery.state.in_((*WITHDRAWABLE, *MARKED)))
    db.session.execute(
        leaves.values(
            is_withdrawn=sa.case((waits, Delivery.is_withdrawn), else_=sa.true()),
            state=sa.case((waits, sa.literal(DeliveryState.CANCELLED, Delivery.state.type)), else_=Delivery.state),
            lease_owner=sa.case((waits, sa.null()), else_=Delivery.lease_owner),
            lease_until=sa.case((waits, sa.null()), else_=Delivery.lease_until),
        )
    )


def readdress_newsletters(key: str, *, to: str, link_version: int) -> None:
    """Let what waits for somebody who moved go to the new address; what a worker has in hand is withdrawn."""
    _lock_freezing(is_exclusive=False)
    is_newsletter = sa.exists().where(Mail.id == Delivery.mail_id, Mail.kind == MailKind.NEWSLETTER)
    waiting = sa.update(Delivery).where(Delivery.address_key == key, is_newsletter, Delivery.state.in_(DUE_STATES))
    db.session.execute(waiting.values(address=to, address_key=address_key(to), link_version=link_version))
    withdraw(key, scope=SuppressionScope.NEWSLETTER)


def newsletters_to(key: str) -> list[Sent]:
    """Every newsletter that was meant for this address, the newest first."""
    return [Sent(*row) for row in db.session.execute(_newsletters_to(key).order_by(Mail.id.desc()))]


def last_newsletter_to(key: str) -> int | None:
    """The mail that reached this address last, or is reaching it."""
    return max((row.id for row in db.session.execute(_newsletters_to(key)) if row.state in RECEIVED), default=None)


def forget(key: str, *, name: str, before: datetime) -> None:
    """Erase what one message left behind of an address: the mails of this name that were made before a moment."""
    old = sa.select(Delivery.mail_id).where(Delivery.address_key == key, Delivery.created_at < before)
    db.session.execute(sa.delete(Mail).where(Mail.id.in_(old), Mail.name == name, Mail.kind == MailKind.TRANSACTIONAL))


def progress(mail_id: int) -> Mapping[DeliveryState, int]:
    """How many deliveries of a mail that many get stand in each state; states without any are left out.

    One statement, so that all counts are of one moment: a delivery that moves meanwhile is counted once. Each of its
    three questions is answered by a small or covering index without reading a million rows.
    """
    by_state = sa.select(Delivery.state, sa.func.count()).group_by(Delivery.state)
    parts = (claiming.due_of(mail_id), claiming.held_of(mail_id), claiming.ended_of(mail_id))
    found = sa.union_all(*(by_state.where(*part) for part in parts))
    return {row[0]: row[1] for row in db.session.execute(found)}


def is_finished(mail_id: int) -> bool:
    """Whether nothing of this mail is queued, leased, sending or deferred any more."""
    return not db.session.scalar(sa.select(claiming.is_open(mail_id)))


def pause(mail: Mail, reason: str) -> None:
    """Stop claiming from this mail; what is on its way goes on."""
    mail.state, mail.state_reason = MailState.PAUSED, reason


def resume(mail: Mail) -> None:
    """Go on where it stopped."""
    mail.state, mail.state_reason = MailState.RUNNING, None
    wakeup.enqueue(wakeup.DELIVERY)


def cancel(mail: Mail) -> int:
    """Cancel all that has not left yet; returns how many deliveries that were."""
    mail.state = MailState.CANCELLED
    waiting = sa.update(Delivery).where(Delivery.mail_id == mail.id, Delivery.state.in_(WITHDRAWABLE))
    done = db.session.execute(waiting.values(state=DeliveryState.CANCELLED, lease_owner=None, lease_until=None))
    return affected(done)


def resend(delivery_id: int, *, at: datetime) -> bool:
    """Send once more what failed or is uncertain, with the same Message-ID; tells whether there was anything to do.

    A mail that was cancelled meanwhile stays where it is, and so does that of whoever unsubscribed.
    """
    done = db.session.execute(_requeue(at).where(Delivery.id == delivery_id, Delivery.state.in_(RESENDABLE)))
    if not affected(done):
        return False
    of_it = sa.select(Delivery.mail_id).where(Delivery.id == delivery_id).scalar_subquery()
    db.session.execute(sa.update(Mail).where(Mail.id == of_it).values(finished_at=None))
    db.session.add(MailEvent(delivery_id=delivery_id, kind=MailEventKind.RESENT, at=at))
    wakeup.enqueue(wakeup.DELIVERY)
    return True


def resend_all(mail_id: int, state: DeliveryState, *, at: datetime) -> int:
    """Queue all failed or all uncertain deliveries of a mail again, with the same Message-IDs; returns how many.

    A mail that was cancelled meanwhile stays where it is. Raises ValueError for a state that is never sent again.
    """
    if state not in RESENDABLE:
        raise ValueError(f"what is {state} is not sent again")
    queued = _requeue(at).where(*claiming.ended_of(mail_id, state=state)).returning(Delivery.id)
    ids = db.session.scalars(queued, execution_options={"synchronize_session": False}).all()
    if ids:
        db.session.execute(sa.update(Mail).where(Mail.id == mail_id).values(finished_at=None))
        resent = [{"delivery_id": delivery_id, "kind": MailEventKind.RESENT, "at": at} for delivery_id in ids]
        db.session.execute(sa.insert(MailEvent), resent)
        wakeup.enqueue(wakeup.DELIVERY)
    return len(ids)


def _requeue(at: datetime) -> "sa.Update":
    """Queue again, but for what was withdrawn or cancelled."""
    is_running = sa.exists().where(Mail.id == Delivery.mail_id, Mail.state != MailState.CANCELLED)
    again = sa.update(Delivery).where(Delivery.is_withdrawn.is_not(True), is_running)
    fresh = {"attempts": 0, "next_attempt_at": at, "lease_owner": None, "lease_until": None}
    return again.values(state=DeliveryState.QUEUED, **fresh)


def _newsletters_to(key: str) -> "sa.Select[Any]":
    at = sa.func.coalesce(Delivery.accepted_at, Delivery.created_at, type_=Delivery.created_at.type)
    sent = sa.select(Mail.id, Mail.subject, at, Delivery.state).join(Delivery.mail)
    mine = sent.where(Delivery.address_key == key, Mail.kind == MailKind.NEWSLETTER)
    return cast("sa.Select[Any]", mine)


def _mail_of(draft: Draft, kind: MailKind, at: datetime) -> Mail:
    return Mail(
        kind=kind,
        name=draft.name,
        subject=draft.subject,
        sender=current_app.config["MAIL_DEFAULT_SENDER"],
        reply_to=draft.reply_to,
        text=draft.text,
        html=draft.html,
        headers=draft.headers,
        token_purpose=draft.token_purpose,
        created_at=at,
    )


def _lock_freezing(*, is_exclusive: bool) -> None:
    """Who unsubscribes while an audience is copied waits until it has been: neither would see the other's rows.

    SQLite lets one transaction write at a time by itself.
    """
    if is_postgres():
        lock = sa.func.pg_advisory_xact_lock if is_exclusive else sa.func.pg_advisory_xact_lock_shared
        db.session.execute(sa.select(lock(FREEZE_LOCK)))


def _analyse() -> None:
    """PostgreSQL plans by what it knows of a table; a newsletter must not wait until it looks by itself."""
    if is_postgres():
        db.session.execute(sa.text("ANALYZE delivery"))


def _was_sent_since(name: str, key: str, since: datetime) -> bool:
    earlier = (
        sa.select(Delivery.id)
        .join(Mail)
        .where(Delivery.address_key == key, Mail.name == name, Delivery.created_at > since)
    )
    return db.session.scalar(earlier.limit(1)) is not None


def _count(query: "sa.Select[Any]") -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(query.subquery())) or 0
