"""Reading subscribers from a CSV file: what is taken, and what is refused with which reason."""

from datetime import UTC, datetime
from functools import partial

import pytest

from dordt.shared.addresses import AddressRefused, address_key
from dordt.shared.tables import table_file
from dordt.subscribers.fields import plain, slugs_in
from dordt.subscribers.imports.files import ImportFileRefused, read_sheet
from dordt.subscribers.imports.rows import ImportRow, RowCheck, RowRefusal, columns_by_name

NOW = datetime(2027, 3, 9, 12, tzinfo=UTC)
WIJKEN = {
    "sterrenburg": "Sterrenburg",
    "dubbeldam": "Dubbeldam",
    "oud-krispijn": "Oud-Krispijn",
    "wielwijk": "De Wielwijk",
}
KNOWN_WIJKEN = {plain(name): slug for slug, both in WIJKEN.items() for name in (slug, both)}
READERS = {
    "neighbourhoods": partial(slugs_in, known=KNOWN_WIJKEN, singular="Wijk"),
    "topics": partial(slugs_in, known={"wonen": "wonen", "groen": "groen"}, singular="Thema"),
}
HEAD = "email,neighbourhoods,topics,consent_at,consent_source"


def read(*rows: str, head: str = HEAD, **proof) -> tuple[list[ImportRow], list[RowRefusal]]:
    sheet = read_sheet("".join(f"{line}\r\n" for line in (head, *rows)).encode())
    columns = columns_by_name(sheet.headings) if not proof else sheet.guessed()
    return RowCheck(columns, len(sheet.headings), READERS, at=NOW, **proof).sorted(sheet.records())


def test_a_row_gives_the_address_its_key_the_choices_and_the_proof():
    (row,), refused = read("Anna@Voorbeeld.NL,sterrenburg; dubbeldam,wonen,2026-03-09,Wijkfeest 2026")

    assert (row.email, row.email_key) == ("Anna@Voorbeeld.NL", "anna@voorbeeld.nl")
    assert (list(row.fields.neighbourhoods), list(row.fields.topics)) == (["sterrenburg", "dubbeldam"], ["wonen"])
    assert (row.consent_at.astimezone(UTC).isoformat(), row.consent_source) == (
        "2026-03-08T23:00:00+00:00",
        "Wijkfeest 2026",
    )
    assert not refused


@pytest.mark.parametrize(
    "cell",
    [
        *("\u00a0anna@voorbeeld.nl\u00a0", "\u200banna@voorbeeld.nl", "anna@voorbeeld.nl\u200b"),
        *(
            "\ufeffanna@voorbeeld.nl",
            "\u202aanna@voorbeeld.nl\u202c",
            "<anna@voorbeeld.nl>",
            "mailto:anna@voorbeeld.nl",
        ),
    ],
)
def test_a_cell_is_read_as_a_field_of_a_form_is(cell: str):
    (row,), refused = read(f"{cell},sterren\u00adburg,,2026-03-09\u200b,Cafe\u0301 \u2003 De\u200bHoek")

    assert (row.email, row.email_key, row.consent_source) == ("anna@voorbeeld.nl", "anna@voorbeeld.nl", "Café DeHoek")
    assert list(row.fields.neighbourhoods) == ["sterrenburg"]
    assert not refused


def test_columns_may_stand_in_any_order_and_choices_may_be_left_out():
    (row,), refused = read("2026-03-09T19:30:00Z,Balie,anna@voorbeeld.nl", head="consent_at,consent_source,email")

    assert (row.email, list(row.fields.neighbourhoods), list(row.fields.topics)) == ("anna@voorbeeld.nl", [], [])
    assert not refused


@pytest.mark.parametrize(
    ("cell", "slugs"),
    [
        ("Sterrenburg", ["sterrenburg"]),
        ("oud krispijn|De wielwijk", ["oud-krispijn", "wielwijk"]),
        ('"Sterrenburg, Dubbeldam"', ["sterrenburg", "dubbeldam"]),
        ("sterrenburg;Sterrenburg;", ["sterrenburg"]),
        ("", []),
    ],
)
def test_a_wijk_is_known_by_its_name_and_by_its_slug(cell: str, slugs: list[str]):
    (row,), refused = read(f"anna@voorbeeld.nl,{cell},,2026-03-09,Balie")

    assert (list(row.fields.neighbourhoods), refused) == (slugs, [])


