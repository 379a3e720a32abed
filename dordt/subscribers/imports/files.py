"""A file with subscribers as it comes in: its encoding, separator, headings and records; no row is checked yet."""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from dordt.media.decoding import is_pdf
from dordt.shared.problems import DomainError
from dordt.subscribers.fields import FIELDS

SEPARATORS = ",;\t"
SEPARATOR_LABELS = {",": "komma", ";": "puntkomma", "\t": "tab"}
ENCODING_LABELS = {"utf-8": "UTF-8", "cp1252": "Windows-tekst (cp1252)"}
MOST_LINES = 10  # that one record may go over; a quote that is never closed would swallow the rows after it
MOST_COLUMNS = 100
SEEN_OF_BINARY = 1000  # bytes in which a NUL shows that this is no text
NOT_A_TEXT: Mapping[bytes, str] = {
    b"PK": "Dit is een bestand van Excel of LibreOffice. Open het daarin en kies ‘Opslaan als’, soort: CSV UTF-8.",
    b"\xd0\xcf\x11\xe0": "Dit is een oud Excel-bestand. Open het in Excel en kies ‘Opslaan als’, soort: CSV UTF-8.",
    b"\xff\xfe": "Dit bestand is opgeslagen als Unicode-tekst (UTF-16). Sla het op als CSV UTF-8.",
    b"\xfe\xff": "Dit bestand is opgeslagen als Unicode-tekst (UTF-16). Sla het op als CSV UTF-8.",
}
GUESSES: Mapping[str, frozenset[str]] = {  # headings as `plain_heading` makes them
    "email": frozenset({"email", "emailadres", "emailaddress", "mail", "mailadres", "adresemail"}),
    **{field.name: field.headings for field in FIELDS},
    "consent_at": frozenset(
        {"consentat", "consentdate", "toestemmingop", "datumtoestemming", "toestemmingsdatum", "datum", "aanmelddatum"}
        | {"datumaanmelding", "aangemeldop", "inschrijfdatum", "date", "subscribedat", "optintime", "confirmtime"}
    ),
    "consent_source": frozenset(
        {"consentsource", "bron", "herkomst", "source", "toestemmingvia", "brontoestemming", "waar"}
    ),
}


class ImportFileRefused(DomainError):
    """Not a file that can be imported; the text says what to do, and nothing was stored."""


@dataclass(frozen=True)
class CsvRecord:
    """The cells that stand on some lines of the file, counted from 1; or what is wrong with those lines."""

    line: int
    last_line: int
    cells: Sequence[str]
    problem: str | None = None


@dataclass(frozen=True)
class Sheet:
    """A file that was recognised as a table."""

    lines: Sequence[str]
    encoding: str
    separator: str
    headings: Sequence[str]
    first: int  # how many lines come before the first record

    def records(self) -> Iterator[CsvRecord]:
        """All records but the empty ones. A quote that is never closed spoils its own line, not those after it."""
        begun = self.first
        while begun < len(self.lines):
            source = _RecordLines(self.lines, begun)
            try:
                for cells in csv.reader(source, delimiter=self.separator, strict=True):
                    if cells:
                        yield CsvRecord(begun + 1, source.at, cells)
                    begun = source.begun = source.at
            except csv.Error as wrong:
                yield CsvRecord(begun + 1, begun + 1, (), _in_words(wrong))
                begun += 1

    def guessed(self) -> dict[str, int]:
        """Which of our columns stands where, by the headings; where none speaks for itself it is left out."""
        plain = [plain_heading(heading) for heading in self.headings]
        return {name: at for name, headings in GUESSES.items() if (at := _first_of(headings, plain)) is not None}


class _RecordLines:
    """Gives lines, but not too many to one record; `begun` is where the current record begins."""

    def __init__(self, lines: Sequence[str], at: int) -> None:
        self._lines, self.at, self.begun = lines, at, at

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if self.at >= len(self._lines):
            raise StopIteration
        if self.at - self.begun >= MOST_LINES:
            raise csv.Error("a record of too many lines")
        self.at += 1
        return self._lines[self.at - 1]


def read_sheet(content: bytes) -> Sheet:
    """Recognise a CSV: UTF-8 or cp1252, with commas, semicolons or tabs. Raises ImportFileRefused."""
    problem = next((text for start, text in NOT_A_TEXT.items() if content.startswith(start)), None)
    if problem or is_pdf(content) or b"\x00" in content[:SEEN_OF_BINARY]:
        raise ImportFileRefused(
            problem or "Dit is geen tekstbestand. Sla uw lijst op als CSV UTF-8 en kies dat bestand."
        )
    text, encoding = _decoded(content)
    lines = list(io.StringIO(text, newline=""))
    if not text.strip():
        raise ImportFileRefused("Dit bestand is leeg. Kies een CSV-bestand met een adres op elke regel.")
    separator, first = _separator(lines)
    try:
        headings = next(csv.reader(lines[first : first + MOST_LINES], delimiter=separator), [])
    except csv.Error as wrong:
        raise ImportFileRefused(f"De eerste regel is niet te lezen: {_in_words(wrong)}.") from wrong
    _require_headings(headings)
    return Sheet(lines, encoding, separator, headings, first + 1)


def _decoded(content: bytes) -> tuple[str, str]:
    try:
        return content.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace"), "cp1252"


def _separator(lines: Sequence[str]) -> tuple[str, int]:
    """The separator, and the line with the headings; Excel may name the separator on a line before it."""
    named = re.fullmatch(r"sep=([,;\t])\s*", lines[0], re.IGNORECASE)
    if named and len(lines) > 1:
        return named.group(1), 1
    outside_quotes = re.sub(r'"[^"]*"', "", lines[0])
    return max(SEPARATORS, key=outside_quotes.count), 0


def _require_headings(headings: Sequence[str]) -> None:
    if any("\n" in heading or "\r" in heading for heading in headings):
        raise ImportFileRefused("De eerste regel heeft een aanhalingsteken te veel of te weinig.")
    if len(headings) > MOST_COLUMNS:
        raise ImportFileRefused(f"Deze lijst heeft meer dan {MOST_COLUMNS} kolommen. Haal weg wat u niet nodig heeft.")
    if any("@" in heading for heading in headings):
        raise ImportFileRefused("Op de eerste regel staat een adres. Zet daar de namen van de kolommen.")


def _first_of(known: frozenset[str], headings: Sequence[str]) -> int | None:
    return next((at for at, heading in enumerate(headings) if heading in known), None)


def _in_words(wrong: csv.Error) -> str:
    if "field limit" in str(wrong):
        return "een cel is veel te lang"
    return "er staat een aanhalingsteken te veel of te weinig"


def plain_heading(heading: str) -> str:
    return re.sub(r"[^a-z]", "", heading.casefold())
