"""Working days and Dutch public holidays."""

from datetime import date, timedelta

import pytest
from dateutil.easter import easter as easter_on

from dordt.contact.workflow import add_working_days, is_working_day

CASES = [
    ("within a week", date(2027, 3, 1), 3, date(2027, 3, 4)),
    ("over a weekend", date(2027, 3, 5), 5, date(2027, 3, 12)),
    ("from a Saturday", date(2027, 3, 6), 1, date(2027, 3, 8)),
    ("over Easter", date(2027, 3, 25), 1, date(2027, 3, 30)),
    ("over King's Day", date(2027, 4, 26), 1, date(2027, 4, 28)),
    ("over Christmas and New Year", date(2026, 12, 24), 5, date(2027, 1, 4)),
    ("no days at all", date(2027, 3, 6), 0, date(2027, 3, 6)),
]


@pytest.mark.parametrize(("_case", "start", "count", "expected"), CASES, ids=[case[0] for case in CASES])
def test_weekends_and_holidays_are_not_counted(_case, start, count, expected):
    assert add_working_days(start, count) == expected


@pytest.mark.parametrize("year", range(2025, 2032))
def test_the_holidays_of_the_law_on_terms_are_free_in_every_year(year: int):
    easter, kings_day = easter_on(year), date(year, 4, 27)
    from_easter = [easter + timedelta(days=days) for days in (-2, 1, 39, 50)]  # Good Friday to Whit Monday
    fixed = [date(year, 1, 1), date(year, 5, 5), date(year, 12, 25), date(year, 12, 26)]
    kings_day -= timedelta(days=kings_day.weekday() == 6)

    assert [day for day in (*from_easter, *fixed, kings_day) if is_working_day(day)] == []
