"""The number of a message, as it stands in mails and as people read it out."""

import pytest

from dordt.contact.models import references_in


@pytest.mark.parametrize(
    "text",
    ["Over DZ-2026-000123.", "dz 2026 000123", "nummer DZ2026000123?", "Re: (DZ–2026–000123)", "DZ-2026-000123\nhallo"],
)
def test_a_number_is_found_however_it_is_written(text: str):
    assert references_in(text) == ["DZ-2026-000123"]


@pytest.mark.parametrize("text", ["", "2026-000123", "DZ-2026-0001234", "ADZ-2026-000123", "DZ-1926-000123"])
def test_something_else_is_no_number(text: str):
    assert references_in(text) == []
