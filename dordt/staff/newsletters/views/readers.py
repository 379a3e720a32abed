"""To whom a newsletter goes: how many for a choice, and who they are."""

from flask import request
from flask.typing import ResponseReturnValue

from dordt.accounts.rights import Right
from dordt.newsletters import audience
from dordt.newsletters.models import Newsletter
from dordt.places import services as places
from dordt.shared.reading import rows
from dordt.staff.guard import requires
from dordt.staff.newsletters.audience_form import Offered
from dordt.staff.newsletters.audience_words import told
from dordt.staff.newsletters.room import bp

EARLIER_OFFERED = 100
LARGEST = 2**31 - 1


@bp.get("/doelgroep/")
@requires(Right.SEND_NEWSLETTER)
def reach() -> ResponseReturnValue:
    """How many a choice reaches, for audience.js: wijken and topics by slug, an earlier newsletter by number."""
    wijken, topics = request.args.getlist("wijk"), request.args.getlist("thema")
    standing = audience.standing(audience.choice_named(wijken, topics, _number(request.args.get("niet_aan", ""))))
    reasons = {reason.value: count for reason, count in standing.reasons.items()}
    return {"gets": standing.gets, "left_out": reasons, "text": told(standing).text}


def offered(newsletter: Newsletter | None = None) -> Offered:
    """What can be chosen for a newsletter; an earlier one is there once it was started."""
    started = Newsletter.in_room().where(Newsletter.mail_id.is_not(None)).limit(EARLIER_OFFERED)
    earlier = list(rows(started))
    if newsletter and newsletter.not_to and newsletter.not_to not in earlier:
        earlier.append(newsletter.not_to)
    return Offered(
        places.neighbourhood_choices(),
        places.topic_choices(),
        [(str(each.number), f"Nieuwsbrief {each.number}: {each.subject}") for each in earlier],
    )


def _number(given: str) -> int | None:
    """What stands in the address, if a newsletter can have that number."""
    is_number = given.isascii() and given.isdigit() and len(given) <= len(str(LARGEST))
    return int(given) if is_number and 0 < int(given) <= LARGEST else None
