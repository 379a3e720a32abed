"""What is checked in the blocks of a newsletter: each check has a case that fires and one that does not."""

from datetime import timedelta
from typing import Any

import pytest

from dordt.extensions import db
from dordt.mailer.ledger import outbox
from dordt.mailer.models import MailKind
from dordt.media.images import address
from dordt.news.models import ArticleState
from dordt.newsletters import checks
from dordt.newsletters.checks import links
from dordt.newsletters.content.block_kinds import BlockContent, BlockKind
from dordt.newsletters.models import Newsletter
from dordt.newsletters.transitions import give_number
from dordt.shared import clock
from dordt.shared.problems import NotAllowed
from dordt.subscribers import emails
from tests.factories.mailer import UNSUBSCRIBE, make_draft, readers
from tests.factories.media import make_document, make_image
from tests.factories.news import make_article
from tests.factories.newsletters import make_newsletter
from tests.factories.subscribers import confirm_path, make_subscriber, unsubscribe_path
from tests.factories.workgroups import make_meeting, make_workgroup

K = BlockKind
SITE = "http://127.0.0.1:8000"


def written(*blocks: BlockContent, **given: Any) -> Newsletter:
    return make_newsletter(intro="", blocks=blocks, **given)


def said(newsletter: Newsletter) -> list[tuple[bool, int | None, str]]:
    found = checks.findings(newsletter, at=clock.now())
    return [(finding.is_blocking, finding.block, finding.words) for finding in found]


def of_link(target: str, words: str = "het plan voor het park") -> list[tuple[bool, int | None, str]]:
    return said(written(BlockContent(K.TEXT, text=f"Lees [{words}]({target}).")))


def test_a_newsletter_with_every_kind_of_block_needs_nothing(app):
    picture, group, article = make_image(), make_workgroup(), make_article()
    meeting = make_meeting(group)
    newsletter = written(
        BlockContent(
            K.INTRO, text=f"## Beste lezer\n\nLees [meer nieuws](/nieuws/).\n\n![Het park]({address(picture)})"
        ),
        BlockContent(K.ARTICLE, title="Park", text="Klaar.", article=article.slug, media=picture.key, alt="Het park"),
        BlockContent(K.WORKGROUP, title="Groep", text="Doe mee.", workgroup=group.slug, meeting_id=meeting.id),
        BlockContent(K.QUOTE, text="Wat mooi!", title="Anna"),
        BlockContent(K.IMAGE, media=picture.key, is_decorative=True),
        BlockContent(K.BUTTON, title="Bekijk het plan", url=f"/nieuws/{article.slug}/"),
        BlockContent(K.OUTCOME, title="Uw inbreng", text="Er komt een bank.", url="https://www.dordrecht.nl/plan"),
        BlockContent(K.TEXT, title="Vragen?", text="Mail of bel: [wijkteam](mailto:a@voorbeeld.nl), [bel](tel:14078)."),
    )

    assert said(newsletter) == []


@pytest.mark.parametrize(
    ("block", "words"),
    [
        (BlockContent(K.INTRO, text=" \n"), "Schrijf iets in blok 1 (inleiding)"),
        (BlockContent(K.TEXT, title="Kop", text=""), "Schrijf iets in blok 1 (tekst)"),
        (BlockContent(K.QUOTE, title="Anna"), "wat er is gezegd"),
        (BlockContent(K.OUTCOME, title="Kop"), "wat er met de inbreng is gedaan"),
        (BlockContent(K.IMAGE, alt="Een park"), "Kies een afbeelding voor blok 1"),
        (BlockContent(K.BUTTON, title="", url="/nieuws/"), "Vul in wat er op de knop van blok 1 staat."),
        (BlockContent(K.BUTTON, title="Naar het nieuws"), "Vul in waar de knop van blok 1 heen gaat."),
        (BlockContent(K.ARTICLE, title="Oud bericht"), "Het nieuwsbericht van blok 1 bestaat niet meer."),
        (BlockContent(K.WORKGROUP, title="Oude groep"), "De werkgroep van blok 1 bestaat niet meer."),
    ],
    ids=lambda value: value.kind if isinstance(value, BlockContent) else "",
)
def test_what_is_not_filled_in_stands_in_the_way(app, block, words):
    ((is_blocking, place, sentence),) = said(written(block))

    assert (is_blocking, place) == (True, 0)
    assert words in sentence


def test_without_blocks_there_is_nothing_to_send(app):
    assert said(written()) == [(True, None, "Voeg een blok toe: een inleiding of een nieuwsbericht.")]


def test_an_article_without_a_title_here_is_named(app):
    article = make_article()

    ((is_blocking, place, sentence),) = said(written(BlockContent(K.ARTICLE, text="Klaar.", article=article.slug)))

    assert (is_blocking, place, sentence) == (True, 0, "Vul een titel in bij blok 1.")


