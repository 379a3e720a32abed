"""The readers of a newsletter one by one: before the start who would get it, afterwards what became of each letter."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from dordt.mailer.labels import CAUSE_LABELS, DELIVERY_LABELS
from dordt.mailer.ledger import outbox
from dordt.mailer.models import Delivery, DeliveryState, Suppression, SuppressionScope
from dordt.mailer.suppression.rules import domain_of
from dordt.newsletters.models import Newsletter
from dordt.newsletters.sending import audience
from dordt.newsletters.sending.audience import RecipientStatus
from dordt.shared.formats import dutch_date
from dordt.shared.reading import Page, page_of_many, rows
from dordt.staff.newsletters.labels import RECIPIENT_LABELS, audience_summary, for_whom, frozen_summary
from dordt.subscribers.models import Subscriber

PER_PAGE = 50
SCOPES = (SuppressionScope.ALL, SuppressionScope.NEWSLETTER)


@dataclass(frozen=True)
class Reader:
    """One of them, what they chose, and why they do not get it (empty for who does)."""

    subscriber: Subscriber
    reason: str

    @property
    def choices(self) -> str:
        """Wijken and topics in one line."""
        wijken = ", ".join(wijk.name for wijk in self.subscriber.neighbourhoods)
        topics = ", ".join(topic.name for topic in self.subscriber.topics)
        return f"{wijken or 'Alle wijken'} · {topics or 'alle thema’s'}"


@dataclass(frozen=True)
class Group:
    """A filter above the list: what stands in the address, how it is called, and how many there are."""

    value: str
    words: str
    count: int


def readers(newsletter: Newsletter, status: RecipientStatus, number: str | None) -> Page[Reader]:
    """One page of those for whom it means this."""
    options = (selectinload(Subscriber.neighbourhoods), selectinload(Subscriber.topics))
    found = page_of_many(audience.people(newsletter, status).options(*options), number, per_page=PER_PAGE)
    causes = _causes(found.items) if status is RecipientStatus.SUPPRESSED else {}
    items = [Reader(each, _reason(each, status, newsletter, causes)) for each in found.items]
    return Page(items, found.number, found.pages, found.total)


def deliveries(mail_id: int, state: DeliveryState | None, number: str | None) -> Page[Delivery]:
    """One page of the letters as they were frozen, all or those that stand in one state."""
    query = sa.select(Delivery).where(Delivery.mail_id == mail_id).order_by(Delivery.id)
    return page_of_many(query.where(Delivery.state == state) if state else query, number, per_page=PER_PAGE)


def would_get(newsletter: Newsletter, chosen: str, number: str | None, *, may_see: bool) -> dict[str, Any]:
    """What the page shows before the start: those whose choices match, by what the newsletter means for them."""
    counted = audience.count(newsletter)
    status = RecipientStatus(chosen) if chosen in list(RecipientStatus) else RecipientStatus.GETS
    return {
        "page": readers(newsletter, status, number) if may_see else None,
        "groups": [Group(each.value, RECIPIENT_LABELS[each], count) for each, count in counted.counts.items()],
        "total": counted.matching,
        "chosen": status.value,
        "audience_summary": audience_summary(counted),
        "chosen_for": for_whom(newsletter),
    }


def was_frozen(newsletter: Newsletter, chosen: str, number: str | None, *, may_see: bool) -> dict[str, Any]:
    """What the page shows after it: the deliveries as they were frozen, by their state."""
    mail_id = newsletter.mail_id or 0
    state = DeliveryState(chosen) if chosen in list(DeliveryState) else None
    counts = outbox.progress(mail_id)
    found = ((each, words, counts.get(each)) for each, words in DELIVERY_LABELS.items())
    return {
        "page": deliveries(mail_id, state, number) if may_see else None,
        "groups": [Group(each.value, words, count) for each, words, count in found if count],
        "total": sum(counts.values()),
        "chosen": state.value if state else "",
        "audience_summary": frozen_summary(newsletter),
        "state_words": DELIVERY_LABELS,
    }


def _reason(subscriber: Subscriber, status: RecipientStatus, newsletter: Newsletter, causes: dict[str, str]) -> str:
    if status is RecipientStatus.GETS:
        return ""
    if status is RecipientStatus.PAUSED and subscriber.paused_until:
        return f"Pauze tot {dutch_date(subscriber.paused_until)}"
    if status is RecipientStatus.ALREADY and newsletter.not_to:
        return f"Kreeg nieuwsbrief {newsletter.not_to.number} al"
    cause = causes.get(subscriber.email_key) or causes.get(domain_of(subscriber.email_key))
    return f"{RECIPIENT_LABELS[status]}: {cause.lower()}" if cause else RECIPIENT_LABELS[status]


def _causes(subscribers: Sequence[Subscriber]) -> dict[str, str]:
    """Why an address or a domain gets nothing, by its key."""
    keys = {each.email_key for each in subscribers}
    keys |= {domain_of(key) for key in keys}
    found = rows(sa.select(Suppression).where(Suppression.address_key.in_(keys), Suppression.scope.in_(SCOPES)))
    return {suppression.address_key: CAUSE_LABELS[suppression.cause] for suppression in found}
