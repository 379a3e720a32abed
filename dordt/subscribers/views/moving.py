"""The new address of a subscriber, confirmed by its owner."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from dordt.shared import clock
from dordt.subscribers import services
from dordt.subscribers.forms import NEW_ADDRESS_TEXT
from dordt.subscribers.pages import bp


@bp.get("/nieuw-adres/<token>/")
def new_address(token: str) -> ResponseReturnValue:
    """The page with the button; afterwards it says that the newsletter comes here."""
    change = services.find_by_new_address_token(token)
    return render_template("subscribers/new_address.html", change=change, consent_text=NEW_ADDRESS_TEXT)


@bp.post("/nieuw-adres/<token>/")
def new_address_now(token: str) -> ResponseReturnValue:
    """The button was pressed."""
    services.confirm_new_address(token, consent_text=NEW_ADDRESS_TEXT, at=clock.now())
    return redirect(url_for(".new_address", token=token), code=303)
