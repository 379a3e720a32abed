"""Entering one subscriber by hand."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from dordt.accounts.rights import Right
from dordt.places import services as places
from dordt.shared import clock
from dordt.staff.guard import member, requires
from dordt.staff.subscribers.enter_form import EnterForm
from dordt.staff.subscribers.room import bp
from dordt.subscribers.services.staff_entry import Entered, enter_subscriber

TOLD = {
    Entered.ADDED: ("ok", "Deze abonnee staat op de lijst en krijgt een e-mail die dat zegt."),
    Entered.KNOWN: ("info", "Dit adres stond al op de lijst. Er is niets veranderd."),
    Entered.ASKED: (
        "warning",
        "Deze abonnee meldde zich eerder af. Wij zetten niemand terug. "
        "Er gaat nu een e-mail naar dit adres met de vraag of de nieuwsbrief weer mag komen.",
    ),
    Entered.ASKED_ALREADY: (
        "warning",
        "Deze abonnee meldde zich eerder af. Het afgelopen uur ging er al een e-mail naar dit adres met de vraag "
        "of de nieuwsbrief weer mag komen.",
    ),
}


@bp.route("/nieuw/", methods=["GET", "POST"])
@requires(Right.SEE_CONTACT_DETAILS)
def enter() -> ResponseReturnValue:
    """The form; what came of it stands on the page of the subscriber."""
    at = clock.now()
    form = EnterForm(neighbourhoods=places.neighbourhood_choices(), topics=places.topic_choices(), at=at)
    if form.validate_on_submit():
        outcome, number = enter_subscriber(form.entry(), by=member(), at=at)
        kind, words = TOLD[outcome]
        flash(words, kind)
        return redirect(url_for(".show", subscriber_id=number), code=303)
    return render_template("staff/subscribers/enter.html", form=form), form.status
