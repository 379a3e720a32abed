"""Recognising a file with subscribers: its encoding, its separator, its columns."""

import pytest

from dordt.subscribers.imports.files import ImportFileRefused, read_sheet

ANNA = ["anna@voorbeeld.nl", "Café de Zón"]


def cells(content: bytes) -> list[list[str]]:
    return [list(record.cells) for record in read_sheet(content).records()]


@pytest.mark.parametrize(
    ("encoding", "label"), [("utf-8", "utf-8"), ("utf-8-sig", "utf-8"), ("cp1252", "cp1252"), ("latin-1", "cp1252")]
)
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_characters_and_separator_are_recognised(encoding: str, label: str, separator: str):
    content = f"E-mail{separator}Bron\r\n{separator.join(ANNA)}\r\n".encode(encoding)

    sheet = read_sheet(content)

    assert (sheet.encoding, sheet.separator, list(sheet.headings)) == (label, separator, ["E-mail", "Bron"])
    assert cells(content) == [ANNA]


def test_excel_may_name_the_separator_on_a_line_before_the_headings():
    sheet = read_sheet(b"sep=;\r\nemail;bron\r\na@b.nl;Balie\r\n")

    assert list(sheet.headings) == ["email", "bron"]
    assert [(record.line, list(record.cells)) for record in sheet.records()] == [(3, ["a@b.nl", "Balie"])]


@pytest.mark.parametrize(
    ("head", "guess"),
    [
        ("E-mailadres;Wijk(en);Thema\u2019s;Datum toestemming;Bron", [0, 1, 2, 3, 4]),
        ("consent_source;consent_at;topics;neighbourhoods;email", [4, 3, 2, 1, 0]),
        ("Naam;E-mail;Woonplaats", [1, None, None, None, None]),
        ("Naam;Adres", [None] * 5),
    ],
)
def test_headings_in_dutch_and_english_tell_what_stands_where(head: str, guess: list[int | None]):
    found = read_sheet(f"{head}\nx\n".encode()).guessed()

    names = ["email", "neighbourhoods", "topics", "consent_at", "consent_source"]
    assert [found.get(name) for name in names] == guess


def test_empty_lines_are_no_records_and_count_as_lines():
    records = list(read_sheet(b"email\n\na@b.nl\n\n\nb@b.nl").records())

    assert [(record.line, *record.cells) for record in records] == [(3, "a@b.nl"), (6, "b@b.nl")]


def test_a_quote_that_is_never_closed_spoils_its_own_line_alone():
    lines = ["email,bron", '"a@b.nl,Balie', *(f"lezer{number}@b.nl,Balie" for number in range(100))]

    records = list(read_sheet("\n".join(lines).encode()).records())

    assert [record.line for record in records if record.problem] == [2]
    assert len(records) == 101


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"PK\x03\x04 and so on", "Excel of LibreOffice"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "oud Excel-bestand"),
        ("email;bron".encode("utf-16"), "UTF-16"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "geen tekstbestand"),
        (b"", "leeg"),
        (b"\xef\xbb\xbf \r\n", "leeg"),
        (b"a@b.nl;Balie\nc@d.nl;Balie\n", "staat een adres"),
        (b'"email;bron\na@b.nl;Balie\n', "aanhalingsteken"),
    ],
)
def test_what_is_no_list_is_refused_with_what_to_do(content: bytes, words: str):
    with pytest.raises(ImportFileRefused, match=words):
        read_sheet(content)
