"""Why letters of one mail did not arrive, counted by what the answers mean. Reads only."""

from collections import Counter
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from dordt.extensions import db
from dordt.mailer import bounces, claiming
from dordt.mailer.bounces import Meaning
from dordt.mailer.models import Delivery, DeliveryState, MailEvent, MailEventKind

AT_ONCE = 5_000  # rows that are held at a time
BOUNCES = (MailEventKind.BOUNCED, MailEventKind.SOFT_BOUNCED)


class Cause(StrEnum):
    """What a refusal comes down to, in the order of how much can be done about it."""

    GONE = "gone"  # the address does not exist
    TROUBLED = "troubled"  # full, or not to be reached for days
    OURS = "ours"  # about us or our letter, not about the address
    UNCLEAR = "unclear"
    SILENT = "silent"  # no answer at all


CAUSE_OF = {
    Meaning.GONE: Cause.GONE,
    Meaning.TROUBLED: Cause.TROUBLED,
    Meaning.OURS: Cause.OURS,
    Meaning.UNCLEAR: Cause.UNCLEAR,
}


def causes(mail_id: int) -> Mapping[DeliveryState, Counter[Cause]]:
    """Of a mail to many: why deliveries failed, and why they bounced; each delivery is counted once."""
    return {DeliveryState.FAILED: _of_failed(mail_id), DeliveryState.BOUNCED: _of_bounced(mail_id)}


def _of_failed(mail_id: int) -> Counter[Cause]:
    answers = sa.select(Delivery.relay_code, Delivery.relay_enhanced, Delivery.relay_text)
    rows = db.session.execute(
        answers.where(*_standing(mail_id, DeliveryState.FAILED)).execution_options(yield_per=AT_ONCE)
    )
    return Counter(_cause(row.relay_code, row.relay_enhanced, row.relay_text or "") for row in rows)


def _of_bounced(mail_id: int) -> Counter[Cause]:
    """By the last report of each; one that is marked and has none is unclear."""
    heard = sa.and_(MailEvent.delivery_id == Delivery.id, MailEvent.kind.in_(BOUNCES))
    reports = sa.select(Delivery.id, MailEvent.kind, MailEvent.detail).outerjoin(MailEvent, heard)
    bounced = reports.where(*_standing(mail_id, DeliveryState.BOUNCED)).order_by(MailEvent.id)
    rows = db.session.execute(bounced.execution_options(yield_per=AT_ONCE))
    return Counter({row.id: _cause_of_report(row.kind, row.detail or "") for row in rows}.values())


def _standing(mail_id: int, state: DeliveryState) -> tuple[Any, ...]:
    """In the words of ix_delivery_done: SQLite does not use it for bound values."""
    return (*claiming.ended_of(mail_id), sa.literal_column(f"delivery.state = '{state}'"))


def _cause(code: int | None, enhanced: str | None, words: str) -> Cause:
    if code is None:
        return Cause.SILENT
    if code < 500 and not (enhanced or "").startswith("4.7."):  # tried for two days
        return Cause.TROUBLED
    return CAUSE_OF[bounces.meaning(code=code, enhanced=enhanced, words=words)]


def _cause_of_report(kind: MailEventKind | None, words: str) -> Cause:
    if kind is None:
        return Cause.UNCLEAR
    if kind is MailEventKind.BOUNCED:
        return Cause.GONE
    return CAUSE_OF[bounces.meaning(code=None, enhanced=None, words=words)]
