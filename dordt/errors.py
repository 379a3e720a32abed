"""Which problem shows which page."""

from contextlib import suppress
from typing import Any

from flask import Flask, current_app, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from markupsafe import Markup
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException

from dordt.extensions import db
from dordt.shared import kept_forms
from dordt.shared.problems import DomainError, LinkExpired, LinkInvalid, NotAllowed, NotFound
from dordt.shared.requests import TextTooLarge, TooManyFields

UNEXPECTED = "errors/unexpected.html"
PAGES: dict[int | type[Exception], tuple[str, int]] = {
    400: ("errors/bad_request.html", 400),
    403: ("errors/forbidden.html", 403),
    404: ("errors/not_found.html", 404),
    405: ("errors/not_allowed.html", 405),
    409: ("errors/conflict.html", 409),
    410: ("errors/link_expired.html", 410),
    413: ("errors/too_large.html", 413),
    TextTooLarge: ("errors/text_too_large.html", 413),
    TooManyFields: ("errors/too_many_fields.html", 413),
    422: ("errors/unreadable.html", 422),
    429: ("errors/too_many_requests.html", 429),
    500: (UNEXPECTED, 500),
    CSRFError: ("errors/bad_request.html", 400),
    NotFound: ("errors/not_found.html", 404),
    LinkExpired: ("errors/link_expired.html", 410),
    LinkInvalid: ("errors/link_expired.html", 410),
    DomainError: ("errors/conflict.html", 409),
}
# Where a visitor asks for a new link, by the blueprint of the link that no longer works.
NEW_LINKS = {
    "subscribers": ("subscribers.subscribe", "Meld u opnieuw aan voor de nieuwsbrief"),
    "workgroups": ("workgroups.index", "Kies uw werkgroep en meld u opnieuw aan"),
    "contact": ("contact.write", "Stuur ons een bericht"),
}


def init_app(app: Flask) -> None:
    """One handler for every problem that has a page, and one for every other HTTP error."""
    for problem in PAGES:
        app.register_error_handler(problem, _show)
    app.register_error_handler(HTTPException, _show)


def _show(problem: Exception) -> ResponseReturnValue:
    with suppress(SQLAlchemyError):  # the database itself may be what failed
        db.session.rollback()  # nothing half-done may be committed by what comes after
    if isinstance(problem, HTTPException) and problem.response is not None:
        return problem.response  # whoever raised it wrote the page: a form with all that was typed, for one
    template, status = _page_of(problem)
    headers = {}
    if isinstance(problem, HTTPException):
        headers = {name: value for name, value in problem.get_headers() if name in {"Allow", "Retry-After", "Location"}}
    endpoint, label = NEW_LINKS.get(request.blueprint or "", ("", ""))
    retry_url = url_for(endpoint) if endpoint else None
    reason = str(problem) if isinstance(problem, NotAllowed) else ""  # of other kinds the text is not for the screen
    typed = "\n\n".join(kept_forms.texts())
    values = {"reason": reason, "retry_url": retry_url, "retry_label": label, "typed": typed}
    if _asks_json():
        return jsonify(problems=[("", _in_short(template, values))]), status, headers
    return _page(template, values), status, headers


def _asks_json() -> bool:
    """Whether a script asks, which shows no page: it is told the same in the sentences that the page begins with."""
    return request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json"


def _page(name: str, values: dict[str, Any]) -> str:
    """The page for a fault of ours stands on its own: what our layouts ask for may be what failed."""
    if name == UNEXPECTED:
        return current_app.jinja_env.get_template(name).render(typed=values["typed"])
    return render_template(name, **values)


def _in_short(name: str, values: dict[str, Any]) -> str:
    template = current_app.jinja_env.get_template(name)
    if name != UNEXPECTED:
        current_app.update_template_context(values)
    return Markup("").join(template.blocks["lead"](template.new_context(values))).striptags()


def _page_of(problem: Exception) -> tuple[str, int]:
    for kind in type(problem).__mro__:
        if kind in PAGES:
            return PAGES[kind]
    status = getattr(problem, "code", None) or 500
    if status in PAGES:
        return PAGES[status]
    current_app.logger.warning("No page of its own for status %s at %s", status, request.url_rule)
    return (UNEXPECTED, status) if status >= 500 else ("errors/bad_request.html", status)
