"""Following a newsletter while it leaves."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from dordt.extensions import db
from dordt.mailer.ledger import outbox
from dordt.mailer.models import Delivery, DeliveryState, MailEvent, MailEventKind, MailRelay
from dordt.newsletters.models import Newsletter, NewsletterState
from dordt.shared import clock
from tests.factories.mailer import make_newsletter as freeze_newsletter
from tests.factories.newsletters import make_newsletter
from tests.support.markup import text_of

PAGES = ["/beheer/nieuwsbrieven/1/", "/beheer/nieuwsbrieven/1/voortgang/"]
FOLLOWS = 'data-live-from="/beheer/nieuwsbrieven/1/voortgang/"'


@pytest.fixture
def newsletter(app) -> Newsletter:
    """Started five minutes ago, for four readers."""
    mail = freeze_newsletter(4, at=clock.now() - timedelta(minutes=5))
    made = make_newsletter(NewsletterState.SENDING)
    made.mail_id = mail.id
    db.session.commit()
    return made


def settle(newsletter: Newsletter, *states: DeliveryState) -> list[Delivery]:
    mine = sa.select(Delivery).where(Delivery.mail_id == newsletter.mail_id).order_by(Delivery.id)
    found = list(db.session.scalars(mine))
    for delivery, state in zip(found, states, strict=False):
        delivery.state = state
        db.session.add(MailEvent(delivery_id=delivery.id, kind=MailEventKind.ACCEPTED, at=clock.now()))
    db.session.commit()
    return found


@pytest.mark.parametrize("path", PAGES)
def test_the_page_tells_the_stand_of_now_and_when_that_was(staff_client, newsletter, path):
    settle(newsletter, DeliveryState.ACCEPTED)

    page = staff_client("lezer").get(path).text

    words = text_of(page)
    assert "1 van de 4 e-mails zijn klaar. 3 moeten nog worden verstuurd." in words
    assert "Nu gaan er 12 e-mails per minuut weg. Klaar over minder dan een minuut (rond" in words
    assert "Stand op" in words
    assert 'role="progressbar"' in page
    assert 'aria-valuetext="1 van de 4 e-mails zijn klaar. Nog minder dan een minuut."' in page
    assert FOLLOWS in page


def test_when_nothing_moves_it_says_what_to_look_at(staff_client, newsletter):
    client = staff_client("lezer")

    words = text_of(client.get(PAGES[1]).text)
    until = clock.now() + timedelta(minutes=1)
    db.session.add(MailRelay(name="mx:25", closed_until=until, problem="421 Te druk", problem_at=clock.now()))

    assert "De afgelopen minuut ging er niets weg" in words
    assert "mailer run" in words
    words = text_of(client.get(PAGES[1]).text)
    assert "Hij zei: Mailserver neemt nu geen e-mail aan" in words
    assert "421 Te druk" in words


def test_standing_still_has_a_reason_and_no_end(staff_client, newsletter):
    assert newsletter.mail
    outbox.pause(newsletter.mail, "Stilgezet door een medewerker.")

    page = staff_client("lezer").get(PAGES[1]).text

    assert "Het versturen staat stil. Stilgezet door een medewerker." in text_of(page)
    assert "Klaar over" not in page
    assert FOLLOWS not in page


def test_what_is_tried_later_says_when(staff_client, newsletter):
    for delivery in settle(newsletter, *4 * [DeliveryState.DEFERRED]):
        delivery.next_attempt_at = clock.now() + timedelta(minutes=15)

    words = text_of(staff_client("lezer").get(PAGES[1]).text)

    assert "4 e-mails proberen wij later opnieuw. De volgende poging is om" in words


def test_a_newsletter_that_is_done_is_a_report_and_followed_no_more(staff_client, newsletter):
    settle(newsletter, DeliveryState.ACCEPTED, DeliveryState.ACCEPTED, DeliveryState.UNCERTAIN, DeliveryState.FAILED)
    newsletter.state = NewsletterState.SENT
    again = 'href="/beheer/post/nieuwsbrief/1/opnieuw/?status=uncertain"'

    page = staff_client("redacteur").get(PAGES[1]).text

    assert "Verslag 4 van de 4 e-mails zijn klaar." in text_of(page)
    assert FOLLOWS not in page
    assert again in page
    assert 'href="/beheer/post/?nummer=1&amp;status=failed"' in page
    assert again not in staff_client("lezer").get(PAGES[1]).text


def test_who_may_not_enter_the_post_gets_no_links_to_it(staff_client, newsletter):
    assert "/beheer/post/" not in staff_client("coordinator").get(PAGES[1]).text


def test_a_newsletter_that_was_not_started_has_no_progress(staff_client):
    make_newsletter()

    assert staff_client("lezer").get(PAGES[1]).status_code == 404
