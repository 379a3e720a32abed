"""What happens to drafts around each POST, what the script of their page asks, and the buttons beside a draft."""

from contextlib import suppress
from typing import Any

from flask import Blueprint, Response, abort, current_app, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from dordt.drafts import services
from dordt.shared import clock
from dordt.shared.formats import dutch_time
from dordt.shared.forms import has_csrf, require_csrf
from dordt.shared.problems import NotAllowed
from dordt.staff.access import member
from dordt.staff.drafts import keeping

bp = Blueprint("drafts", __name__, url_prefix="/concepten")
ABOUT = "/<subject_type>/<int:subject_id>"
NOT_SENT = {200, 409, 422, 500}  # the form came back, or should have


def keep_others() -> None:
    """Before a button of a page does its work: keep what stands in the other forms of that page."""
    if request.method == "POST" and has_csrf():
        sent = keeping.sent_here()
        for each in keeping.of_this_page():
            if each is not sent:
                keeping.keep(each, keeping.subject_id(each), at=clock.now())


def settle(response: Response) -> Response:
    """After the work: the draft of what was sent is gone, and what was refused is kept."""
    sent = keeping.sent_here()
    is_settled = response.status_code in {303, *NOT_SENT}
    if request.method == "POST" and sent and is_settled and has_csrf():
        try:
            with suppress(NotAllowed):  # an account that was closed a moment ago
                _settle(sent, is_done=response.status_code == 303)
        except SQLAlchemyError:
            current_app.logger.exception("A draft was not stored after a form was answered")
    return response


def _settle(sent: keeping.Drafted, *, is_done: bool) -> None:
    services.roll_back()
    if is_done:
        services.forget(sent.endpoint, keeping.subject_id(sent), by=member())
    else:
        keeping.keep(sent, keeping.subject_id(sent), at=clock.now())


@bp.post(f"{ABOUT}/bewaren/")
def keep(subject_type: str, subject_id: int) -> ResponseReturnValue:
    """Keep all that stands in the forms of a page."""
    require_csrf()
    at = clock.now()
    kept = [keeping.keep(each, subject_id, at=at) for each in keeping.about(subject_type, subject_id)]
    if not any(kept):
        abort(404)
    return jsonify(kept=f"Concept bewaard om {dutch_time(at)}")


@bp.post(f"{ABOUT}/weggooien/")
def discard(subject_type: str, subject_id: int) -> ResponseReturnValue:
    """Throw one draft away; what stands in the other forms of the page is kept."""
    chosen = _chosen(subject_type, subject_id)
    services.discard(chosen.endpoint, subject_id, by=member(), at=clock.now())
    return _back(chosen, subject_id)


@bp.post(f"{ABOUT}/terugzetten/")
def put_back(subject_type: str, subject_id: int) -> ResponseReturnValue:
    chosen = _chosen(subject_type, subject_id)
    services.put_back(chosen.endpoint, subject_id, by=member())
    return _back(chosen, subject_id)


def _chosen(subject_type: str, subject_id: int) -> keeping.Drafted:
    """The form whose button was pressed, once the others are kept."""
    require_csrf()
    chosen = None
    for each in keeping.about(subject_type, subject_id):
        if each.endpoint == request.form.get("draft"):
            chosen = each
        else:
            keeping.keep(each, subject_id, at=clock.now())
    return chosen or abort(404)


def _back(chosen: keeping.Drafted, subject_id: int) -> ResponseReturnValue:
    values: dict[str, Any] = {} if chosen.is_new else {chosen.argument: subject_id}
    return redirect(url_for(f"staff.{chosen.page}", **values), code=303)
