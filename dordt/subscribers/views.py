"""The newsletter as residents meet it: sign up, confirm, leave."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from dordt.places import services as places
from dordt.shared import clock
from dordt.subscribers import services
from dordt.subscribers.forms import SubscribeForm

bp = Blueprint("subscribers", __name__, url_prefix="/nieuwsbrief")


@bp.route("/", methods=["GET", "POST"])
def subscribe() -> ResponseReturnValue:
    """The sign-up form; it answers the same whether or not the address is known."""
    form = SubscribeForm(neighbourhoods=places.neighbourhood_choices(), topics=places.topic_choices())
    form.tick(neighbourhoods=request.args.getlist("wijk"), topics=request.args.getlist("thema"))
    if form.validate_on_submit():
        services.request_subscription(form.wish(), at=clock.now())
        return redirect(url_for(".check_inbox"), code=303)
    return render_template("subscribers/subscribe.html", form=form), form.status


@bp.get("/controleer-uw-mail/")
def check_inbox() -> ResponseReturnValue:
    """What to do now: open the mail and confirm."""
    return render_template("subscribers/check_inbox.html")


@bp.get("/bevestigen/<token>/")
def confirm(token: str) -> ResponseReturnValue:
    """The page with the button; afterwards it says that the newsletter will come."""
    return render_template("subscribers/confirm.html", subscriber=services.find_by_confirm_token(token))


@bp.post("/bevestigen/<token>/")
def confirm_now(token: str) -> ResponseReturnValue:
    """The button was pressed."""
    services.confirm_subscription(token, at=clock.now())
    return redirect(url_for(".confirm", token=token), code=303)


@bp.get("/voorkeuren/<token>/")
def preferences(token: str) -> ResponseReturnValue:
    """What this subscriber chose."""
    subscriber = services.find_by_preferences_token(token)
    return render_template("subscribers/preferences.html", subscriber=subscriber, token=token)


@bp.get("/afmelden/<token>/")
def unsubscribe(token: str) -> ResponseReturnValue:
    """The page with the button; afterwards it says so."""
    return render_template("subscribers/unsubscribe.html", subscriber=services.find_by_unsubscribe_token(token))


@bp.post("/afmelden/<token>/")
def unsubscribe_now(token: str) -> ResponseReturnValue:
    """The button was pressed, or a mail programme did it for the reader (RFC 8058: answered at once, no redirect)."""
    services.unsubscribe(token, at=clock.now())
    if request.form.get("List-Unsubscribe") == "One-Click":
        return "", 200
    return redirect(url_for(".unsubscribe", token=token), code=303)
