"""What a newsletter says, as one mail for many."""

from pathlib import Path

import pytest

from dordt.newsletters.content.rendering import draft_of
from dordt.subscribers.emails import UNSUBSCRIBE
from tests.factories.media import make_image
from tests.factories.news import make_article
from tests.factories.newsletters import make_newsletter
from tests.factories.whole_newsletter import make_whole_newsletter

GOLDEN = Path(__file__).parents[2] / "golden"
SITE = "http://127.0.0.1:8000"
LEAVE = f"{SITE}/nieuwsbrief/afmelden/[[token]]/"
INTRO = """Beste lezer,

Het Sterrenburgpark is **klaar**. Dank aan iedereen die meedacht:

- de werkgroep
- de [basisscholen](/werkgroepen/)

Tot ziens in het park."""


@pytest.fixture
def newsletter(app):
    park = make_article(slug="het-park-is-klaar", title="Het park is klaar & open", intro="Kom kijken op 9 maart.")
    table = make_article(slug="aan-tafel", title="Aan tafel", intro="Praat mee over de haven.")
    return make_newsletter(subject="Het park is klaar", preheader="Kom kijken.", intro=INTRO, articles=(park, table))


def test_the_text_part_says_what_its_golden_text_says(app):
    draft = draft_of(make_whole_newsletter(), 1)

    told = f"Antwoord aan: {draft.reply_to}\nOnderwerp: {draft.subject}\n\n{draft.text}"
    assert told == (GOLDEN / "newsletter.txt").read_text(encoding="utf-8")


def test_each_part_has_a_link_to_leave_with_the_merge_field(newsletter):
    draft = draft_of(newsletter)

    assert draft.token_purpose == UNSUBSCRIBE
    assert LEAVE in draft.text
    assert f'href="{LEAVE}"' in draft.html


def test_the_headers_let_a_mail_programme_unsubscribe_in_one_click(newsletter):
    headers = draft_of(newsletter).headers

    assert headers["List-Unsubscribe"] == f"<{LEAVE}>, <mailto:wijken@dordrecht.nl?subject=afmelden>"
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_the_headers_say_whose_list_it_is_and_where_it_stands(newsletter):
    headers = draft_of(newsletter).headers

    assert {name: headers[f"List-{name}"] for name in ("Subscribe", "Archive", "Help", "Owner", "Post")} == {
        "Subscribe": f"<{SITE}/nieuwsbrief/>",
        "Archive": f"<{SITE}/nieuwsbrief/archief/>",
        "Help": "<mailto:wijken@dordrecht.nl>",
        "Owner": "<mailto:wijken@dordrecht.nl>",
        "Post": "NO",
    }


def test_the_html_part_holds_the_articles_in_order_with_full_addresses(newsletter):
    html = draft_of(newsletter).html

    park, table = html.index(f'href="{SITE}/nieuws/het-park-is-klaar/"'), html.index(f'href="{SITE}/nieuws/aan-tafel/"')
    assert park < table
    assert "Het park is klaar &amp; open" in html
    assert 'href="/' not in html
    assert 'src="/' not in html


def test_a_picture_has_its_full_address_its_text_and_a_size(app):
    image = make_image()
    article = make_article(image=image, image_alt="De brug over het water")

    html = draft_of(make_newsletter(articles=(article,))).html

    assert f'src="{SITE}/media/{image.key}/{image.filename}" alt="De brug over het water"' in html


def test_a_merge_field_that_somebody_typed_stays_text(app):
    article = make_article(title="Over [[token]]", intro="[[token]]")

    draft = draft_of(
        make_newsletter(subject="[[token]]", preheader="[[token]]", intro="[[token]]", articles=(article,))
    )

    assert "[[token]]" not in draft.subject
    assert draft.text.count("[[token]]") == 2  # preferences, and the way out
    assert draft.html.count("[[token]]") == 2  # preferences, and the way out


def test_markup_that_somebody_typed_is_shown_as_text(app):
    article = make_article(title="<b>Vet</b>", intro="<script>alert(1)</script>")

    html = draft_of(make_newsletter(subject="<i>Schuin</i>", intro="<script>x</script>", articles=(article,))).html

    for sign in ("<script", "<b>", "<i>"):
        assert sign not in html


def test_nothing_in_it_tells_us_who_reads_it(newsletter):
    html = draft_of(newsletter).html

    assert html.count("<img") == 0
    assert html.count("[[token]]") == 2  # preferences, and the way out
