"""The readers of a newsletter, as staff see them."""

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from dordt.audit.models import ReadingEntry
from dordt.extensions import db
from dordt.mailer.models import Delivery, DeliveryState, Suppression, SuppressionCause, SuppressionScope
from dordt.newsletters.models import Newsletter, NewsletterState
from dordt.newsletters.sending import services
from dordt.shared import clock
from dordt.subscribers.models import SubscriberState
from tests.factories.newsletters import make_newsletter
from tests.factories.places import make_neighbourhood
from tests.factories.subscribers import make_subscriber
from tests.support.visitors import Visitor

StaffClient = Callable[..., Visitor]
SECTION = "/beheer/nieuwsbrieven/"


def words(page: str) -> str:
    return " ".join(re.sub("<[^>]+>", " ", page).split())


def readings() -> list[ReadingEntry]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(ReadingEntry).where(ReadingEntry.subject_type == "newsletter")))


@pytest.fixture
def newsletter(app) -> Newsletter:
    """For one wijk, and not for those who got the first: Anna gets it, four do not, each for a reason of their own."""
    wijk, other = make_neighbourhood(slug="reeland", name="Reeland"), make_neighbourhood(slug="staart")
    make_subscriber(email="eerder@voorbeeld.nl")
    services.start_newsletter(make_newsletter(NewsletterState.APPROVED).id, at=clock.now())
    make_subscriber(email="anna@voorbeeld.nl", neighbourhoods=[wijk])
    make_subscriber(email="elders@voorbeeld.nl", neighbourhoods=[other])
    until = datetime(2090, 5, 3, 10, tzinfo=UTC)
    make_subscriber(SubscriberState.PAUSED, email="pauze@voorbeeld.nl", paused_until=until)
    make_subscriber(email="dicht@voorbeeld.nl")
    make_subscriber(email="iemand@weg.nl")
    for key, cause in (
        ("dicht@voorbeeld.nl", SuppressionCause.COMPLAINT),
        ("@weg.nl", SuppressionCause.HARD_BOUNCE),
    ):
        scope, since = SuppressionScope.NEWSLETTER, clock.now()
        db.session.add(Suppression(address_key=key, scope=scope, cause=cause, reason="x", since=since))
    return make_newsletter(NewsletterState.APPROVED, neighbourhoods=["reeland"], not_to=1)


def test_who_may_see_addresses_sees_who_gets_it_and_who_not_and_why(newsletter, staff_client: StaffClient):
    client = staff_client("beheerder")

    page = words(client.get(f"{SECTION}2/lezers/").text)
    assert "Nu krijgt 1 abonnee deze nieuwsbrief. Wij slaan over: 4 abonnees. 1 heeft een pauze, 1 kreeg" in page
    assert "anna@voorbeeld.nl Reeland · alle thema’s" in page
    for filtered, address, reason in (
        ("paused", "pauze@voorbeeld.nl", "Pauze tot 3 mei 2090"),
        ("already", "eerder@voorbeeld.nl", "Kreeg nieuwsbrief 1 al"),
        ("suppressed", "dicht@voorbeeld.nl", "Adres is geblokkeerd: klacht van de ontvanger"),
        ("suppressed", "iemand@weg.nl", "Adres is geblokkeerd: adres bestaat niet"),
    ):
        page = words(client.get(f"{SECTION}2/lezers/?status={filtered}").text)
        assert address in page
        assert reason in page
        assert "anna@" not in page
        assert "elders@" not in page


def test_looking_at_the_list_is_noted(newsletter, staff_client: StaffClient):
    client = staff_client("wijkmedewerker")

    client.get(f"{SECTION}2/lezers/")

    assert [(entry.member_id, entry.subject_id) for entry in readings()] == [(client.member.id, newsletter.id)]


@pytest.mark.parametrize("role", ["redacteur", "lezer", "coordinator"])
def test_the_others_see_numbers_that_add_up_and_no_address(newsletter, staff_client: StaffClient, role):
    page = staff_client(role).get(f"{SECTION}2/lezers/").text

    assert "Krijgt de nieuwsbrief 1" in words(page)
    assert "Adres is geblokkeerd 2" in words(page)
    assert "Samen 5" in words(page)
    assert "voorbeeld.nl" not in page.replace(f"{role}", "")
    assert not readings()


def test_the_send_page_says_for_whom_it_is_and_who_falls_out(newsletter, staff_client: StaffClient):
    page = words(staff_client("redacteur").get(f"{SECTION}2/versturen/").text)

    assert "Wijken: Reeland Niet naar wie nieuwsbrief 1 kreeg" in page
    assert "Nu krijgt 1 abonnee deze nieuwsbrief." in page
    assert "Heeft een pauze 1 Kreeg de eerdere nieuwsbrief al 1 Adres is geblokkeerd 2 Samen 5" in page


def test_after_the_start_it_shows_what_was_frozen(newsletter, staff_client: StaffClient):
    services.start_newsletter(2, at=clock.now())
    make_subscriber(email="later@voorbeeld.nl")
    db.session.scalars(sa.select(Delivery).order_by(Delivery.id.desc())).first().state = DeliveryState.FAILED
    client = staff_client("beheerder")

    page = words(client.get(f"{SECTION}2/lezers/").text)

    assert "De nieuwsbrief ging naar 1 abonnee. Vooraf overgeslagen: 4 abonnees. 1 heeft een pauze" in page
    assert "anna@voorbeeld.nl Geweigerd" in page
    assert "later@voorbeeld.nl" not in page
    assert "anna@" in client.get(f"{SECTION}2/lezers/?status=failed").text
    assert "anna@" not in client.get(f"{SECTION}2/lezers/?status=accepted").text
    assert "Samen 1" in words(staff_client("lezer").get(f"{SECTION}2/lezers/").text)
    assert "Vooraf overgeslagen: 4 abonnees. 1 heeft een pauze" in words(client.get(f"{SECTION}2/").text)


def test_a_long_list_goes_on_on_the_next_page(app, staff_client: StaffClient):
    for number in range(51):
        make_subscriber(email=f"lezer-{number:02}@voorbeeld.nl")
    make_newsletter()
    client = staff_client("beheerder")

    first, second = (client.get(f"{SECTION}1/lezers/?pagina={number}").text for number in (1, 2))

    assert ("lezer-49@" in first, "lezer-50@" in first, "lezer-50@" in second) == (True, False, True)
    assert client.get(f"{SECTION}1/lezers/?pagina=3").status_code == 404


@pytest.mark.parametrize("path", ["9/lezers/", "99999999999/lezers/", "1/lezers/?pagina=0"])
def test_what_is_not_there_is_404(app, staff_client: StaffClient, path):
    make_newsletter()

    assert staff_client("beheerder").get(SECTION + path).status_code == 404
