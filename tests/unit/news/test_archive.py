"""Where the archive begins, and how its years are counted."""

from datetime import UTC, datetime

import pytest

from dordt.news.models import archived_before, count_by_year
from dordt.shared.clock import AMSTERDAM


@pytest.mark.parametrize(
    ("at", "months", "expected"),
    [
        (datetime(2027, 3, 9, 12, tzinfo=AMSTERDAM), 12, datetime(2026, 3, 9, 12, tzinfo=AMSTERDAM)),
        (datetime(2027, 1, 31, 12, tzinfo=AMSTERDAM), 2, datetime(2026, 11, 30, 12, tzinfo=AMSTERDAM)),
        (datetime(2028, 2, 29, 12, tzinfo=AMSTERDAM), 12, datetime(2027, 2, 28, 12, tzinfo=AMSTERDAM)),
    ],
    ids=["a year", "over the turn of the year", "leap day"],
)
def test_the_archive_begins_so_many_months_ago(at: datetime, months: int, expected: datetime):
    assert archived_before(at, months) == expected


def test_a_year_begins_in_amsterdam_and_not_in_greenwich():
    new_year = datetime(2025, 12, 31, 23, 30, tzinfo=UTC)

    assert count_by_year([new_year, datetime(2025, 6, 1, tzinfo=UTC), new_year]) == [(2026, 2), (2025, 1)]
