"""Shares as they are written in Dutch."""

import pytest

from dordt.shared.formats import dutch_share


@pytest.mark.parametrize(
    ("count", "total", "words"),
    [
        (0, 10, "0%"),
        (1, 8, "12,5%"),
        (10, 10, "100%"),
        (1, 3, "33,3%"),
        (2, 100, "2%"),
        (1, 1_000_000, "minder dan 0,1%"),
        (999_999, 1_000_000, "meer dan 99,9%"),
        (0, 0, "–"),
    ],
)
def test_a_share_is_never_rounded_to_nothing_or_to_all(count: int, total: int, words: str):
    assert dutch_share(count, total) == words
