"""CSV as we offer it, read as Excel in Dutch does."""

import csv
import io

from werkzeug.test import TestResponse


def csv_rows(content: bytes | TestResponse) -> list[list[str]]:
    """The cells of a file, or of an answer that is one."""
    data = content if isinstance(content, bytes) else content.data
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=";"))
