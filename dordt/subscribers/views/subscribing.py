"""Asking for the newsletter and confirming it."""

from flask import make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask.wrappers import Response

from dordt.places import services as places
from dordt.shared import clock
from dordt.subscribers import services
from dordt.subscribers.forms import SubscribeForm
from dordt.subscribers.limits import TOO_MANY, mails_strangers
from dordt.subscribers.pages import bp


def _too_many() -> Response:
    """What was typed stands in the form, under what to do now."""
    form = _form()
    form.form_errors.append(TOO_MANY)
    return make_response(render_template("subscribers/subscribe.html", form=form), 429)


@bp.route("/", methods=["GET", "POST"])
@mails_strangers(_too_many)
def subscribe() -> ResponseReturnValue:
    """The sign-up form; it answers the same whether or not the address is known."""
    form = _form()
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


def _form() -> SubscribeForm:
    form = SubscribeForm(neighbourhoods=places.neighbourhood_choices(), topics=places.topic_choices())
    form.tick(neighbourhoods=request.args.getlist("wijk"), topics=request.args.getlist("thema"))
    return form