@pytest.mark.parametrize("kind", [K.ARTICLE, K.IMAGE])
def test_a_picture_needs_a_text_or_is_decoration(app, kind):
    picture, article = make_image(), make_article()
    values = {"title": "Park", "article": article.slug} if kind == K.ARTICLE else {}
    values |= {"kind": kind, "media": picture.key}

    assert said(written(BlockContent(**values, alt="  "))) == [
        (True, 0, "Beschrijf de afbeelding van blok 1, of geef aan dat zij alleen versiering is.")
    ]
    assert said(written(BlockContent(**values, alt="Kinderen planten een boom"))) == []
    assert said(written(BlockContent(**values, is_decorative=True))) == []
    ((is_blocking, _place, sentence),) = said(written(BlockContent(**values, alt="IMG_2041.JPG")))
    assert not is_blocking
    assert "bestandsnaam" in sentence


@pytest.mark.parametrize("state", [state for state in ArticleState if state != ArticleState.PUBLISHED])
def test_an_article_that_is_not_on_the_site_stands_in_the_way(app, state):
    article = make_article(title="Het park")
    newsletter = written(BlockContent(K.ARTICLE, title="Park", article=article.slug))
    article.state = state
    db.session.commit()

    assert said(newsletter) == [
        (True, 0, "Het nieuwsbericht ‘Het park’ staat niet op de site. Publiceer het of haal het uit de nieuwsbrief.")
    ]


def test_a_meeting_counts_until_it_is_over(app):
    group = make_workgroup()
    meeting = make_meeting(group, title="Schetsavond")
    newsletter = written(BlockContent(K.WORKGROUP, title="G", workgroup=group.slug, meeting_id=meeting.id))

    assert checks.prepare(newsletter, at=meeting.ends_at - timedelta(seconds=1)).problems == []
    assert checks.prepare(newsletter, at=meeting.ends_at).problems == [
        "De bijeenkomst ‘Schetsavond’ is al geweest. Kies de volgende of haal haar weg."
    ]


def test_one_button_is_enough(app):
    button = BlockContent(K.BUTTON, title="Bekijk het plan", url="/nieuws/")

    assert said(written(button)) == []
    ((is_blocking, place, sentence),) = said(written(button, button))
    assert (is_blocking, place) == (False, 1)
    assert "hoogstens één knop" in sentence


def test_only_the_first_thing_in_the_way_is_raised_and_advice_never_is(app):
    shouted = written(BlockContent(K.TEXT, text="Dag."), subject="NIEUWS UIT UW WIJK")
    checks.prepare(shouted, at=clock.now()).require_ready()

    with pytest.raises(NotAllowed, match="Vul een onderwerp in"):
        checks.prepare(written(subject=""), at=clock.now()).require_ready()


@pytest.mark.parametrize(
    "target",
    [
        *("/", "/nieuws/", "nieuws/", "/nieuws", "/nieuws/?wijk=sterrenburg#top", f"{SITE}/privacy/", f"{SITE}"),
        *("/nieuws/bericht/", "/werkgroepen/groep/", "/werkgroepen/groep/aanmelden/", "/sitemap.xml", "/contact/"),
        *("https://www.dordrecht.nl/a%20b?c=d", "https://münchen.de/", "mailto:wijkteam@voorbeeld.nl", "tel:+3178123"),
        *("/nieuwsbrief/", "/nieuws/archief/2020/", "HTTP://127.0.0.1:8000/nieuws/"),
    ],
)
def test_a_link_that_leads_somewhere_is_fine(app, target):
    make_article(slug="bericht")
    make_article(published_at=clock.now().replace(year=2020, month=6))
    make_workgroup(slug="groep")

    assert of_link(target) == []


@pytest.mark.parametrize(
    ("target", "problem"),
    [
        ("/niets/", links.GONE),
        ("/nieuws/weg/", links.GONE),
        ("/nieuws/concept/", links.GONE),
        ("/nieuws/archief/1999/", links.GONE),
        ("/werkgroepen/weg/", links.GONE),
        ("/werkgroepen/weg/aanmelden/", links.GONE),
        (f"{SITE}/nieuwsbrief/99/", links.GONE),
        ("/media/0123456789abcdef0123456789abcdef/plan.pdf", links.GONE),
        ("/static/css/weg.css", links.GONE),
        ("/static/../config.py", links.GONE),
        ("/beheer/nieuwsbrieven/", links.OF_STAFF),
        ("/beheer", links.OF_STAFF),
        ("#boven", links.NOWHERE),
        ("https://dordrecht/", "is geen geldig webadres"),
        ("https://", "is geen geldig webadres"),
        ("https://dordrecht%20.nl/", "is geen geldig webadres"),
        ("https://dordrecht.nl:99999/", "is geen geldig webadres"),
        ("ftp://dordrecht.nl/plan", "begint niet met https://"),
        ("mailto:wijkteam", "mist het e-mailadres"),
        ("tel:bel", "mist het telefoonnummer"),
    ],
)
def test_a_link_that_leads_nowhere_stands_in_the_way(app, target, problem):
    make_article(slug="concept", state=ArticleState.DRAFT)

    assert of_link(target) == [(True, 0, f"De link ‘{target}’ in blok 1 {problem}. Verbeter hem of haal hem weg.")]


