"""Ways to begin a newsletter: monthly, a copy, a template."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa

from dordt.extensions import db
from dordt.newsletters.content.block_content import NewsletterContent, content_of, is_same
from dordt.newsletters.content.block_kinds import BlockContent, BlockKind
from dordt.newsletters.content.services import starting_points
from dordt.newsletters.models import Newsletter, NewsletterState, NewsletterTemplate
from dordt.shared import clock
from tests.factories.media import make_image
from tests.factories.news import make_article
from tests.factories.newsletters import make_newsletter, make_started_newsletter
from tests.factories.places import make_neighbourhood, make_topic
from tests.factories.workgroups import make_meeting, make_workgroup
from tests.support.visitors import Visitor

SECTION = "/beheer/nieuwsbrieven/"
State = NewsletterState


@pytest.fixture
def client(staff_client: Callable[..., Visitor]) -> Visitor:
    return staff_client("redacteur")


def newest() -> Newsletter:
    db.session.rollback()
    return db.session.scalars(Newsletter.newest_first()).first()


def titles(content: NewsletterContent) -> list[str]:
    return [block.title for block in content.blocks if block.title]


def test_the_monthly_newsletter_brings_what_no_reader_got_yet(app):
    now = clock.now()
    articles = [make_article(title=f"Bericht {each}", published_at=now - timedelta(days=each)) for each in range(6)]
    make_newsletter(State.SENT, articles=articles[:1])
    make_newsletter(State.DRAFT, articles=articles[1:2])
    make_meeting(make_workgroup(name="Later"), starts_in=timedelta(days=9))
    make_meeting(make_workgroup(name="Eerst"), starts_in=timedelta(days=2))

    content = starting_points.monthly(at=now).content

    assert titles(content) == [
        "Bericht 1",
        "Bericht 2",
        "Bericht 3",
        "Eerst",
        "Bekijk alle werkgroepen en bijeenkomsten",
    ]
    assert [block.kind for block in content.blocks][0] == BlockKind.INTRO
    assert content.blocks[4].meeting_id


def test_with_nothing_new_the_monthly_newsletter_is_an_intro_and_a_button(app):
    assert [block.kind.value for block in starting_points.monthly(at=clock.now()).content.blocks] == ["intro", "button"]


def test_a_copy_takes_over_what_was_written_and_for_whom(client: Visitor):
    wijk, topic = make_neighbourhood(), make_topic()
    article = make_article()
    old = make_newsletter(State.SENT, articles=(article,), neighbourhoods=[wijk.slug], topics=[topic.slug])

    answer = client.post(f"{SECTION}nieuw/", data={"begin": "newsletter:1"})

    assert answer.location == f"{SECTION}2/bewerken/"
    assert is_same(content_of(newest()), content_of(old))
    assert (newest().state, newest().created_by_id) == ("draft", client.member.id)


@pytest.mark.parametrize(("state", "not_to"), [(State.CANCELLED, 1), (State.SENT, None)])
def test_a_copy_of_one_that_was_stopped_half_way_goes_to_the_others(app, state: State, not_to: int | None):
    newsletter = make_started_newsletter(2)
    newsletter.state = state

    assert starting_points.copy_of(newsletter, at=clock.now()).content.not_to == not_to


def test_what_is_gone_is_left_out_and_named(client: Visitor):
    group, picture, article = make_workgroup(name="Groen"), make_image(), make_article(title="Oud nieuws")
    past = make_meeting(group, starts_in=timedelta(days=1))
    blocks = [
        BlockContent(BlockKind.WORKGROUP, title="Groen", workgroup=group.slug, meeting_id=past.id),
        BlockContent(BlockKind.IMAGE, media=picture.key, alt="Een boom"),
    ]
    make_newsletter(articles=(article,), blocks=blocks)
    client.post(f"{SECTION}1/sjabloon/", data={"name": "Maand"})
    past.starts_at, past.ends_at = (clock.now() - timedelta(days=each) for each in (2, 1))
    coming = make_meeting(group)
    db.session.execute(sa.text("DELETE FROM newsletter_block"))
    db.session.delete(article)
    db.session.commit()

    answer = client.post(f"{SECTION}nieuw/", data={"begin": "template:1"})

    assert "bestaat niet meer: Oud nieuws" in client.get(answer.location).text
    assert [block.kind.value for block in newest().blocks] == ["intro", "workgroup", "image"]
    assert newest().blocks[1].meeting_id == coming.id
    assert newest().blocks[2].media_id == picture.id


def test_a_template_is_kept_renamed_and_thrown_away(client: Visitor):
    make_newsletter(subject="Nieuws uit uw wijk")

    assert client.post(f"{SECTION}1/sjabloon/", data={"name": "Maand"}).location == f"{SECTION}sjablonen/"
    page = client.get(f"{SECTION}sjablonen/").text
    assert "Maand" in page
    client.post(f"{SECTION}sjablonen/1/", data={"name": "Elke maand"})
    assert "Elke maand" in client.get(f"{SECTION}nieuw/").text
    client.post(f"{SECTION}sjablonen/1/weg/")

    assert "Er is nog geen sjabloon" in client.get(f"{SECTION}sjablonen/").text


@pytest.mark.parametrize("path", ["1/sjabloon/", "sjablonen/2/"])
def test_a_name_is_given_and_used_once(client: Visitor, path: str):
    make_newsletter()
    for name in ("Maand", "Extra"):
        client.post(f"{SECTION}1/sjabloon/", data={"name": name})

    taken, empty = (client.post(SECTION + path, data={"name": name}) for name in ("Maand", ""))

    assert (taken.status_code, empty.status_code) == (422, 422)
    assert "Een ander sjabloon heet al zo" in taken.text
    assert "Geef het sjabloon een naam" in empty.text
    db.session.rollback()
    assert sorted(db.session.scalars(sa.select(NewsletterTemplate.name))) == ["Extra", "Maand"]


@pytest.mark.parametrize(("begin", "status"), [("", 400), ("hymne", 400), ("template:7", 404), ("newsletter:x", 404)])
def test_another_way_to_begin_there_is_not(client: Visitor, begin: str, status: int):
    assert client.post(f"{SECTION}nieuw/", data={"begin": begin}).status_code == status
    assert newest() is None
