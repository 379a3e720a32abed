"""Adding and removing closed days."""

from datetime import date, datetime

from sqlalchemy.exc import IntegrityError

from dordt.accounts.authorization import asks
from dordt.accounts.models import StaffMember
from dordt.accounts.rights import Right
from dordt.audit import services as audit
from dordt.contact.models import ClosedDay
from dordt.extensions import db
from dordt.shared.problems import DomainError


class DayTaken(DomainError):
    """This day is on the list already."""


@asks(Right.ADMINISTER)
def add_closed_day(day: date, name: str, *, by: StaffMember, at: datetime) -> None:
    """Let no term count this day from now on; a promised day of answer stays. Raises DayTaken."""
    added = ClosedDay(day=day, name=name)
    db.session.add(added)
    try:
        db.session.flush()
    except IntegrityError as twice:
        db.session.rollback()
        raise DayTaken(str(day)) from twice
    audit.record("closed_day.added", subject=added, by=by, at=at, day=day.isoformat())
    db.session.commit()


@asks(Right.ADMINISTER)
def remove_closed_day(day_id: int, *, by: StaffMember, at: datetime) -> None:
    """Count this day again; one that is gone already is gone."""
    found = db.session.get(ClosedDay, day_id, with_for_update=True)
    if found is not None:
        audit.record("closed_day.removed", subject=found, by=by, at=at, day=found.day.isoformat())
        db.session.delete(found)
    db.session.commit()