@pytest.mark.parametrize("kind", [K.BUTTON, K.OUTCOME])
def test_the_address_of_a_button_and_an_outcome_is_looked_at_too(app, kind):
    block = {"kind": kind, "title": "Bekijk het plan", "text": "Er komt een bank."}

    assert said(written(BlockContent(**block, url="/nieuws/"))) == []
    for url, problem in {"javascript:alert(1)": "begint niet met https://", "https://[a/": "is geen geldig"}.items():
        ((is_blocking, place, sentence),) = said(written(BlockContent(**block, url=url)))
        assert (is_blocking, place) == (True, 0)
        assert problem in sentence


def test_a_link_of_one_person_never_goes_to_everybody(app):
    reader = make_subscriber()

    for path in (unsubscribe_path(reader), f"{SITE}{confirm_path(reader)}"):
        ((is_blocking, _place, sentence),) = of_link(path)
        assert is_blocking
        assert links.OF_ONE in sentence


def test_a_file_is_there_under_its_own_names_only(app):
    plan, picture = make_document(), make_image()
    good = [address(plan), address(picture), f"/media/{picture.key}/900.webp"]

    assert [of_link(target) for target in good] == [[], [], []]
    assert of_link(f"/media/{plan.key}/andere.pdf")[0][0]


def test_an_earlier_newsletter_is_there_once_it_left(app):
    earlier = make_newsletter()
    kept_apart = written(BlockContent(K.TEXT, text="Dag."), not_to=earlier.id)
    assert of_link("/nieuwsbrief/1/")[0][0]
    assert said(kept_apart) == [
        (
            True,
            None,
            "Nieuwsbrief ‘Nieuws uit uw wijk’ ging nog niet weg. "
            "Verstuur die eerst, of laat deze ook naar zijn lezers gaan.",
        )
    ]

    values = {"headers": {"List-Unsubscribe": UNSUBSCRIBE}, "token_purpose": emails.UNSUBSCRIBE}
    draft, at = make_draft(**values), clock.now()
    give_number(earlier)
    earlier.mail = outbox.freeze(draft, readers(1), kind=MailKind.NEWSLETTER, list_id="nieuwsbrief", at=at)
    db.session.commit()
    assert of_link("/nieuwsbrief/1/") == []
    assert said(kept_apart) == []


def test_a_page_of_somebody_else_is_better_reached_safely(app):
    ((is_blocking, place, sentence),) = of_link("http://www.dordrecht.nl/")

    assert (is_blocking, place) == (False, 0)
    assert "met https:// beginnen" in sentence


@pytest.mark.parametrize("words", ["hier", "Klik hier", "klik **hier**", "Lees meer…", "»", "deze\nlink"])
def test_the_words_of_a_link_say_where_it_leads(app, words):
    ((is_blocking, _place, sentence),) = of_link("/nieuws/", words)

    assert not is_blocking
    assert "Zeg met de woorden van de link" in sentence


@pytest.mark.parametrize("words", ["https://dordrecht.nl", "www.dordrecht.nl"])
def test_an_address_is_no_word(app, words):
    ((is_blocking, _place, sentence),) = of_link("/nieuws/", words)

    assert not is_blocking
    assert "in plaats van het adres" in sentence


def test_a_link_without_words_stands_in_the_way(app):
    assert of_link("/nieuws/", " ") == [(True, 0, "Geef de link ‘/nieuws/’ in blok 1 woorden om op te klikken.")]


def test_a_link_is_named_once_for_a_block_and_again_for_the_next(app):
    block = BlockContent(K.TEXT, text="[weg](/weg/) en weer [weg](/weg/)")

    assert [place for _blocking, place, _words in said(written(block, block))] == [0, 1]


def test_what_looks_like_a_link_in_plain_text_is_none(app):
    article = make_article()
    newsletter = written(
        BlockContent(K.ARTICLE, title="Park", text="[weg](/weg/)", article=article.slug),
        BlockContent(K.QUOTE, text="[weg](/weg/)"),
        BlockContent(K.TEXT, text="`[weg](/weg/)` en \\[weg](/weg/)"),
    )

    assert said(newsletter) == []


@pytest.mark.parametrize(
    ("text", "is_blocking", "words"),
    [
        ("![]({own})", True, "Beschrijf de afbeelding in de tekst van blok 1"),
        ("![Park]({gone})", True, "bestaat niet meer. Haal haar weg."),
        ("![Park](https://elders.nl/park.png)", False, "wordt niet getoond"),
    ],
)
def test_a_picture_in_the_text_is_ours_and_has_words(app, text, is_blocking, words):
    own = address(make_image())
    gone = own.replace(own.split("/")[2], "0" * 32)

    ((stops, place, sentence),) = said(written(BlockContent(K.TEXT, text=text.format(own=own, gone=gone))))

    assert (stops, place) == (is_blocking, 0)
    assert words in sentence
