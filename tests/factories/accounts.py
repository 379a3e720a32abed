"""Members of staff for tests."""

import itertools
from datetime import datetime

from dordt.accounts import services
from dordt.accounts.models import StaffMember
from dordt.extensions import db
from dordt.shared import clock

PASSWORD = "zeven sloten tegelijk"
_numbers = itertools.count(1)


def make_member(
    *,
    role: str = "beheerder",
    email: str | None = None,
    password: str = PASSWORD,
    name: str = "Mila Medewerker",
    active: bool = True,
    at: datetime | None = None,
) -> StaffMember:
    """An account as `staff create` makes it."""
    member = services.create_member(
        email=email or f"medewerker{next(_numbers)}@voorbeeld.nl",
        name=name,
        role=role,
        password=password,
        at=at or clock.now(),
    )
    if not active:
        member.active = False
        db.session.commit()
    return member
