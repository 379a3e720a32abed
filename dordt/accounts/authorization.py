"""Whether a member of staff may do what they ask, looked up in the transaction that does it.

The member that a page knows was read before: meanwhile their role may have changed, or their account been closed.
"""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar, cast

import sqlalchemy as sa

from dordt.accounts.models import StaffMember
from dordt.accounts.rights import Right, leads_groups_only, rights_of
from dordt.extensions import db
from dordt.shared.database import is_postgres
from dordt.shared.problems import NotAllowed

NO_LONGER = "Uw account geeft hiervoor geen recht (meer). Vraag een beheerder als u denkt dat dit niet klopt."
Given = ParamSpec("Given")
Result = TypeVar("Result")


def asks(
    *rights: Right, closed_to_coordinators: bool = False, exclusive: bool = False
) -> Callable[[Callable[Given, Result]], Callable[Given, Result]]:
    """Let a service begin with `require` for its `by`, and refuse before anything is read or changed.

    Without `by` it is the operator at the command line, who may do everything. A service that ends its transaction on
    the way asks `require` once more in the one that it commits.
    """

    def decorate(service: Callable[Given, Result]) -> Callable[Given, Result]:
        @wraps(service)
        def checked(*args: Given.args, **given: Given.kwargs) -> Result:
            by = cast("StaffMember | None", given.get("by"))
            require(by, *rights, closed_to_coordinators=closed_to_coordinators, exclusive=exclusive)
            return service(*args, **given)

        checked.asks = frozenset(rights)  # type: ignore[attr-defined]
        return checked

    return decorate


def require(
    by: StaffMember | None, *rights: Right, closed_to_coordinators: bool = False, exclusive: bool = False
) -> None:
    """Hold the rights of everybody as they are until this transaction ends. Raises NotAllowed.

    exclusive: an account is about to change; all others who change something wait.
    """
    if by is None:
        return
    lock_rights(exclusive=exclusive)
    roles = current_roles(by)
    if not set(rights) <= rights_of(roles) or not roles or (closed_to_coordinators and leads_groups_only(roles)):
        raise NotAllowed(NO_LONGER)


def lock_rights(*, exclusive: bool = False) -> None:
    """Let no account change until this transaction ends; SQLite has one writer at a time anyway.

    Take it before any other lock: who closes an account has this one first, and then wants the rows of others.
    """
    if is_postgres():
        mode = "EXCLUSIVE" if exclusive else "ROW SHARE"
        db.session.execute(sa.text(f"LOCK TABLE staff_member IN {mode} MODE"))


def current_roles(by: StaffMember) -> frozenset[str]:
    """The names of the roles that a member has now, none when the account is closed."""
    return frozenset(db.session.scalars(StaffMember.roles_of(by.id)))


def may_now(by: StaffMember, right: Right) -> bool:
    return right in rights_of(current_roles(by))
