"""What a refusal or a bounce changes: events, suppressions, and the counts of a report. Nothing here commits."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta

import sqlalchemy as sa

from dordt.extensions import db
from dordt.mailer.ledger import claiming
from dordt.mailer.models import (
    Delivery,
    DeliveryState,
    MailEvent,
    MailEventKind,
    SuppressionCause,
    SuppressionScope,
)
from dordt.mailer.suppression import list as suppression_list
from dordt.mailer.suppression.classification import BounceClass, FailureCause, classify_bounce, failure_cause
from dordt.shared.database import is_postgres

MOST_SOFT = 3  # deliveries that came back softly within this time, none arriving in between: enough
WITHIN = timedelta(days=30)
ADDRESS_LOCK = 20_270_303  # any number that nothing else locks
LONGEST_DETAIL = 1000  # characters of an event
BATCH = 5_000  # rows that are held in memory at a time
REPORTED = (MailEventKind.BOUNCED, MailEventKind.SOFT_BOUNCED)


def record_refusal(
    *, delivery_id: int, address_key: str, code: int, enhanced: str | None, words: str, at: datetime
) -> None:
    """The relay refused a recipient for good: suppress the address if that is what it means, or count it.

    What is unclear counts for nothing here: a relay that is set up wrongly answers everybody so.
    Whoever records several in one transaction does so in the order of their address keys: two workers that insert the
    same two suppressions in different order would wait for each other.
    """
    detail = f"RCPT: {code} {words}"
    match classify_bounce(code=code, enhanced=enhanced, words=words):
        case BounceClass.GONE:
            suppress_gone(address_key, detail, delivery_id=delivery_id, at=at)
        case BounceClass.TROUBLED:
            record_event(delivery_id, MailEventKind.SOFT_BOUNCED, detail, at=at)
            suppress_if_too_often(address_key, detail, delivery_id=delivery_id, at=at)


def suppress_gone(key: str, words: str, *, delivery_id: int, at: datetime) -> None:
    """No mail of any kind goes there any more; the words are for staff."""
    cause = SuppressionCause.HARD_BOUNCE
    suppression_list.add(key, scope=SuppressionScope.ALL, cause=cause, reason=words, delivery_id=delivery_id, at=at)


def suppress_if_too_often(key: str, words: str, *, delivery_id: int, at: datetime) -> None:
    """Suppress an address whose mail came back softly too often, with nothing arriving in between."""
    if _soft_bounces(key, at) >= MOST_SOFT:
        cause = SuppressionCause.SOFT_BOUNCES
        suppression_list.add(key, scope=SuppressionScope.ALL, cause=cause, reason=words, delivery_id=delivery_id, at=at)


def lock_address(key: str) -> None:
    """Let nobody else count for this address until the transaction ends: of two at once, each would miss the other."""
    if is_postgres():
        db.session.execute(sa.select(sa.func.pg_advisory_xact_lock(ADDRESS_LOCK, sa.func.hashtext(key))))


def record_event(delivery_id: int, kind: MailEventKind, detail: str | None, *, at: datetime) -> None:
    """Add an event, unless the same was reported before: some servers report everything twice.

    After the delivery was sent again the same words are news.
    """
    detail = detail and detail[:LONGEST_DETAIL]
    of_delivery = sa.select(MailEvent.id).where(MailEvent.delivery_id == delivery_id)
    resent = of_delivery.where(MailEvent.kind == MailEventKind.RESENT).order_by(MailEvent.id.desc()).limit(1)
    same = of_delivery.where(MailEvent.kind == kind, MailEvent.detail.is_not_distinct_from(detail))
    if db.session.scalar(same.where(MailEvent.id > sa.func.coalesce(resent.scalar_subquery(), 0)).limit(1)) is None:
        db.session.add(MailEvent(delivery_id=delivery_id, kind=kind, at=at, detail=detail))
        db.session.flush()


def failure_causes(mail_id: int) -> Mapping[DeliveryState, Counter[FailureCause]]:
    """Of a bulk mail: why deliveries failed, and why they bounced; each delivery is counted once."""
    return {DeliveryState.FAILED: _of_failed(mail_id), DeliveryState.BOUNCED: _of_bounced(mail_id)}


def _soft_bounces(key: str, at: datetime) -> int:
    """How many deliveries came back softly since the last one that stayed away."""
    of_address = sa.select(Delivery).where(Delivery.address_key == key)
    arrived = of_address.where(Delivery.state == DeliveryState.ACCEPTED)
    last = db.session.scalar(arrived.with_only_columns(sa.func.max(Delivery.accepted_at)))
    came_back = (
        sa.select(sa.func.count(sa.distinct(MailEvent.delivery_id)))
        .join(Delivery, Delivery.id == MailEvent.delivery_id)
        .where(Delivery.address_key == key, MailEvent.kind == MailEventKind.SOFT_BOUNCED)
        .where(MailEvent.at > max(at - WITHIN, last or at - WITHIN))
    )
    return db.session.scalar(came_back) or 0


def _of_failed(mail_id: int) -> Counter[FailureCause]:
    replies = sa.select(Delivery.relay_code, Delivery.relay_enhanced, Delivery.relay_text)
    failed = replies.where(*claiming.ended_of(mail_id, state=DeliveryState.FAILED))
    rows = db.session.execute(failed.execution_options(yield_per=BATCH))
    return Counter(failure_cause(row.relay_code, row.relay_enhanced, row.relay_text or "") for row in rows)


def _of_bounced(mail_id: int) -> Counter[FailureCause]:
    """By the last report of each; one that is marked and has none is unclear."""
    is_report = sa.and_(MailEvent.delivery_id == Delivery.id, MailEvent.kind.in_(REPORTED))
    reports = sa.select(Delivery.id, MailEvent.kind, MailEvent.detail).outerjoin(MailEvent, is_report)
    bounced = reports.where(*claiming.ended_of(mail_id, state=DeliveryState.BOUNCED)).order_by(MailEvent.id)
    rows = db.session.execute(bounced.execution_options(yield_per=BATCH))
    return Counter({row.id: _cause_of_report(row.kind, row.detail or "") for row in rows}.values())


def _cause_of_report(kind: MailEventKind | None, words: str) -> FailureCause:
    if kind is None:
        return FailureCause.UNCLEAR
    if kind is MailEventKind.BOUNCED:
        return FailureCause.GONE
    return FailureCause(classify_bounce(code=None, enhanced=None, words=words))
