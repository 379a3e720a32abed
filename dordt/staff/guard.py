"""The one guard of /beheer/: who is signed in, and what that member may do."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from flask import abort, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue

from dordt.accounts import sessions
from dordt.accounts.models import StaffMember
from dordt.accounts.rights import ROLE_RIGHTS, Right

View = TypeVar("View", bound=Callable[..., Any])


def require_sign_in() -> ResponseReturnValue | None:
    """Before every request of /beheer/: a visitor goes to the sign-in page, and back here afterwards."""
    if sessions.current_member():
        return None
    can_return = request.url_rule is not None and "GET" in (request.url_rule.methods or set())
    address = request.full_path.removesuffix("?") if can_return else url_for("staff.start.index")
    return redirect(url_for("security.login", next=address))


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
    return member().id if {role.name for role in member().roles} == {"coordinator"} else None


def may(right: Right | str) -> bool:
    """Whether the member of staff who sent this request has a right."""
    found = sessions.current_member()
    return found is not None and any(right in ROLE_RIGHTS.get(role.name, frozenset()) for role in found.roles)
