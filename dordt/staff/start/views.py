"""The start page: what needs me today."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from dordt.accounts.rights import Right
from dordt.staff.guard import requires

bp = Blueprint("start", __name__)


@bp.get("/")
@requires(Right.READ)
def index() -> ResponseReturnValue:
    """What needs me today."""
    return render_template("staff/start/index.html")
