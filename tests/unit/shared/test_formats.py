"""A name at the start of a line, and a text for search engines."""

import pytest
from markupsafe import Markup

from dordt.shared.formats import breakable, capital, description


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("werkgroep Sterrenburgpark", "Werkgroep Sterrenburgpark"),
        ("ijsbaan Zuidendijk", "IJsbaan Zuidendijk"),
        ("\u0133sbaan", "\u0132sbaan"),
        ("IJsbaan", "IJsbaan"),
        ("één plein", "Één plein"),
        ("", ""),
    ],
)
def test_a_capital_is_what_dutch_takes_for_one_letter(name: str, shown: str):
    assert capital(name) == shown


def test_a_description_is_neither_short_nor_long_and_ends_after_a_word():
    more = "Nieuws van Dordt aan Zet, voor bewoners van Dordrecht."

    assert description("Het park is klaar", more) == f"Het park is klaar. {more}"
    assert description("woord " * 40) == " ".join(["woord"] * 26) + "…"
    assert len(description("x" * 200)) == 160
    assert description(Markup("Tom &amp; <b>Bo</b>")) == "Tom & <b>Bo</b>"


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("jo-an@a.b.nl", "jo-<wbr>an@<wbr>a.<wbr>b.<wbr>nl"),
        (
            "Zie https://dordrecht.nl/parken/nieuw_plan.",
            "Zie https://<wbr>dordrecht.<wbr>nl/<wbr>parken/<wbr>nieuw_<wbr>plan.",
        ),
        ("en/of A.J. de Vries-Bos", "en/of A.J. de Vries-Bos"),
        ("<b>@<b>\n\nx", "&lt;b&gt;@&lt;b&gt;\n\nx"),
    ],
)
def test_a_long_address_may_break_after_its_signs(text: str, html: str):
    assert str(breakable(text)) == html
