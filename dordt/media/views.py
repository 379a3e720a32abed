"""Pages."""

from flask import Blueprint, abort
from flask.typing import ResponseReturnValue

bp = Blueprint("media", __name__, url_prefix="/media")


@bp.get("/<key>/<name>")
def file(key: str, name: str) -> ResponseReturnValue:
    """Not written yet."""
    abort(404)
