"""Newsletters as staff make and follow them."""

import re
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from dordt.extensions import db
from dordt.mailer.models import Delivery, DeliveryState
from dordt.news.models import ArticleState
from dordt.newsletters.models import Newsletter, NewsletterState
from dordt.newsletters.sending import services
from dordt.shared import clock
from tests.factories.news import make_article
from tests.factories.newsletters import make_newsletter
from tests.factories.subscribers import make_subscriber
from tests.support.markup import compact
from tests.support.visitors import Visitor

StaffClient = Callable[..., Visitor]
State = NewsletterState
SECTION = "/beheer/nieuwsbrieven/"


def newsletters() -> list[Newsletter]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(Newsletter).order_by(Newsletter.id)))


def write(client: Visitor, **changes: Any):
    """Begin an empty newsletter and keep what is typed."""
    number = client.post(f"{SECTION}nieuw/", data={"begin": "blank"}).location
    return client.post(number, data={"edit_version": "1", "action": "view", "subject": "Nieuws", **changes})


def test_an_editor_writes_approves_and_sends_a_newsletter(staff_client: StaffClient):
    first, second = make_article(), make_article()
    for _ in range(2):
        make_subscriber()
    client = staff_client("redacteur")

    blocks = {"blocks-0-kind": "intro", "blocks-0-text": "Beste lezer,\r\n\r\nHet park."}
    for place, article in enumerate((second, first), 1):
        blocks |= {
            f"blocks-{place}-kind": "article",
            f"blocks-{place}-article": article.slug,
            f"blocks-{place}-title": "Kop",
        }
    answer = write(client, **blocks)
    assert answer.location == f"{SECTION}1/"
    assert "De nieuwsbrief is bewaard" in client.get(answer.location).text
    colleague = staff_client("redacteur")
    colleague.post(f"{SECTION}1/goedkeuren/", data={"seen": "2"})
    assert "Verstuur nu aan 2 abonnees" in client.get(f"{SECTION}1/versturen/").text
    assert client.post(f"{SECTION}1/versturen/", data={"seen": "2"}).location == f"{SECTION}1/"

    (stored,) = newsletters()
    assert [block.article.slug for block in stored.blocks if block.article] == [second.slug, first.slug]
    assert (stored.state, stored.blocks[0].text) == ("sending", "Beste lezer,\n\nHet park.")
    assert (stored.created_by_id, stored.approved_by_id) == (client.member.id, colleague.member.id)
    assert "0 van de 2 e-mails zijn klaar." in client.get(f"{SECTION}1/").text


def test_the_send_button_pressed_twice_sends_once(staff_client: StaffClient):
    make_newsletter(State.APPROVED)
    make_subscriber()
    client = staff_client("redacteur")

    answers = [client.post(f"{SECTION}1/versturen/", data={"seen": "1"}).status_code for _ in range(2)]

    assert answers == [303, 303]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Delivery)) == 1


@pytest.mark.parametrize("state", [State.DRAFT, State.CANCELLED])
def test_what_is_not_approved_is_not_sent(staff_client: StaffClient, state):
    make_newsletter(state)
    make_subscriber()
    client = staff_client("redacteur")

    assert client.post(f"{SECTION}1/versturen/", data={"seen": "1"}).status_code == 409
    assert "Verstuur nu" not in client.get(f"{SECTION}1/versturen/").text
    assert not db.session.scalar(sa.select(Delivery))


def test_the_send_page_says_what_is_wrong(staff_client: StaffClient):
    article = make_article(title="Het park")
    make_newsletter(articles=(article,))
    article.state = ArticleState.DRAFT
    client = staff_client("redacteur")

    page = client.get(f"{SECTION}1/versturen/").text

    assert "Het nieuwsbericht ‘Het park’ staat niet op de site." in page
    assert "zodra er abonnees zijn" in page
    assert client.post(f"{SECTION}1/goedkeuren/", data={"seen": "1"}).status_code == 409


