"""Leaving, and the reason that may be given afterwards."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from dordt.shared import clock
from dordt.subscribers import services
from dordt.subscribers.forms import ReasonForm
from dordt.subscribers.models import UnsubscribeWay
from dordt.subscribers.pages import bp


@bp.get("/afmelden/<token>/")
def unsubscribe(token: str) -> ResponseReturnValue:
    """The page with the button; afterwards it says so, and asks why."""
    return _page(token, ReasonForm())


@bp.post("/afmelden/<token>/")
def unsubscribe_now(token: str) -> ResponseReturnValue:
    """The button was pressed, or a mail programme did it for the reader (RFC 8058: answered at once, no redirect)."""
    if request.form.get("List-Unsubscribe") == "One-Click":
        services.unsubscribe(token, UnsubscribeWay.ONE_CLICK, at=clock.now())
        return "", 200
    services.unsubscribe(token, at=clock.now())
    return redirect(url_for(".unsubscribe", token=token), code=303)


@bp.post("/afmelden/<token>/reden/")
def give_reason(token: str) -> ResponseReturnValue:
    """Why somebody left, if they care to say."""
    form = ReasonForm()
    if form.validate_on_submit():
        services.give_reason(token, form.chosen(), form.remark.data or "", at=clock.now())
        return redirect(url_for(".unsubscribe", token=token), code=303)
    return _page(token, form)


def _page(token: str, form: ReasonForm) -> ResponseReturnValue:
    subscriber = services.find_by_unsubscribe_token(token)
    left = services.may_give_reason(subscriber, at=clock.now())
    page = render_template("subscribers/unsubscribe.html", subscriber=subscriber, left=left, form=form, token=token)
    return page, form.status
