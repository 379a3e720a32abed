"""Reading subscribers from a CSV file: what is taken, and what is refused with which reason."""

from datetime import UTC, datetime

import pytest

from dordt.subscribers.import_rows import FileRefused, ImportRow, KnownSlugs, read_rows

NOW = datetime(2027, 3, 9, 12, tzinfo=UTC)
KNOWN = KnownSlugs(frozenset({"sterrenburg", "dubbeldam"}), frozenset({"wonen"}))
HEAD = "email,neighbourhoods,topics,consent_at,consent_source"


def read(*rows: str, head: str = HEAD) -> tuple[list[ImportRow], list[tuple[int, str]]]:
    refused: list[tuple[int, str]] = []
    lines = [f"{line}\r\n" for line in (head, *rows)]
    return list(read_rows(lines, known=KNOWN, at=NOW, refused=refused)), refused


def test_a_row_gives_the_address_its_key_the_choices_and_the_proof():
    (row,), refused = read("Anna@Voorbeeld.NL,sterrenburg; dubbeldam,wonen,2026-03-09,Wijkfeest 2026")

    assert (row.email, row.email_key) == ("Anna@Voorbeeld.NL", "anna@voorbeeld.nl")
    assert (list(row.neighbourhoods), list(row.topics)) == (["sterrenburg", "dubbeldam"], ["wonen"])
    assert (row.consent_at.astimezone(UTC).isoformat(), row.consent_source) == (
        "2026-03-08T23:00:00+00:00",
        "Wijkfeest 2026",
    )
    assert not refused


def test_columns_may_stand_in_any_order_and_choices_may_be_left_out():
    (row,), refused = read("2026-03-09T19:30:00Z,Balie,anna@voorbeeld.nl", head="consent_at,consent_source,email")

    assert (row.email, row.neighbourhoods, row.topics) == ("anna@voorbeeld.nl", [], [])
    assert not refused


REFUSED = {
    "no address": ("anna,,,2026-03-09,Balie", "email"),
    "empty address": (",,,2026-03-09,Balie", "email"),
    "unknown wijk": ("a@voorbeeld.nl,atlantis,,2026-03-09,Balie", "unknown wijk: atlantis"),
    "unknown topic": ("a@voorbeeld.nl,,goud,2026-03-09,Balie", "unknown topic: goud"),
    "no moment": ("a@voorbeeld.nl,,,,Balie", "consent_at"),
    "no date": ("a@voorbeeld.nl,,,vorig jaar,Balie", "consent_at"),
    "future": ("a@voorbeeld.nl,,,2031-01-01,Balie", "future"),
    "no source": ("a@voorbeeld.nl,,,2026-03-09,", "consent_source"),
    "long source": (f"a@voorbeeld.nl,,,2026-03-09,{'x' * 201}", "201 characters"),
    "NUL": ("a@voorbeeld.nl,,,2026-03-09,Bal\x00ie", ""),
    "no UTF-8": ("a@voorbeeld.nl,,,2026-03-09,Bal\ufffdie", "cannot be read"),
    "a cell too many": ("a@voorbeeld.nl,,,2026-03-09,Balie, boven", "more or fewer cells"),
    "a cell too few": ("a@voorbeeld.nl,,,2026-03-09", "more or fewer cells"),
    "a stray quote": ('a@voorbeeld.nl,,,2026-03-09,"Balie" boven', ""),
    "a huge cell": (f"a@voorbeeld.nl,,,2026-03-09,{'x' * 200_000}", ""),
}


@pytest.mark.parametrize(("row", "reason"), REFUSED.values(), ids=REFUSED)
def test_a_row_that_cannot_be_taken_is_named_by_its_line_and_the_next_one_is_taken(row, reason):
    rows, ((line, text),) = read("een@voorbeeld.nl,,,2026-03-09,Balie", row, "twee@voorbeeld.nl,,,2026-03-09,Balie")

    assert line == 3
    assert reason in text
    assert [found.email for found in rows] == ["een@voorbeeld.nl", "twee@voorbeeld.nl"]


def test_no_reason_repeats_the_address():
    _rows, ((_line, text),) = read("geheim@geen-domein,,,2026-03-09,Balie")

    assert "geheim" not in text


@pytest.mark.parametrize(
    "head",
    ["", "email,consent_at", "e-mail,consent_at,consent_source", HEAD + ",naam", HEAD + ",email", '"email,consent'],
    ids=["empty", "missing", "other names", "unknown", "twice", "no CSV"],
)
def test_a_file_without_our_columns_is_refused_as_a_whole(head):
    with pytest.raises(FileRefused):
        read("a@voorbeeld.nl,,,2026-03-09,Balie", head=head)
