"""Working days and Dutch public holidays."""

from datetime import date

import pytest

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


def test_liberation_day_is_free_once_in_five_years():
    assert is_working_day(date(2026, 5, 5))
    assert not is_working_day(date(2025, 5, 5))
