"""Pages."""

from flask import Blueprint, abort
from flask.typing import ResponseReturnValue

bp = Blueprint("site", __name__)


@bp.get("/")
def home() -> ResponseReturnValue:
    """Not written yet."""
    abort(404)


@bp.get("/toegankelijkheid/")
def accessibility() -> ResponseReturnValue:
    """Not written yet."""
    abort(404)


@bp.get("/privacy/")
def privacy() -> ResponseReturnValue:
    """Not written yet."""
    abort(404)


@bp.get("/cookies/")
def cookies() -> ResponseReturnValue:
    """Not written yet."""
    abort(404)


@bp.get("/sitemap.xml")
def sitemap() -> ResponseReturnValue:
    """Not written yet."""
    abort(404)


@bp.get("/robots.txt")
def robots() -> ResponseReturnValue:
    """Not written yet."""
    abort(404)


@bp.get("/.well-known/security.txt")
def security_txt() -> ResponseReturnValue:
    """Not written yet."""
    abort(404)


@bp.get("/favicon.ico")
def favicon() -> ResponseReturnValue:
    """Not written yet."""
    abort(404)
