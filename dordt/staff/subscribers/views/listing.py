"""Everybody on the list."""

import sqlalchemy as sa
from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from dordt.accounts.rights import Right
from dordt.places import services as places
from dordt.shared import tables
from dordt.shared.reading import page
from dordt.staff import searching
from dordt.staff.guard import may, requires
from dordt.staff.subscribers.room import bp
from dordt.subscribers import services
from dordt.subscribers.labels import STATE_WORDS
from dordt.subscribers.models import Subscriber, SubscriberState
from dordt.subscribers.services.consent_export import proof_count


@bp.get("/")
@requires(Right.READ)
def index() -> ResponseReturnValue:
    """Everybody on the list; filters stand in the address, the search in the session."""
    chosen, words = chosen_filters(), kept_search()
    query = filtered(chosen, words).options(sa.orm.selectinload(Subscriber.neighbourhoods))
    return render_template(
        "staff/subscribers/index.html",
        page=page(query, request.args.get("pagina")),
        counts=services.counts(),
        chosen=chosen,
        search=words,
        state_words=STATE_WORDS,
        neighbourhoods=places.neighbourhood_choices(),
        ods_limit=tables.MOST_IN_ODS,
        proof_count=proof_count() if may(Right.EXPORT) else 0,
    )


@bp.post("/zoeken/")
@requires(Right.SEE_CONTACT_DETAILS)
def search() -> ResponseReturnValue:
    """Keep what is searched for in the session: an address belongs in no URL."""
    searching.keep("subscribers")
    status, wijk = request.args.get("status"), request.args.get("wijk")
    return redirect(url_for(".index", status=status, wijk=wijk), code=303)


def chosen_filters() -> dict[str, str]:
    """What stands in the address."""
    return {name: request.args.get(name, "") for name in ("status", "wijk")}


def kept_search() -> str:
    """What is searched for, by who may see addresses."""
    return searching.kept("subscribers") if may(Right.SEE_CONTACT_DETAILS) else ""


def filtered(chosen: dict[str, str], words: str) -> "sa.Select[Subscriber]":
    """The list that belongs to the filters; a status that does not exist filters nothing."""
    states = [state for state in SubscriberState if state == chosen["status"]]
    return Subscriber.in_room(*states, neighbourhood=chosen["wijk"], words=words)