@pytest.mark.parametrize(
    ("cell", "moment"),
    [
        ("9-3-2026", "2026-03-08T23:00:00+00:00"),
        ("09/07/2026", "2026-07-08T22:00:00+00:00"),
        ("9-3-2026 19:30", "2026-03-09T18:30:00+00:00"),
        ("2026-03-09 19:30", "2026-03-09T18:30:00+00:00"),
        ("25-10-2026 2:30", "2026-10-25T00:30:00+00:00"),
        ("2026-10-25T02:30", "2026-10-25T00:30:00+00:00"),
    ],
)
def test_a_date_may_be_written_as_in_dutch_and_of_a_doubled_time_the_first_is_taken(cell: str, moment: str):
    (row,), _refused = read(f"anna@voorbeeld.nl,,,{cell},Balie")

    assert row.consent_at.astimezone(UTC).isoformat() == moment


def test_a_row_without_proof_of_its_own_gets_that_of_the_file():
    rows, refused = read(
        "anna@voorbeeld.nl,", "bram@voorbeeld.nl,Balie", head="E-mailadres,Bron", source="Markt", given_at=NOW
    )

    assert [(row.consent_source, row.consent_at) for row in rows] == [("Markt", NOW), ("Balie", NOW)]
    assert not refused


def test_our_own_export_is_read_back_though_a_spreadsheet_must_not_run_it():
    (row,), _refused = read("'+anna@voorbeeld.nl,,,2026-03-09,'=Balie")

    assert (row.email, row.consent_source) == ("+anna@voorbeeld.nl", "=Balie")


REFUSED = {
    "no address": ("anna,,,2026-03-09,Balie", "E-mailadres"),
    "empty address": (",,,2026-03-09,Balie", "E-mailadres"),
    "unknown wijk": ("a@voorbeeld.nl,atlantis,,2026-03-09,Balie", "Wijk onbekend: atlantis"),
    "unknown topic": ("a@voorbeeld.nl,,goud,2026-03-09,Balie", "Thema onbekend: goud"),
    "no moment": ("a@voorbeeld.nl,,,,Balie", "Datum van de toestemming"),
    "no date": ("a@voorbeeld.nl,,,vorig jaar,Balie", "Datum van de toestemming"),
    "no day of the calendar": ("a@voorbeeld.nl,,,31-2-2026,Balie", "Datum van de toestemming"),
    "future": ("a@voorbeeld.nl,,,2031-01-01,Balie", "toekomst"),
    "skipped by the clock": ("a@voorbeeld.nl,,,2026-03-29 02:30,Balie", "De tijd 02.30 uur bestaat dan niet"),
    "skipped, in Dutch": ("a@voorbeeld.nl,,,29-3-2026 2:30,Balie", "De tijd 02.30 uur bestaat dan niet"),
    "long ago": ("a@voorbeeld.nl,,,0001-01-01,Balie", "1990"),
    "no source": ("a@voorbeeld.nl,,,2026-03-09,", "Bron van de toestemming"),
    "long source": (f"a@voorbeeld.nl,,,2026-03-09,{'x' * 201}", "201 tekens"),
    "NUL": ("a@voorbeeld.nl,,,2026-03-09,Bal\x00ie", "niet te lezen"),
    "no UTF-8": ("a@voorbeeld.nl,,,2026-03-09,Bal\ufffdie", "niet te lezen"),
    "a cell too many": ("a@voorbeeld.nl,,,2026-03-09,Balie, boven", "6 cellen"),
    "a cell too few": ("a@voorbeeld.nl,,,2026-03-09", "4 cellen"),
    "a stray quote": ('a@voorbeeld.nl,,,2026-03-09,"Balie" boven', "aanhalingsteken"),
    "a quote that stays open": ('a@voorbeeld.nl,,,2026-03-09,"Balie', "aanhalingsteken"),
    "a huge cell": (f"a@voorbeeld.nl,,,2026-03-09,{'x' * 200_000}", "te lang"),
}


