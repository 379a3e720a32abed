"""The rows of a file with subscribers: checked, and refused one by one with the reason, in Dutch for the screen."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any, NamedTuple

from dordt.shared import typed_text
from dordt.shared.addresses import AddressRefused, address_key
from dordt.shared.local_time import MomentSkipped, moment_of
from dordt.shared.tables import as_typed
from dordt.subscribers.fields import CellRefused, SubscriberFields
from dordt.subscribers.imports.files import CsvRecord, ImportFileRefused

COLUMNS = ("email", *SubscriberFields._fields, "consent_at", "consent_source")
NEEDED = {"email", "consent_at", "consent_source"}
SOURCE_LIMIT = 200
REASON_LIMIT = 300
EARLIEST = date(1990, 1, 1)
UNREADABLE = re.compile("[\x00\ufffd]")  # NUL breaks PostgreSQL; U+FFFD stands where bytes were no UTF-8
DUTCH_DATE = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(?:,?[ T](\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?)?")
PLAIN_NAME = re.compile(r"[A-Za-z0-9_%+-]{1,15}(?:\.[A-Za-z0-9_%+-]{1,15}){0,3}")  # 63 characters at most
PLAIN_LIMIT = 200  # so that the key, with its domain in another form, is not too long either


class RowRefused(ValueError):
    """This row cannot be imported; the text says why."""


class ImportRow(NamedTuple):
    """One row that is in order."""

    email: str
    email_key: str
    fields: SubscriberFields
    consent_at: datetime
    consent_source: str


class RowRefusal(NamedTuple):
    """A row that is not: its line in the file, and why."""

    line: int
    reason: str


class RowCheck:
    """Checks the records of one file.

    columns: which of our columns stands where. cell_readers: how the cell of each field is read, by its name. source,
    given_at: the proof of a row that brings none itself.
    """

    def __init__(
        self,
        columns: Mapping[str, int],
        width: int,
        cell_readers: Mapping[str, Callable[[str], Any]],
        *,
        at: datetime,
        source: str = "",
        given_at: datetime | None = None,
    ) -> None:
        self._columns, self._width, self._source, self._given_at = columns, width, source, given_at
        # The same few wijken, dates and sources stand in most rows.
        self._readers = [(name, lru_cache(1000)(reader)) for name, reader in cell_readers.items()]
        self._moment = lru_cache(1000)(lambda cell: _moment(cell, at=at))
        self._text = lru_cache(1000)(_text)

    def sorted(self, records: Iterable[CsvRecord]) -> tuple[list[ImportRow], list[RowRefusal]]:
        """The rows that are in order, and the others with the reason."""
        rows: list[ImportRow] = []
        refused: list[RowRefusal] = []
        for record in records:
            try:
                rows.append(self._checked(record))
            except (RowRefused, CellRefused) as wrong:
                refused.append(RowRefusal(record.line, _with_lines(str(wrong), record)[:REASON_LIMIT]))
        return rows, refused

    def _checked(self, record: CsvRecord) -> ImportRow:
        if record.problem:
            raise RowRefused(f"{record.problem}.")
        if len(record.cells) != self._width:
            raise RowRefused(
                f"Deze regel heeft {len(record.cells)} cellen, de eerste regel heeft er {self._width}. "
                "Zet aanhalingstekens om een cel waarin het scheidingsteken staat."
            )
        cells = {name: self._text(record.cells[at]) for name, at in self._columns.items() if name != "email"}
        email = typed_text.email(_text(record.cells[self._columns["email"]]))
        return ImportRow(
            email,
            _key(email),
            SubscriberFields(**{name: read(cells.get(name, "")) for name, read in self._readers}),
            self._given(cells.get("consent_at", "")),
            _source(cells.get("consent_source", "") or self._source),
        )

    def _given(self, cell: str) -> datetime:
        if not cell and self._given_at:
            return self._given_at
        return self._moment(cell)


def _text(cell: str) -> str:
    """What stands in a cell, read as a field of a form is."""
    if UNREADABLE.search(cell):
        raise RowRefused("Er staat een teken in dat niet te lezen is. Sla het bestand op als CSV UTF-8.")
    given = cell.strip()
    return as_typed(typed_text.lines(given) if "\n" in given else typed_text.one_line(given))


def columns_by_name(headings: Sequence[str]) -> dict[str, int]:
    """Where our columns stand in a file that names them as we do.

    Raises ImportFileRefused, in the language of commands.
    """
    names = [heading.strip() for heading in headings]
    missing, unknown = sorted(NEEDED - set(names)), sorted(set(names) - set(COLUMNS))
    if missing:
        raise ImportFileRefused(f"The first line must name the columns; missing: {', '.join(missing)}.")
    if unknown or len(names) != len(set(names)):
        raise ImportFileRefused(f"Columns that are unknown or named twice: {', '.join(unknown or names)}.")
    return {name: at for at, name in enumerate(names)}


def _with_lines(reason: str, record: CsvRecord) -> str:
    reason = f"{reason[:1].upper()}{reason[1:]}"
    return (
        f"{reason} (Regel {record.line} tot en met {record.last_line}.)" if record.last_line > record.line else reason
    )


def _key(email: str) -> str:
    """As address_key gives it; lists have few domains and plain names, so each domain is looked at once."""
    name, _at, domain = email.rpartition("@")
    try:
        if PLAIN_NAME.fullmatch(name) and len(email) <= PLAIN_LIMIT:
            return f"{name.lower()}@{_domain_key(domain)}"
        return address_key(email)
    except AddressRefused as wrong:
        raise RowRefused("E-mailadres: dit is geen adres waar e-mail naartoe kan.") from wrong


@lru_cache(1000)
def _domain_key(domain: str) -> str:
    return address_key(f"a@{domain}").removeprefix("a@")


def _moment(cell: str, *, at: datetime) -> datetime:
    if not cell:
        raise RowRefused("Datum van de toestemming: vul in wanneer die gegeven is.")
    written = _read_written(cell)
    if written.date() < EARLIEST:
        raise RowRefused("Datum van de toestemming: ligt vóór 1990.")
    try:
        moment = moment_of(written).at  # of a time that comes twice the first: the page says so
    except MomentSkipped as skipped:
        raise RowRefused(f"Datum van de toestemming: {skipped}") from skipped
    if moment > at:
        raise RowRefused("Datum van de toestemming: ligt in de toekomst.")
    return moment


def _read_written(cell: str) -> datetime:
    try:
        dutch = DUTCH_DATE.fullmatch(cell)
        if dutch:
            day, month, year, hour, minute, second = (int(part or 0) for part in dutch.groups())
            return datetime(year, month, day, hour, minute, second)
        return datetime.fromisoformat(cell)
    except ValueError as wrong:
        raise RowRefused(
            "Datum van de toestemming: schrijf die als 2026-03-09, 2026-03-09T19:30 of 9-3-2026."
        ) from wrong


def _source(cell: str) -> str:
    if not cell:
        raise RowRefused("Bron van de toestemming: vul in waar die gegeven is. Zonder bewijs krijgt niemand e-mail.")
    if len(cell) > SOURCE_LIMIT:
        raise RowRefused(f"Bron van de toestemming: {len(cell)} tekens, er passen er {SOURCE_LIMIT}.")
    return cell
