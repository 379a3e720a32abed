"""Pages."""

from flask import Blueprint, abort
from flask.typing import ResponseReturnValue

bp = Blueprint("contact", __name__)


@bp.get("/contact/")
def write() -> ResponseReturnValue:
    """Not written yet."""
    abort(404)


@bp.get("/contact/verzonden/")
def sent() -> ResponseReturnValue:
    """Not written yet."""
    abort(404)


@bp.get("/bericht/<token>/")
def follow(token: str) -> ResponseReturnValue:
    """Not written yet."""
    abort(404)