@pytest.mark.parametrize(("row", "reason"), REFUSED.values(), ids=REFUSED)
def test_a_row_that_cannot_be_taken_is_named_by_its_line_and_the_next_one_is_taken(row, reason):
    padding = ["y@voorbeeld.nl,,,2026-03-09,Balie"] * 12
    start = (
        "x" * 1000 + "@voorbeeld.nl,,,2026-03-09,Balie"
    )  # so that a NUL stands past where a binary file shows itself

    rows, (_long, (line, text)) = read(start, "een@voorbeeld.nl,,,2026-03-09,Balie", row, *padding)

    assert line == 4
    assert reason in text
    assert [found.email for found in rows] == ["een@voorbeeld.nl", *["y@voorbeeld.nl"] * 12]


def test_a_row_over_several_lines_is_named_with_all_of_them():
    _rows, ((line, text),) = read('a@voorbeeld.nl,,,2026-03-09,"Balie\r\nboven",', "b@voorbeeld.nl,,,2026-03-09,Balie")

    assert line == 2
    assert "(Regel 2 tot en met 3.)" in text


@pytest.mark.parametrize("row", ["geheim@geen-domein,,,2026-03-09,Balie", "2026-03-09,geheim@voorbeeld.nl,,,Balie"])
def test_no_reason_repeats_the_address(row: str):
    _rows, ((_line, text),) = read(row)

    assert "geheim" not in text


def test_an_address_in_the_column_of_the_wijken_is_not_repeated():
    _rows, ((_line, text),) = read("anna@voorbeeld.nl,geheim@voorbeeld.nl,,2026-03-09,Balie")

    assert text == "Wijk onbekend."


@pytest.mark.parametrize(
    "head",
    [" ", "email,consent_at", "e-mail,consent_at,consent_source", HEAD + ",naam", HEAD + ",email", '"email,consent'],
    ids=["empty", "missing", "other names", "unknown", "twice", "no CSV"],
)
def test_a_file_without_our_columns_is_refused_as_a_whole(head):
    with pytest.raises(ImportFileRefused):
        read("a@voorbeeld.nl,,,2026-03-09,Balie", head=head)


@pytest.mark.parametrize(
    "email",
    [
        "Anna@Voorbeeld.NL",
        "a.b-c_d+e@münchen.example",
        "anna@xn--mnchen-3ya.example",
        "a..b@voorbeeld.nl",
        ".a@voorbeeld.nl",
        "a.@voorbeeld.nl",
        "anna@localhost",
        "anna@[127.0.0.1]",
        "anna@voor beeld.nl",
        "anna@-x.nl",
        f"{'x' * 70}@voorbeeld.nl",
        f"anna@{'x' * 64}.nl",
        f"a@{'.'.join(['x' * 60] * 3)}.nl",
        f"abcdefghij@{'.'.join(['x' * 60] * 4)}.nl",
        '"a b"@voorbeeld.nl',
        "a@b@voorbeeld.nl",
        "é@voorbeeld.nl",
    ],
)
def test_the_short_way_to_a_key_ends_where_the_long_one_does(email: str):
    try:
        key = address_key(email)
    except AddressRefused:
        key = None

    rows, _refused = read(f'"{email.replace(chr(34), chr(34) * 2)}",,,2026-03-09,Balie')

    assert [row.email_key for row in rows] == ([key] if key else [])


@pytest.mark.parametrize(
    "source",
    [
        *("=Balie", "+31 78", "-", "@dordt", "Balie, =1+1", "Balie; -1", "'=Balie", "''=x", "'s-Gravendeel"),
        *("'t Hof, -achter", "Vóór ’t café", "regel\nmet =som", '"tussen" tekens'),
    ],
)
def test_what_the_export_wrote_is_read_back_as_it_was(source: str):
    headings = ("email", "consent_at", "consent_source")
    sheet = read_sheet(table_file(headings, [("a@voorbeeld.nl", "2026-03-09", source)], kind="csv", title="lijst"))
    check = RowCheck(columns_by_name(sheet.headings), len(headings), READERS, at=NOW)

    (row,), refused = check.sorted(sheet.records())

    assert (row.email, row.consent_source, refused) == ("a@voorbeeld.nl", source, [])
