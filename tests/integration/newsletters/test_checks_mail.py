"""The mail itself is checked as it would leave: ways out, size, empty headings, and what looking costs."""

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from dordt.extensions import db
from dordt.newsletters import checks
from dordt.newsletters.content import rendering
from dordt.newsletters.content.block_kinds import BlockContent, BlockKind
from dordt.shared import clock, mail
from dordt.shared.mail import Draft
from dordt.subscribers import emails
from tests.factories.newsletters import make_newsletter

LINK = "http://127.0.0.1:8000/nieuwsbrief/afmelden/[[token]]/"
ONE_CLICK = "List-Unsubscribe=One-Click"


def draft(body: str, **given: Any) -> Draft:
    """A mail that can be left in every way, with this in its body."""
    values: dict[str, Any] = {
        "text": f"Afmelden: {LINK}",
        "html": f'<body><h1>Nieuws</h1>{body}<p><a href="{LINK}">Meld u af</a></p></body>',
        "headers": {"List-Unsubscribe": f"<{LINK}>, <mailto:[[leave]]>", "List-Unsubscribe-Post": ONE_CLICK},
        "token_purpose": emails.UNSUBSCRIBE,
    }
    return Draft("newsletter", "", "Nieuws", **{**values, **given})


def said(mail: Draft) -> list[tuple[bool, int | None, str]]:
    found = checks.of_mail(mail)
    return [(finding.is_blocking, finding.block, finding.words) for finding in found]


def test_a_mail_in_order_needs_nothing(app):
    assert said(draft("<h2>Kop</h2><h3>Onder</h3><h2>Kop</h2><p>Tekst</p>")) == []


def test_what_we_make_of_a_newsletter_is_in_order(app):
    assert said(rendering.draft_of(make_newsletter())) == []


@pytest.mark.parametrize(
    ("given", "place"),
    [
        ({"text": "Dag."}, "de tekst zonder opmaak"),
        ({"html": "<h1>Nieuws</h1>"}, "de opgemaakte tekst"),
        ({"html": f'<h1>Nieuws</h1><a href="{LINK}"><img src="x" alt=""></a>'}, "de opgemaakte tekst"),
        ({"html": f'<h1>Nieuws</h1><!-- <a href="{LINK}">Meld u af</a> -->'}, "de opgemaakte tekst"),
        ({"headers": {}}, "de knop van het mailprogramma"),
        ({"headers": {"List-Unsubscribe": "<mailto:[[leave]]>", "List-Unsubscribe-Post": ONE_CLICK}}, "de knop van"),
        ({"headers": {"List-Unsubscribe": f"<{LINK}>"}}, "de knop van het mailprogramma"),
    ],
)
def test_a_mail_that_cannot_be_left_never_goes(app, given, place):
    ((is_blocking, block, sentence),) = said(draft("", **given))

    assert (is_blocking, block) == (True, None)
    assert f"De link om u af te melden ontbreekt in {place}" in sentence


def test_the_size_that_counts_is_the_encoded_one(app):
    small = len(draft("").html)

    assert said(draft("x" * (65_000 - small))) == []
    ((is_blocking, _block, sentence),) = said(draft("x" * 75_000))
    assert (is_blocking, "77 kB groot" in sentence) == (False, True)
    ((is_blocking, _block, sentence),) = said(draft("é" * 15_000))  # six octets each, once encoded
    assert (is_blocking, "boven 90 kB knipt Gmail hem af" in sentence) == (True, True)


def test_a_newsletter_that_is_too_large_is_refused_with_its_size(app):
    newsletter = make_newsletter(intro="Een lange zin over de wijk en het park.\n\n" * 2_000)

    (problem,) = checks.prepare(newsletter, at=clock.now()).problems
    assert "Maak de nieuwsbrief korter. Hij is " in problem


def test_a_heading_without_words_is_found(app):
    assert said(draft("<h2> </h2>")) == [(True, None, "Haal het kopje zonder woorden weg.")]


def text_blocks(count: int) -> list[BlockContent]:
    text = "Tekst.\n\n- een\n- twee"
    return [BlockContent(BlockKind.TEXT, title=f"Kop {number}", text=text) for number in range(count)]


@pytest.fixture
def questions(app) -> Iterator[list[str]]:
    """The SQL statements as they are sent."""
    sent: list[str] = []

    def note(_connection, _cursor, statement: str, *_rest: object) -> None:
        sent.append(statement)

    sa.event.listen(db.engine, "before_cursor_execute", note)
    yield sent
    sa.event.remove(db.engine, "before_cursor_execute", note)


def test_looking_renders_the_mail_once_and_asks_no_more_for_more_blocks(questions, monkeypatch):
    rendered: list[str] = []
    to_html = mail.mjml_to_html
    monkeypatch.setattr(mail, "mjml_to_html", lambda source: rendered.append(source) or to_html(source))

    def asked(count: int) -> int:
        newsletter = make_newsletter(blocks=text_blocks(count))
        assert len(newsletter.blocks) == count + 1
        rendered.clear()
        questions.clear()
        assert checks.findings(newsletter, at=clock.now()) == []
        assert len(rendered) == 1
        return len(questions)

    assert asked(20) == asked(2)
