"""What a refusal or a bounce says of an address (classification, without a database), and what is done about it."""

import re
from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

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
from dordt.mailer.smtp.protocol import ENHANCED
from dordt.mailer.suppression import list as suppression_list
from dordt.shared.addresses import without_addresses
from dordt.shared.database import is_postgres

# Codes of RFC 3463 that are about the recipient's address; 5.1.7 and 5.1.8 are about ours, 5.7.x about policy.
GONE_CODES = {"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1", "5.4.4"}
UNCLEAR_CODES = {"", "5.0.0", "5.1.0", "5.1.4", "5.2.0", "5.3.0", "5.4.1", "5.5.0"}  # the words decide
UNCLEAR_REPLIES = {None, 550, 551, 553, 554}
FULL = "5.2.2"

_WHO = r"(?:user|recipient|mailbox|account|address(?:ee)?|alias|e-?mail|person|gebruiker|ontvanger|postbus)"
SAYS_GONE = re.compile(
    rf"(?:unknown|no such|non-?exist\w+|onbekende|no) (?:\w+ )?{_WHO}\b"
    rf"|{_WHO}s?(?: name)?:? (?:\w+ )?(?:is )?(?:not |un)(?:known|found|listed)|{_WHO} (?:is )?onbekend"
    r"|does(?: not|n't) exist|bestaat niet|unrouteable address|unknown or illegal alias|not our customer"
    rf"|{_WHO} (?:has been |is )?(?:disabled|inactive|closed|suspended|deactivated|no longer (?:valid|active|in use))"
    r"|^5\.5\.0 requested action not taken: mailbox unavailable|^5\.4\.1 recipient address rejected: access denied",
    re.IGNORECASE,
)
SAYS_OURS = re.compile(
    r"\brelay(?:ing)?\b|\bsender\b|\bspam\w*|\bpolicy\b|\bblock(?:ed|list\w*)\b|black-?list|reputation|\bdmarc\b|\bspf\b"
    r"|\bdkim\b|\brate\b|authenticat|not allowed|not permitted",
    re.IGNORECASE,
)
SAYS_FULL = re.compile(
    r"quota|mailbox (?:is |size )?(?:full|exceed\w*)|insufficient (?:system )?storage", re.IGNORECASE
)
MOST_SOFT = 3  # deliveries that came back softly within this time, none arriving in between: enough
WITHIN = timedelta(days=30)
ADDRESS_LOCK = 20_270_303  # any number that nothing else locks
LONGEST_DETAIL = 1000  # characters of an event
BATCH = 5_000  # rows that are held in memory at a time
REPORTED = (MailEventKind.BOUNCED, MailEventKind.SOFT_BOUNCED)


class BounceClass(StrEnum):
    """What a refusal says about the address."""

    GONE = "gone"  # no mail will ever arrive there
    TROUBLED = "troubled"  # full, or unreachable for days: this may pass
    UNCLEAR = "unclear"  # it failed, and nobody says why
    OURS = "ours"  # nothing: it is about us, our message or their policy


class FailureCause(StrEnum):
    """Why a delivery failed, for a report: the bounce classes and silence, first what most can be done about."""

    GONE = "gone"
    TROUBLED = "troubled"
    OURS = "ours"
    UNCLEAR = "unclear"
    SILENT = "silent"  # no reply at all


def classify_bounce(*, code: int | None, enhanced: str | None, words: str) -> BounceClass:
    """What a final refusal says. `code`: of SMTP, `enhanced`: of RFC 3463; either may be missing.

    A relay that refuses everybody must never block a whole list: only codes that speak of the recipient's address
    count, and clear words where the code is vague.
    """
    words = " ".join(without_addresses(words, instead="").split())  # words in an address prove nothing
    status = enhanced or next(iter(ENHANCED.findall(words)), "")
    if status.startswith(("4.7.", "5.7.")):
        return BounceClass.OURS
    if status == FULL or status.startswith("4.") or (code == 552 and not status) or SAYS_FULL.search(words):
        return BounceClass.TROUBLED
    if SAYS_OURS.search(words) and not (status in GONE_CODES and SAYS_GONE.search(words)):
        return BounceClass.OURS
    if status in GONE_CODES:
        return BounceClass.GONE
    said = words if words.startswith(status) else f"{status} {words}"
    if status not in UNCLEAR_CODES or code not in UNCLEAR_REPLIES:
        return BounceClass.OURS
    return BounceClass.GONE if SAYS_GONE.search(said) else BounceClass.UNCLEAR


def failure_cause(code: int | None, enhanced: str | None, words: str) -> FailureCause:
    """Why a delivery failed for good, by the last reply of the relay; no code: it never replied."""
    if code is None:
        return FailureCause.SILENT
    if code < 500 and not (enhanced or "").startswith("4.7."):  # tried for two days
        return FailureCause.TROUBLED
    return FailureCause(classify_bounce(code=code, enhanced=enhanced, words=words))


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
