"""Pages."""

from flask import Blueprint, abort
from flask.typing import ResponseReturnValue

bp = Blueprint("subscribers", __name__, url_prefix="/nieuwsbrief")


@bp.get("/")
def subscribe() -> ResponseReturnValue:
    """Not written yet."""
    abort(404)


@bp.get("/controleer-uw-mail/")
def check_inbox() -> ResponseReturnValue:
    """Not written yet."""
    abort(404)


@bp.get("/bevestigen/<token>/")
def confirm(token: str) -> ResponseReturnValue:
    """Not written yet."""
    abort(404)


@bp.get("/afmelden/<token>/")
def unsubscribe(token: str) -> ResponseReturnValue:
    """Not written yet."""
    abort(404)
