"""How the calendar of Amsterdam is cut into weeks, months and years."""

from datetime import UTC, date, datetime

import pytest

from dordt.newsletters.reporting.services import Unit, midnight, start_of, starts_of


@pytest.mark.parametrize(
    ("unit", "day", "start"),
    [
        (Unit.WEEK, date(2027, 3, 1), date(2027, 3, 1)),
        (Unit.WEEK, date(2027, 1, 3), date(2026, 12, 28)),
        (Unit.MONTH, date(2028, 2, 29), date(2028, 2, 1)),
        (Unit.YEAR, date(2027, 12, 31), date(2027, 1, 1)),
    ],
)
def test_a_step_begins_on_a_monday_the_first_or_new_year(unit: Unit, day: date, start: date):
    assert start_of(unit, day) == start


def test_steps_follow_one_another_up_to_the_present_one():
    assert starts_of(Unit.MONTH, date(2027, 2, 3), 4) == [
        date(2026, 11, 1),
        date(2026, 12, 1),
        date(2027, 1, 1),
        date(2027, 2, 1),
    ]
    assert starts_of(Unit.WEEK, date(2027, 3, 31), 2) == [date(2027, 3, 22), date(2027, 3, 29)]


@pytest.mark.parametrize(
    ("day", "moment"),
    [
        (date(2027, 1, 1), datetime(2026, 12, 31, 23, tzinfo=UTC)),
        (date(2027, 3, 28), datetime(2027, 3, 27, 23, tzinfo=UTC)),
        (date(2027, 3, 29), datetime(2027, 3, 28, 22, tzinfo=UTC)),
        (date(2027, 11, 1), datetime(2027, 10, 31, 23, tzinfo=UTC)),
    ],
    ids=["winter", "the day the clock goes forward", "the day after", "after it went back"],
)
def test_a_day_begins_when_it_does_in_amsterdam(day: date, moment: datetime):
    assert midnight(day) == moment
