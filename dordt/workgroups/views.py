"""Pages."""

from flask import Blueprint, abort
from flask.typing import ResponseReturnValue

bp = Blueprint("workgroups", __name__, url_prefix="/werkgroepen")


@bp.get("/")
def index() -> ResponseReturnValue:
    """Not written yet."""
    abort(404)


@bp.get("/<slug>/")
def show(slug: str) -> ResponseReturnValue:
    """Not written yet."""
    abort(404)


@bp.get("/<slug>/aanmelden/")
def join(slug: str) -> ResponseReturnValue:
    """Not written yet."""
    abort(404)


@bp.get("/<slug>/controleer-uw-mail/")
def check_inbox(slug: str) -> ResponseReturnValue:
    """Not written yet."""
    abort(404)


@bp.get("/bevestigen/<token>/")
def confirm(token: str) -> ResponseReturnValue:
    """Not written yet."""
    abort(404)


@bp.get("/afmelden/<token>/")
def leave(token: str) -> ResponseReturnValue:
    """Not written yet."""
    abort(404)
