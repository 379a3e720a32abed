"""Working days: Monday to Friday, Dutch public holidays left out."""

from datetime import date, timedelta
from functools import lru_cache

import holidays

SATURDAY = 5


def add_working_days(start: date, count: int) -> date:
    """The day that comes `count` working days after `start`; the day of `start` itself is not counted."""
    day = start
    while count > 0:
        day += timedelta(days=1)
        count -= is_working_day(day)
    return day


def is_working_day(day: date) -> bool:
    """Whether the gemeente works on this day."""
    return day.weekday() < SATURDAY and day not in _holidays(day.year)


@lru_cache(maxsize=16)
def _holidays(year: int) -> frozenset[date]:
    """A whole year at once: the package's own table grows while it is read, which two threads may not share."""
    return frozenset(holidays.country_holidays("NL", years=year, expand=False))
