"""A table as a file that a spreadsheet opens: ODS, or CSV as Excel in Dutch reads it (with a mark and semicolons)."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import chain
from typing import Literal

import tablib
from flask import Response, stream_with_context

from dordt.shared.clock import AMSTERDAM

Kind = Literal["csv", "ods"]
CONTENT_TYPES = {"csv": "text/csv; charset=utf-8", "ods": "application/vnd.oasis.opendocument.spreadsheet"}
MOST_IN_ODS = 5_000  # rows: a thousand take a second, for a spreadsheet is written cell by cell
PIECE = 50_000  # characters that leave at once
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
HIDDEN_FORMULA = re.compile(r"[,;\t\n]\s*[=+@-]")  # where a spreadsheet that parts cells elsewhere would begin one
BYTE_ORDER_MARK, SEPARATOR = "\ufeff", ";"
Cell = str | int | float | datetime | date | None


def table_file(headers: Sequence[str], rows: Iterable[Sequence[Cell]], *, kind: Kind, title: str) -> bytes:
    """The whole file. A text that a spreadsheet would run as a formula gets a quote before it (ASVS 5.0, 1.2.10)."""
    if kind == "csv":
        return "".join(_csv_pieces(headers, rows)).encode()
    table = tablib.Dataset(headers=list(headers), title=title[:31])
    for row in rows:
        table.append(list(_plain(row)))
    return bytes(table.export(kind))


def table_download(headers: Sequence[str], rows: Iterable[Sequence[Cell]], *, kind: Kind, name: str) -> Response:
    """An answer that the browser saves as `name.csv` or `name.ods`; never kept by anybody in between."""
    answer = Response(table_file(headers, rows, kind=kind, title=name), content_type=CONTENT_TYPES[kind])
    return _saved_as(answer, f"{name}.{kind}")


def csv_stream(headers: Sequence[str], rows: Iterable[Sequence[Cell]], *, name: str) -> Response:
    """The same as CSV for a table of any length: `rows` are asked for while the file is on its way."""
    answer = Response(stream_with_context(_csv_pieces(headers, rows)), content_type=CONTENT_TYPES["csv"])
    return _saved_as(answer, f"{name}.csv")


def as_exported(cell: str) -> str:
    """With a quote before what a spreadsheet would run; a cell that has quotes there already gets one more."""
    return f"'{cell}" if _is_formula(cell) else cell


def as_typed(cell: str) -> str:
    """What `as_exported` was given."""
    return cell[1:] if cell.startswith("'") and _is_formula(cell[1:]) else cell


def _is_formula(cell: str) -> bool:
    bare = cell.lstrip("'")
    return bare.startswith(FORMULA_STARTS) or HIDDEN_FORMULA.search(bare) is not None


def _csv_pieces(headers: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    piece = io.StringIO()
    piece.write(BYTE_ORDER_MARK)
    write = csv.writer(piece, delimiter=SEPARATOR).writerow
    for row in chain([headers], rows):
        write(_plain(row))
        if piece.tell() > PIECE:
            yield piece.getvalue()
            piece.seek(0)
            piece.truncate()
    yield piece.getvalue()


def _saved_as(answer: Response, filename: str) -> Response:
    answer.headers["Content-Disposition"] = f'attachment; filename="{filename}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _plain(row: Sequence[Cell]) -> Iterator[str | int | float]:
    for cell in row:
        if cell is None:
            yield ""
        elif isinstance(cell, datetime):
            yield cell.astimezone(AMSTERDAM).isoformat(timespec="seconds")
        elif isinstance(cell, date):
            yield cell.isoformat()
        else:
            yield as_exported(cell) if isinstance(cell, str) else cell
