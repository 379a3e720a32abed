"""Days on which the gemeente does not work: the administrator keeps them, terms do not count them."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from dordt.contact.closed_days.services import add_closed_day
from dordt.contact.models import ClosedDay
from dordt.contact.workflow import reply_by
from dordt.extensions import db
from dordt.shared import clock
from tests.factories.accounts import make_member
from tests.support.stored import actions
from tests.support.visitors import Visitor

StaffClient = Callable[..., Visitor]
PAGE = "/beheer/instellingen/gesloten-dagen/"


def days() -> list[date]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(ClosedDay.day)))


def test_a_day_is_added_and_taken_away_and_both_stand_in_the_log(staff_client: StaffClient):
    client, day = staff_client("beheerder"), clock.now().date() + timedelta(days=30)

    for _twice in range(2):
        page = client.post(PAGE, data={"day": day.isoformat(), "name": "Brugdag"})
    assert "Deze dag staat al in de lijst." in page.text
    assert days() == [day]
    assert "Brugdag" in client.get(PAGE).text

    for _twice in range(2):
        client.post(f"{PAGE}1/weghalen/")
    assert days() == []
    assert actions("closed_day") == ["added", "removed"]


@pytest.mark.parametrize("given", [{"day": "2020-01-01"}, {"day": "2999-01-01"}, {"day": "morgen"}, {"name": ""}])
def test_what_is_no_day_to_come_is_refused(staff_client: StaffClient, given: dict[str, str]):
    client = staff_client("beheerder")
    filled = {"day": (clock.now().date() + timedelta(days=30)).isoformat(), "name": "Brugdag"}

    assert client.post(PAGE, data=filled | given).status_code == 422
    assert days() == []


def test_a_term_does_not_count_a_closed_day_from_then_on(app):
    monday = datetime(2027, 3, 8, 9, tzinfo=UTC)
    before = reply_by(None, monday)

    for day in (date(2027, 3, 8), date(2027, 3, 10), date(2027, 3, 13), date(2027, 3, 15)):
        add_closed_day(day, "Dicht", by=make_member(role="beheerder"), at=monday)

    assert (before, reply_by(None, monday)) == (date(2027, 3, 15), date(2027, 3, 17))
