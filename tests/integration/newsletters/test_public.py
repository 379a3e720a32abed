"""Newsletters as everybody reads them: a page each, and the archive."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from dordt.extensions import db
from dordt.mailer.models import Delivery, DeliveryState
from dordt.news.models import ArticleState
from dordt.newsletters.content.block_kinds import BlockContent, BlockKind
from dordt.newsletters.models import NewsletterState
from tests.factories.media import make_image
from tests.factories.news import make_article
from tests.factories.newsletters import make_newsletter
from tests.factories.places import make_neighbourhood, make_topic
from tests.factories.sent import make_sent_newsletter
from tests.factories.workgroups import make_meeting, make_workgroup
from tests.support.markup import compact, text_of

State = NewsletterState


@pytest.mark.parametrize("address", ["/nieuwsbrief/1/", "/nieuwsbrief/archief/"])
def test_a_page_sets_no_cookie_and_is_not_sent_twice(client, address: str):
    make_sent_newsletter()

    first = client.get(address)
    again = client.get(address, headers={"If-None-Match": first.headers["ETag"]})

    assert first.status_code == 200
    assert "Set-Cookie" not in first.headers
    assert first.headers["Cache-Control"] == "public, max-age=0, must-revalidate"
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize("state", [State.SENDING, State.PAUSED, State.SENT, State.CANCELLED])
def test_it_can_be_read_as_soon_as_its_mails_lead_to_it(client, state: NewsletterState):
    make_sent_newsletter(state)

    assert client.get("/nieuwsbrief/1/").status_code == 200


@pytest.mark.parametrize("state", [State.DRAFT, State.APPROVED, State.SCHEDULED, State.CANCELLED])
def test_what_never_left_is_not_there_also_not_for_staff(client, staff_client, state: NewsletterState):
    make_newsletter(state, subject="Nog geheim")

    assert client.get("/nieuwsbrief/1/").status_code == 404
    assert staff_client("redacteur").get("/nieuwsbrief/1/").status_code == 404
    for address in ("/", "/nieuwsbrief/archief/", "/nieuwsbrief/feed.xml", "/sitemap.xml"):
        assert "Nog geheim" not in client.get(address).text


@pytest.mark.parametrize("number", ["0", "2", "-1", "x", "2147483648", "99999999999999999999"])
def test_a_number_that_nobody_gave_is_not_found(client, number: str):
    make_sent_newsletter()

    assert client.get(f"/nieuwsbrief/{number}/").status_code == 404


def test_the_page_says_what_it_is_and_when_it_left(client):
    make_sent_newsletter(
        subject="Het park & wij", preheader="Kom kijken.", started_at=datetime(2027, 3, 9, 23, 30, tzinfo=UTC)
    )

    page = client.get("/nieuwsbrief/1/").text

    trail = [
        page.partition("Kruimelpad")[2].index(name)
        for name in (">Home<", ">Nieuwsbrief<", ">Archief<", ">Nieuwsbrief 1<")
    ]
    assert trail == sorted(trail)
    assert "<title>Het park &amp; wij – Nieuwsbrief 1 – Dordt aan Zet</title>" in page
    assert '<meta name="description" content="Nieuwsbrief 1: Kom kijken. De nieuwsbrief van Dordt' in page
    assert f'<link rel="canonical" href="{client.application.config["SITE_URL"]}/nieuwsbrief/1/">' in page
    assert "10 maart 2027</time>" in page


def test_without_preheader_the_first_words_describe_it(client):
    make_sent_newsletter(preheader="", intro="Beste **lezer**,\n\n" + "Het park is klaar. " * 20)

    page = client.get("/nieuwsbrief/1/").text

    assert '<meta name="description" content="Nieuwsbrief 1: Beste lezer, Het park is klaar.' in page
    assert '…">' in page


def test_every_kind_of_block_is_shown(client):
    article = make_article(title="Een plein", intro="Het plein is groen.", slug="een-plein", image=make_image())
    group = make_workgroup(slug="park", name="werkgroep Park")
    meeting = make_meeting(group, title="Schetsavond", starts_in=timedelta(days=3))
    key = make_image("tafel.png").key
    blocks = [
        BlockContent(
            BlockKind.WORKGROUP, title="werkgroep Park", text="Denk mee.", workgroup="park", meeting_id=meeting.id
        ),
        BlockContent(BlockKind.QUOTE, text="Nu kom ik elke dag.", title="een buurvrouw"),
        BlockContent(BlockKind.IMAGE, media=key, alt="Zes mensen", title="Aan tafel"),
        BlockContent(BlockKind.BUTTON, title="Geef antwoord", url="/contact/"),
        BlockContent(
            BlockKind.OUTCOME, title="Een zebrapad", text="Het **ligt** er.", url="https://elders.example/pad"
        ),
        BlockContent(BlockKind.TEXT, title="Tot slot", text="# Kop\n\nDag."),
    ]
    make_sent_newsletter(articles=[article], blocks=blocks)

    page = client.get("/nieuwsbrief/1/").text

    assert '<h2><a href="/nieuws/een-plein/">Een plein</a></h2>' in page
    assert 'srcset="/media/' in page
    assert '<a href="/werkgroepen/park/">Werkgroep Park</a>' in page
    assert "Schetsavond" in page
    assert "<figcaption>Een buurvrouw</figcaption>" in page
    assert 'alt="Zes mensen" width="900" height="600"' in compact(page)
    assert 'href="/contact/">Geef antwoord</a>' in page
    assert "Wat deden wij met uw inbreng?" in page
    assert (
        'href="https://elders.example/pad">Een zebrapad<span class="visually-hidden"> (andere website)</span>' in page
    )
    assert "Het <strong>ligt</strong> er." in page
    assert "<h2>Tot slot</h2>" in page
    assert "<h3>Kop</h3>" in page


def test_it_stays_as_it_was_sent_when_the_article_changes(client):
    article = make_article(title="Zoals verstuurd", slug="een-plein")
    make_sent_newsletter(articles=[article])

    article.title, article.intro = "Later anders", "Ook anders."
    db.session.commit()

    page = client.get("/nieuwsbrief/1/").text
    assert "Zoals verstuurd" in page
    assert "Later anders" not in page


@pytest.mark.parametrize("gone", ["withdrawn", "removed"])
def test_of_what_is_not_on_the_site_any_more_only_the_link_is_gone(client, gone: str):
    article = make_article(title="Een plein", slug="een-plein")
    make_sent_newsletter(articles=[article])

    if gone == "removed":
        db.session.delete(article)
    else:
        article.state = ArticleState.ARCHIVED
    db.session.commit()

    page = client.get("/nieuwsbrief/1/").text
    assert "<h2>Een plein</h2>" in page
    assert "Dit nieuwsbericht staat niet meer op de site." in page
    assert "/nieuws/een-plein/" not in page


def test_a_work_group_and_a_meeting_that_are_gone_leave_their_words(client):
    group = make_workgroup(slug="park")
    meeting = make_meeting(group, title="Schetsavond")
    block = BlockContent(
        BlockKind.WORKGROUP, title="werkgroep Park", text="Denk mee.", workgroup="park", meeting_id=meeting.id
    )
    make_sent_newsletter(blocks=[block])

    db.session.delete(group)
    db.session.commit()

    page = client.get("/nieuwsbrief/1/").text
    assert "<h2>Werkgroep Park</h2>" in page
    assert "Schetsavond" not in page
    assert "/werkgroepen/park/" not in page


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "data:text/html,x", "//elders.example/", "http://[", "contact/"]
)
def test_a_button_leads_only_where_a_page_may_lead(client, address: str):
    make_sent_newsletter(blocks=[BlockContent(BlockKind.BUTTON, title="Klik hier", url=address)])

    assert "Klik hier" not in client.get("/nieuwsbrief/1/").text


def test_what_an_editor_wrote_never_becomes_markup(client):
    hostile = "<img src=x onerror=alert(1)>]]>\"'"
    kinds = (BlockKind.QUOTE, BlockKind.OUTCOME, BlockKind.TEXT, BlockKind.ARTICLE, BlockKind.WORKGROUP)
    make_sent_newsletter(
        subject=hostile, preheader=hostile, blocks=[BlockContent(kind, title=hostile, text=hostile) for kind in kinds]
    )

    for address in ("/nieuwsbrief/1/", "/nieuwsbrief/archief/"):
        assert "<img src=x" not in client.get(address).text


def test_it_leads_to_the_one_before_and_the_one_after(client):
    for subject in ("Eerste", "Tweede", "Derde"):
        make_sent_newsletter(subject=subject)
    make_newsletter(subject="In de maak")

    pages = [compact(client.get(f"/nieuwsbrief/{number}/").text) for number in (1, 2, 3)]

    assert ["Vorige nieuwsbrief" in page for page in pages] == [False, True, True]
    assert ["Volgende nieuwsbrief" in page for page in pages] == [True, True, False]
    assert 'href="/nieuwsbrief/1/" rel="prev"' in pages[1]
    assert 'href="/nieuwsbrief/3/" rel="next"' in pages[1]


def test_the_archive_holds_what_was_sent_under_its_year_the_newest_first(client):
    wijk, topic = make_neighbourhood(slug="reeland", name="Reeland"), make_topic(slug="wonen", name="Wonen")
    make_sent_newsletter(subject="Oudjaar", started_at=datetime(2026, 12, 31, 22, 59, tzinfo=UTC))
    make_sent_newsletter(
        subject="Nieuwjaar",
        preheader="Een goed begin.",
        neighbourhoods=[wijk.slug],
        topics=[topic.slug],
        started_at=datetime(2026, 12, 31, 23, 1, tzinfo=UTC),
    )
    make_sent_newsletter(State.CANCELLED, subject="Halverwege gestopt")

    page = client.get("/nieuwsbrief/archief/").text

    order = [page.index(part) for part in (">2027</h2>", "Nieuwjaar", ">2026</h2>", "Oudjaar")]
    assert order == sorted(order)
    assert "Een goed begin." in page
    assert "Reeland, Wonen" in page
    assert "Halverwege gestopt" not in page


def test_the_archive_goes_on_on_a_next_page(client):
    for number in range(1, 22):
        make_sent_newsletter(subject=f"Onderwerp {number:02}")

    first, second = (client.get(f"/nieuwsbrief/archief/{query}").text for query in ("", "?pagina=2"))

    assert "Onderwerp 21" in first
    assert "Onderwerp 01" not in first
    assert "Onderwerp 01" in second
    assert client.get("/nieuwsbrief/archief/?pagina=3").status_code == 404


def test_an_empty_archive_says_what_will_come(client):
    assert "Er is nog geen nieuwsbrief verstuurd" in client.get("/nieuwsbrief/archief/").text


def test_the_latest_is_the_newest_that_was_sent_and_else_the_archive(client):
    assert client.get("/nieuwsbrief/laatste/").location == "/nieuwsbrief/archief/"
    make_sent_newsletter()
    make_sent_newsletter(State.SENDING)

    assert client.get("/nieuwsbrief/laatste/").location == "/nieuwsbrief/1/"


def test_nothing_of_a_reader_and_no_merge_field_stands_on_the_page(client):
    newsletter = make_sent_newsletter()
    assert newsletter.mail is not None
    assert "[[token]]" in newsletter.mail.text

    page = client.get("/nieuwsbrief/1/").text

    assert "[[" not in page
    assert "afmelden/" not in page
    assert "Nieuws uit uw wijk per e-mail" in text_of(page)


def test_what_was_stopped_before_anything_left_has_no_page(client):
    stopped = make_sent_newsletter(NewsletterState.CANCELLED)
    db.session.execute(sa.update(Delivery).values(state=DeliveryState.CANCELLED))
    db.session.commit()

    assert client.get(f"/nieuwsbrief/{stopped.number}/").status_code == 404
