"""The rows of a CSV file with subscribers: read, checked, and refused one by one with the reason."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from dordt.shared.addresses import AddressRefused, address_key
from dordt.shared.clock import AMSTERDAM
from dordt.shared.problems import DomainError

COLUMNS = {"email", "neighbourhoods", "topics", "consent_at", "consent_source"}
NEEDED = {"email", "consent_at", "consent_source"}
SOURCE_LIMIT = 200
UNREADABLE = {"\x00", "\ufffd"}  # NUL breaks PostgreSQL; U+FFFD stands where bytes were no UTF-8


class FileRefused(DomainError):
    """Not a CSV file with our columns; nothing was imported."""


class RowRefused(ValueError):
    """This row cannot be imported; the text says why."""


@dataclass(frozen=True)
class ImportRow:
    """One row that is in order."""

    email: str
    email_key: str
    neighbourhoods: Sequence[str]
    topics: Sequence[str]
    consent_at: datetime
    consent_source: str


@dataclass(frozen=True)
class KnownSlugs:
    """The slugs that a row may name."""

    neighbourhoods: frozenset[str]
    topics: frozenset[str]


def read_rows(
    lines: Iterable[str], *, known: KnownSlugs, at: datetime, refused: list[tuple[int, str]]
) -> Iterator[ImportRow]:
    """The rows that are in order; the others are added to `refused`. Raises FileRefused at the first line."""
    reader = csv.DictReader(lines, strict=True)
    _check_columns(reader)
    while True:
        try:
            yield _checked(next(reader), known=known, at=at)
        except StopIteration:
            return
        except (RowRefused, csv.Error) as wrong:
            refused.append((reader.reader.line_num, str(wrong)))


def _check_columns(reader: "csv.DictReader[str]") -> None:
    try:
        names = [name.strip() for name in reader.fieldnames or []]
    except csv.Error as wrong:
        raise FileRefused(f"The first line is no CSV: {wrong}.") from wrong
    missing, unknown = sorted(NEEDED - set(names)), sorted(set(names) - COLUMNS)
    if missing:
        raise FileRefused(f"The first line must name the columns; missing: {', '.join(missing)}.")
    if unknown or len(names) != len(set(names)):
        raise FileRefused(f"Columns that are unknown or named twice: {', '.join(unknown or names)}.")
    reader.fieldnames = names


def _checked(row: dict[str | None, str | None], *, known: KnownSlugs, at: datetime) -> ImportRow:
    if None in row or None in row.values():
        raise RowRefused("has more or fewer cells than the first line; put quotes around a cell that holds a comma")
    cells = {str(name): (value or "").strip() for name, value in row.items()}
    if any(sign in cell for cell in cells.values() for sign in UNREADABLE):
        raise RowRefused("holds a sign that cannot be read; save the file as UTF-8")
    return ImportRow(
        email=cells["email"],
        email_key=_key(cells["email"]),
        neighbourhoods=_slugs(cells.get("neighbourhoods", ""), known.neighbourhoods, "wijk"),
        topics=_slugs(cells.get("topics", ""), known.topics, "topic"),
        consent_at=_moment(cells["consent_at"], at=at),
        consent_source=_source(cells["consent_source"]),
    )


def _key(email: str) -> str:
    try:
        return address_key(email)
    except AddressRefused as wrong:
        raise RowRefused("email: no address that mail can be sent to") from wrong


def _slugs(cell: str, known: frozenset[str], kind: str) -> list[str]:
    slugs = [slug.strip() for slug in cell.split(";") if slug.strip()]
    unknown = [slug for slug in slugs if slug not in known]
    if unknown:
        raise RowRefused(f"unknown {kind}: {', '.join(unknown)[:100]}")
    return slugs


def _moment(cell: str, *, at: datetime) -> datetime:
    try:
        found = datetime.fromisoformat(cell)
    except ValueError as wrong:
        raise RowRefused("consent_at: write when consent was given, as 2026-03-09 or 2026-03-09T19:30") from wrong
    moment = found if found.tzinfo else found.replace(tzinfo=AMSTERDAM)
    if moment > at:
        raise RowRefused("consent_at: lies in the future")
    return moment


def _source(cell: str) -> str:
    if not cell:
        raise RowRefused("consent_source: write where consent was given; without proof nobody is mailed")
    if len(cell) > SOURCE_LIMIT:
        raise RowRefused(f"consent_source: has {len(cell)} characters, at most {SOURCE_LIMIT} fit")
    return cell
