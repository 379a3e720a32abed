"""A newsletter with every kind of block, held against the facts of caniemail.com for Outlook, Gmail and Apple Mail."""

import pytest

from dordt.newsletters.content.rendering import draft_of
from tests.factories.whole_newsletter import make_whole_newsletter
from tests.support.mail_programmes import findings

# What some of them ignore, and why the mail is right without it.
UNKNOWN = {
    "in the style sheet, which only adds narrow margins and the dark scheme; all else stands in the elements": {
        *("@media", "<style> element"),
        *("Type selector", "Class selector", "ID selector", "Chaining selectors", "Descendant combinator"),
        "color-scheme meta tag",
    },
    "three ways to hide the preheader: one that is known is enough": {
        *("display:none", "max-height property", "overflow"),
    },
    "corners are then square": {"border-radius"},
    "written by MJML, and the same as what a programme does by itself": {
        *("cursor", "outline", "word-spacing", "target attribute"),
    },
    "the ground of the page; a table in it has the same colour": {"<body> element"},
}
# Of what some have only a part, the part that they have is what is used here.
PARTLY = {
    "Outlook for Windows pads table cells only: so does the mail, its lists and quotes have a margin": {
        *("padding", "margin"),
    },
    "Outlook for Windows sizes tables and takes a picture's width from its attribute: both are given": {
        *("width property", "width attribute", "max-width", "height property"),
    },
    "a button is a cell with a colour; its link adds room that Outlook for Windows takes from mso-padding-alt": {
        *("display", "background", "border"),
    },
    "only plain values are used: px, one decoration, left, bold, a list without `reversed`": {
        *("line-height", "font-size", "font-weight", "text-align", "text-decoration", "text-transform"),
        "<ul>, <ol> and <dl>",
    },
    "in the style sheet alone, with a space before it": {"!important keyword"},
    "`ltr` and `center` alone": {"direction", "dir attribute", "align attribute"},
    "a long word or address may be broken anywhere": {"word-break"},
}


@pytest.fixture
def html(app) -> str:
    return draft_of(make_whole_newsletter()).html


def test_what_a_programme_ignores_is_known_to_be_harmless(html):
    assert findings(html).unknown == set().union(*UNKNOWN.values())


def test_what_a_programme_has_in_part_is_used_in_that_part(html):
    assert findings(html).partly - set().union(*UNKNOWN.values()) == set().union(*PARTLY.values())


@pytest.mark.parametrize(
    ("written", "feature"),
    [
        ('<div style="display:flex">x</div>', "display:flex"),
        ('<div style="position:absolute">x</div>', "position"),
        ("<style>p { display: grid }</style>", "display:grid"),
        ("<form><input></form>", "<form> element"),
        ('<img src="a.svg" alt="">', "SVG image format"),
    ],
)
def test_what_falls_apart_is_found(written, feature):
    found = findings(f'<!doctype html><html lang="nl"><body>{written}</body></html>')

    assert feature in found.unknown
    assert feature not in set().union(*UNKNOWN.values())
