"""The one guard of /beheer/: who is signed in, and what that member may do."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from flask import abort, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue

from dordt.accounts import sessions
from dordt.accounts.models import StaffMember
from dordt.accounts.rights import ROLE_RIGHTS, Right, leads_groups_only

View = TypeVar("View", bound=Callable[..., Any])
# Rooms full of residents who have nothing to do with the groups of one coordinator.
CLOSED_TO_COORDINATORS = {"staff.contact", "staff.subscribers", "staff.post"}


def require_sign_in() -> ResponseReturnValue | None:
    """Before every request of /beheer/: a visitor goes to the sign-in page, and back here afterwards; a member goes in
    where the room is open to them."""
    if sessions.current_member():
        _require_open_room()
        return None
    can_return = request.url_rule is not None and "GET" in (request.url_rule.methods or set())
    address = request.full_path.removesuffix("?") if can_return else url_for("staff.start.index")
    return redirect(url_for("security.login", next=address))


def _require_open_room() -> None:
    if not is_open(request.blueprint or ""):
        current_app.logger.warning("Member %s only leads groups and may not enter %s", member().id, request.blueprint)
        abort(403)


def is_open(room: str) -> bool:
    """Whether the member of staff who sent this request may enter a room at all; `room` is the name of a blueprint,
    and a room within a closed room is closed too."""
    is_closed = any(room == closed or room.startswith(f"{closed}.") for closed in CLOSED_TO_COORDINATORS)
    return not is_closed or coordinator_scope() is None


def requires(right: Right) -> Callable[[View], View]:
    """Let only members with this right into a view; the others get 403. Every view of /beheer/ carries it."""

    def guarded(view: View) -> View:
        @wraps(view)
        def entrance(*args: Any, **values: Any) -> Any:
            if not may(right):
                current_app.logger.warning("Member %s has no right %s at %s", member().id, right, request.url_rule)
                abort(403)
            return view(*args, **values)

        entrance.required_right = right  # type: ignore[attr-defined]  # a guard test asks every view for it
        return cast(View, entrance)

    return guarded


def member() -> StaffMember:
    """The member of staff who sent this request; a detached copy, so point at the row by its id."""
    found = sessions.current_member()
    if found is None:
        abort(403)
    return found


def coordinator_scope() -> int | None:
    """The id of a member who only leads groups, and so sees those groups alone; None for the others."""
    return member().id if leads_groups_only(role.name for role in member().roles) else None


def may(right: Right | str) -> bool:
    """Whether the member of staff who sent this request has a right."""
    found = sessions.current_member()
    return found is not None and any(right in ROLE_RIGHTS.get(role.name, frozenset()) for role in found.roles)
