"""Tables as files."""

import io
import zipfile
from datetime import UTC, datetime

import pytest

from dordt.shared.tables import table_file
from tests.support.csv_files import csv_rows

HEADERS = ("naam", "aantal", "moment")


def test_csv_keeps_what_is_in_the_cells():
    rows = [("Zoë, van de Staart", 3, datetime(2027, 7, 1, 8, 0, tzinfo=UTC)), (None, 0, None)]

    content = table_file(HEADERS, rows, kind="csv", title="proef")

    assert csv_rows(content) == [
        ["naam", "aantal", "moment"],
        ["Zoë, van de Staart", "3", "2027-07-01T10:00:00+02:00"],
        ["", "0", ""],
    ]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "550 nee;=", "550 nee; +", "550 nee, ="])
def test_a_formula_becomes_a_text(start):
    content = table_file(("naam",), [(f"{start}HYPERLINK(1)",)], kind="csv", title="proef")

    assert csv_rows(content)[1] == [f"'{start}HYPERLINK(1)"]


def test_ods_is_a_spreadsheet_with_the_same_cells():
    file = table_file(HEADERS, [("Bewoner", 3, None)], kind="ods", title="proef")

    with zipfile.ZipFile(io.BytesIO(file)) as parts:
        assert parts.read("mimetype") == b"application/vnd.oasis.opendocument.spreadsheet"
        assert "Bewoner" in parts.read("content.xml").decode()
