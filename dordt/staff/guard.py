"""The one guard of /beheer/: who is signed in, and whether that member may open this page (see `access.py`)."""

from flask import abort, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue

from dordt.accounts import sessions
from dordt.accounts.models import StaffMember
from dordt.accounts.rights import Right
from dordt.staff import access


def require_access() -> ResponseReturnValue | None:
    """Before every request of /beheer/: a visitor goes to the sign-in page, and back here afterwards; a member goes on
    where the section is open to them and they have every right that the page asks, and gets 403 elsewhere."""
    if sessions.current_member() is None:
        can_return = request.url_rule is not None and "GET" in (request.url_rule.methods or set())
        address = request.full_path.removesuffix("?") if can_return else url_for("staff.start.index")
        return redirect(url_for("security.login", next=address))
    if not is_open(request.blueprint or ""):
        current_app.logger.warning("Member %s only leads groups and may not enter %s", member().id, request.blueprint)
        abort(403)
    needed = access.needed((request.endpoint or "").removeprefix("staff."), request.method)
    missing = sorted(right for right in needed if not may(right))
    if missing:
        current_app.logger.warning("Member %s has no right %s at %s", member().id, missing[0], request.url_rule)
        abort(403)
    return None


def is_open(section: str) -> bool:
    """Whether the member of staff who sent this request may enter a section at all; `section` is a blueprint's name."""
    return coordinator_scope() is None or not access.is_closed_to_coordinators(section.removeprefix("staff."))


def member() -> StaffMember:
    """The member of staff who sent this request; a detached copy, so point at the row by its id."""
    found = sessions.current_member()
    if found is None:
        abort(403)
    return found


def coordinator_scope() -> int | None:
    """The id of a member who only leads groups, and so sees those groups alone; None for the others."""
    return member().id if member().leads_groups_only else None


def may(right: Right | str) -> bool:
    """Whether the member of staff who sent this request has a right."""
    found = sessions.current_member()
    return found is not None and found.may(Right(right))
