"""Pages."""

from flask import Blueprint, abort
from flask.typing import ResponseReturnValue

bp = Blueprint("news", __name__, url_prefix="/nieuws")


@bp.get("/")
def index() -> ResponseReturnValue:
    """Not written yet."""
    abort(404)


@bp.get("/archief/")
def archive() -> ResponseReturnValue:
    """Not written yet."""
    abort(404)


@bp.get("/archief/<int(max=9999):year>/")
def archive_year(year: str) -> ResponseReturnValue:
    """Not written yet."""
    abort(404)


@bp.get("/<slug>/")
def article(slug: str) -> ResponseReturnValue:
    """Not written yet."""
    abort(404)
