"""What a load balancer asks."""

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue

from dordt.operations import installation

bp = Blueprint("operations", __name__)


@bp.get("/healthz")
def healthz() -> ResponseReturnValue:
    return _told("ok", 200)


@bp.get("/readyz")
def readyz() -> ResponseReturnValue:
    """The process answers, and its database is there and up to date."""
    problem = installation.database_problem()
    return _told(problem or "ok", 503 if problem else 200)


def _told(text: str, status: int) -> Response:
    response = Response(f"{text}\n", status, mimetype="text/plain")
    response.headers["Cache-Control"] = "no-store"
    return response
