"""Pages."""

from flask import Blueprint, abort
from flask.typing import ResponseReturnValue

bp = Blueprint("operations", __name__)


@bp.get("/healthz")
def healthz() -> ResponseReturnValue:
    """Not written yet."""
    abort(404)


@bp.get("/readyz")
def readyz() -> ResponseReturnValue:
    """Not written yet."""
    abort(404)