def test_the_preview_stands_in_a_frame_with_a_policy_of_its_own(staff_client: StaffClient):
    make_newsletter()
    client = staff_client("lezer")

    page, frame = client.get(f"{SECTION}1/"), client.get(f"{SECTION}1/html/")

    assert f'src="{SECTION}1/html/"' in page.text
    assert "frame-src 'self'" in page.headers["Content-Security-Policy"]
    assert "unsafe-inline" not in page.headers["Content-Security-Policy"]
    policy = frame.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert "sandbox" in policy
    assert "script" not in policy
    assert "Het park is klaar." in frame.text


def test_the_preview_shows_no_mark_of_the_worker(staff_client: StaffClient):
    make_newsletter()
    client = staff_client("lezer")

    for path in (f"{SECTION}1/", f"{SECTION}1/html/"):
        text = client.get(path).text
        assert "/nieuwsbrief/afmelden/…/" in text
        assert "[[token]]" not in text


def test_pausing_resuming_and_stopping(staff_client: StaffClient):
    make_newsletter(State.APPROVED)
    make_subscriber()
    client = staff_client("redacteur")
    client.post(f"{SECTION}1/versturen/", data={"seen": "1"})

    for action, state, button in (
        ("pauzeren", "paused", "Hervatten"),
        ("hervatten", "sending", "Versturen stilzetten"),
        ("stoppen", "cancelled", "gestopt"),
    ):
        assert client.post(f"{SECTION}1/{action}/", data={"seen": "1"}).location == f"{SECTION}1/"
        assert newsletters()[0].state == state
        assert button in client.get(f"{SECTION}1/").text


def test_the_report_adds_up_to_the_frozen_audience(staff_client: StaffClient):
    make_newsletter(State.APPROVED)
    for _ in range(4):
        make_subscriber()
    services.start_newsletter(1, at=clock.now())
    ends = (DeliveryState.ACCEPTED, DeliveryState.ACCEPTED, DeliveryState.FAILED, DeliveryState.QUEUED)
    for row, state in zip(db.session.scalars(sa.select(Delivery).order_by(Delivery.id)), ends, strict=True):
        row.state = state

    page = staff_client("lezer").get(f"{SECTION}1/").text

    assert "3 van de 4 e-mails zijn klaar." in page
    for line in ("Aangenomen door de mailserver 2", "Geweigerd 1", "Samen 4"):
        assert line in " ".join(re.sub("<[^>]+>", " ", page).split())
    assert 'aria-valuemax="4" aria-valuenow="3"' in compact(page)


def test_a_reader_sees_but_cannot_act(staff_client: StaffClient):
    make_newsletter(State.APPROVED)
    client = staff_client("lezer")

    page = client.get(f"{SECTION}1/").text

    assert "Wat wilt u doen?" not in page
    for path in ("nieuw/", "1/bewerken/", "1/versturen/", "1/goedkeuren/", "1/pauzeren/", "1/stoppen/"):
        assert client.post(SECTION + path).status_code == 403
    assert newsletters()[0].state == "approved"


@pytest.mark.parametrize("path", ["7/", "7/html/", "7/bewerken/", "7/versturen/", "99999999999/", "-1/"])
def test_a_newsletter_that_is_not_there_is_404(staff_client: StaffClient, path: str):
    assert staff_client("redacteur").get(SECTION + path).status_code == 404


@pytest.mark.parametrize("action", ["goedkeuren", "pauzeren", "hervatten", "stoppen", "versturen"])
def test_a_button_without_the_token_of_the_page_does_nothing(staff_client: StaffClient, action: str):
    make_newsletter(State.SENDING)

    assert staff_client("redacteur").post(f"{SECTION}1/{action}/", csrf=False).status_code == 400
    assert newsletters()[0].state == "sending"


def test_an_empty_section_says_what_will_appear(staff_client: StaffClient):
    assert "Er is nog geen nieuwsbrief" in staff_client("redacteur").get(SECTION).text
