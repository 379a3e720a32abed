"""A name at the start of a line."""

import pytest

from dordt.shared.formats import capital


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("werkgroep Sterrenburgpark", "Werkgroep Sterrenburgpark"),
        ("ijsbaan Zuidendijk", "IJsbaan Zuidendijk"),
        ("\u0133sbaan", "\u0132sbaan"),
        ("IJsbaan", "IJsbaan"),
        ("één plein", "Één plein"),
        ("", ""),
    ],
)
def test_a_capital_is_what_dutch_takes_for_one_letter(name: str, shown: str):
    assert capital(name) == shown
