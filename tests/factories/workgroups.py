"""Work groups, meetings and memberships with valid defaults."""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from dordt.extensions import db
from dordt.shared import clock
from dordt.workgroups.models import Meeting, Membership, MembershipState, Workgroup

_numbers = count(1)


def make_workgroup(**given: Any) -> Workgroup:
    """A group that looks for people."""
    number = next(_numbers)
    values = {
        "slug": f"werkgroep-{number}",
        "name": f"werkgroep Proef {number}",
        "summary": "Wij maken samen een plan voor het plein.",
        "audience": "Voor iedereen die hier woont.",
        "room_for_influence": "De plek van de banken kan nog anders.",
        "body": "Wij komen elke maand bij elkaar.",
        "created_at": datetime(2026, 1, 5, 9, tzinfo=UTC),
    }
    return _added(Workgroup(**{**values, **given}))


def make_meeting(workgroup: Workgroup, *, starts_in: timedelta = timedelta(days=7), **given: Any) -> Meeting:
    """A meeting of two hours."""
    values = {"title": "Schetsavond", "location": "Het Sterrenwiel", "starts_at": clock.now() + starts_in, **given}
    return _added(Meeting(workgroup=workgroup, **{"ends_at": values["starts_at"] + timedelta(hours=2), **values}))


def make_membership(workgroup: Workgroup | None = None, **given: Any) -> Membership:
    """Somebody who asked to take part."""
    email = given.get("email", f"bewoner{next(_numbers)}@voorbeeld.nl")
    values = {
        "name": "Anna de Vries",
        "email": email,
        "email_key": email.lower(),
        "neighbourhood": "sterrenburg",
        "state": MembershipState.REQUESTED,
        "created_at": clock.now(),
    }
    return _added(Membership(workgroup=workgroup or make_workgroup(), **{**values, **given}))


def _added(row: Any) -> Any:
    db.session.add(row)
    db.session.commit()
    return row
