"""To whom a newsletter goes: how many for a choice, and who they are."""

from dataclasses import dataclass
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from dordt.accounts.rights import Right
from dordt.audit import services as audit
from dordt.mailer.labels import DELIVERY_LABELS
from dordt.mailer.ledger import outbox
from dordt.mailer.models import DeliveryState
from dordt.newsletters.models import Newsletter
from dordt.newsletters.sending import audience
from dordt.newsletters.sending.audience import Fate
from dordt.shared import clock
from dordt.staff.guard import is_open, may, member, requires
from dordt.staff.newsletters.audience_words import FATE_WORDS, for_whom, told, told_at_start
from dordt.staff.newsletters.blueprint import NUMBER, bp, numbered
from dordt.staff.newsletters.sending import readers

LARGEST = 2**31 - 1


@dataclass(frozen=True)
class Group:
    """A filter above the list: what stands in the address, how it is called, and how many there are."""

    value: str
    words: str
    count: int


@bp.get("/doelgroep/")
@requires(Right.SEND_NEWSLETTER)
def reach() -> ResponseReturnValue:
    """How many a choice reaches, for audience.js: wijken and topics by slug, an earlier newsletter by number."""
    wijken, topics = request.args.getlist("wijk"), request.args.getlist("thema")
    standing = audience.standing(audience.choice_named(wijken, topics, _number(request.args.get("niet_aan", ""))))
    reasons = {reason.value: count for reason, count in standing.reasons.items()}
    return {"gets": standing.gets, "left_out": reasons, "text": told(standing).text}


@bp.get(f"/{NUMBER}/lezers/")
@requires(Right.READ)
def people(number: int) -> ResponseReturnValue:
    """Who they are, for who may see that; how many, for everybody here. Looking at the list is noted."""
    newsletter = numbered(number)
    may_see = may(Right.SEE_CONTACT_DETAILS) and is_open("staff.subscribers")
    if may_see:
        audit.record_reading(member().id, subject=("newsletter", newsletter.id), at=clock.now())
        newsletter = numbered(number)
    show = _would_get if newsletter.mail_id is None else _was_frozen
    values = show(newsletter, request.args.get("status", ""), may_see=may_see)
    return render_template("staff/newsletters/readers.html", newsletter=newsletter, may_see=may_see, **values)


def _would_get(newsletter: Newsletter, chosen: str, *, may_see: bool) -> dict[str, Any]:
    standing = audience.standing(newsletter)
    fate = Fate(chosen) if chosen in list(Fate) else Fate.GETS
    return {
        "page": readers.readers(newsletter, fate, request.args.get("pagina")) if may_see else None,
        "groups": [Group(each.value, FATE_WORDS[each], count) for each, count in standing.counts.items()],
        "total": standing.matching,
        "chosen": fate.value,
        "told": told(standing),
        "chosen_for": for_whom(newsletter),
    }


def _was_frozen(newsletter: Newsletter, chosen: str, *, may_see: bool) -> dict[str, Any]:
    mail_id, number = newsletter.mail_id or 0, request.args.get("pagina")
    state = DeliveryState(chosen) if chosen in list(DeliveryState) else None
    counts = outbox.progress(mail_id)
    found = ((each, words, counts.get(each)) for each, words in DELIVERY_LABELS.items())
    return {
        "page": readers.deliveries(mail_id, state, number) if may_see else None,
        "groups": [Group(each.value, words, count) for each, words, count in found if count],
        "total": sum(counts.values()),
        "chosen": state.value if state else "",
        "told": told_at_start(newsletter),
        "state_words": DELIVERY_LABELS,
    }


def _number(given: str) -> int | None:
    """What stands in the address, if a newsletter can have that number."""
    is_number = given.isascii() and given.isdigit() and len(given) <= len(str(LARGEST))
    return int(given) if is_number and 0 < int(given) <= LARGEST else None
