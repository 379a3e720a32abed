"""What people type and paste, and what of it counts."""

import pytest

from dordt.shared import typed_text

FAMILY = "\U0001f469\u200d\U0001f469\u200d\U0001f467"
SCOTLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f"
SPELLED = "\u0646\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"  # Persian: the joiner is part of the spelling


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("(078) 123 45 67", "078 123 4567"),
        ("(+31) 6 12345678", "06 12345678"),
        ("078 \u2013 123 45 67", "078 123 4567"),
        ("06\u00a012345678", "06 12345678"),
        ("06\u201112345678", "06 12345678"),
        ("\u202a+31 6 12345678\u202c", "06 12345678"),
        ("06-12345678", "06 12345678"),
        ("+31 (0)6 12345678", "06 12345678"),
        ("0031612345678", "06 12345678"),
        ("06.12.34.56.78", "06 12345678"),
        ("14 078", "14 078"),
        ("0900-1234", "0900 1234"),
        ("088/1234567", "088 123 4567"),
        ("+32 2 123 45 67", "+32 2 123 45 67"),
        ("0049 30 901820", "+49 30 901820"),
    ],
)
def test_a_telephone_number_is_shown_in_one_form(text: str, shown: str):
    assert typed_text.phone(text) == shown
    assert typed_text.phone(shown) == shown
    assert typed_text.is_phone(shown)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "bel maar",
        "0900",
        "12345",
        "06 1234567",
        "06 123 456 789",
        "((( )))",
        "+",
        "078 1234567 na 6 uur",
        "1" * 4000,
    ],
)
def test_what_is_no_telephone_number_stays_as_typed(text: str):
    assert typed_text.phone(text) == text
    assert not typed_text.is_phone(text)


@pytest.mark.parametrize(
    "text",
    [
        "anna@voorbeeld.nl",
        "\u200banna@voorbeeld.nl\u202c",
        "<anna@voorbeeld.nl>",
        "mailto:anna@voorbeeld.nl",
        "MAILTO:anna@voorbeeld.nl?subject=Hoi",
        "<mailto:anna@voorbeeld.nl>",
        "<anna@voorbeeld.nl>,",
        " anna@voorbeeld.nl. ",
    ],
)
def test_an_address_is_found_in_what_was_pasted(text: str):
    assert typed_text.email(text) == "anna@voorbeeld.nl"


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "anna @voorbeeld.nl",
        "anna@",
        "<>",
        "Anna <anna@voorbeeld.nl>",
        "mailtoets@voorbeeld.nl",
    ],
)
def test_what_holds_no_address_stays_as_typed(text: str):
    assert typed_text.email(text) == text


@pytest.mark.parametrize(
    "text", [FAMILY, SCOTLAND, SPELLED, "\u2764\ufe0f", "1\ufe0f\u20e3", "\U0001f44d\U0001f3fd\u200d\u2642\ufe0f"]
)
def test_what_looks_like_one_character_and_is_several_stays(text: str):
    assert typed_text.one_line(text) == text
    assert typed_text.lines(text) == text


@pytest.mark.parametrize(
    "unseen",
    ["\u200b", "\u200c", "\u200d", "\u200e", "\u200f", "\u202e", "\u2066", "\ufeff", "\u00ad", "\ufe0f", "\U000e0061"],
)
def test_what_nobody_sees_goes(unseen: str):
    assert typed_text.one_line(f"{unseen}De{unseen} Wit{unseen}") == "De Wit"
    assert typed_text.lines(f"{unseen}De{unseen}\r\nWit{unseen}") == "De\nWit"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\x0b", "\u2028", "\u2029", "\x85"])
def test_a_line_ends_in_one_way(end: str):
    assert typed_text.lines(f"een{end}{end}twee") == "een\n\ntwee"


def test_a_dash_in_running_text_stays():
    assert (
        typed_text.lines("Water \u2013 en groen\u00a0\u2014 in de wijk")
        == "Water \u2013 en groen\u00a0\u2014 in de wijk"
    )
    assert typed_text.one_line("Water\u00a0\u2013\u2003groen\u2010blauw") == "Water \u2013 groen-blauw"
