"""Subscribers as staff see them."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from dordt.audit.models import AuditEntry, ReadingEntry
from dordt.consent import services as consent
from dordt.consent.models import ConsentPurpose
from dordt.extensions import db
from dordt.mailer.ledger import outbox as post
from dordt.shared import clock
from dordt.shared.mail import Draft
from dordt.subscribers.models import Subscriber, SubscriberState
from tests.factories.places import make_neighbourhood
from tests.factories.subscribers import make_subscriber
from tests.support.visitors import Visitor

StaffClient = Callable[..., Visitor]
PAGES = "/beheer/abonnees/"


def states() -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(Subscriber.state)))


def test_the_list_shows_who_is_there_and_how_many_per_state(staff_client: StaffClient):
    make_subscriber(email="anna@voorbeeld.nl")
    make_subscriber(SubscriberState.UNSUBSCRIBED, email="bram@voorbeeld.nl")

    page = staff_client("wijkmedewerker").get(PAGES).text

    assert "anna@voorbeeld.nl" in page
    assert "bram@voorbeeld.nl" in page
    assert '<span class="tile__number">1</span> Afgemeld' in page
    assert '<span class="tile__number">0</span> Pauze' in page


def test_filters_stand_in_the_address(staff_client: StaffClient):
    wijk = make_neighbourhood(slug="dubbeldam")
    make_subscriber(email="anna@voorbeeld.nl", neighbourhoods=[wijk])
    make_subscriber(email="bram@voorbeeld.nl")
    make_subscriber(SubscriberState.PAUSED, email="cor@voorbeeld.nl")
    client = staff_client("wijkmedewerker")

    in_wijk = client.get(f"{PAGES}?wijk=dubbeldam").text
    paused = client.get(f"{PAGES}?status=paused").text

    assert ("anna@" in in_wijk, "bram@" in in_wijk) == (True, False)
    assert ("anna@" in paused, "cor@" in paused) == (False, True)


@pytest.mark.parametrize("query", ["?status=onzin", "?wijk=atlantis", "?wijk=%25'--"])
def test_filters_that_mean_nothing_are_harmless(staff_client: StaffClient, query: str):
    make_subscriber()

    assert staff_client("wijkmedewerker").get(PAGES + query).status_code == 200


@pytest.mark.parametrize("number", ["0", "99", "x", "99999999999"])
def test_a_page_that_is_not_there_is_404(staff_client: StaffClient, number: str):
    assert staff_client("lezer").get(f"{PAGES}?pagina={number}").status_code == 404


def test_the_search_is_kept_in_the_session_and_stands_in_no_address(staff_client: StaffClient):
    make_subscriber(email="anna_b@voorbeeld.nl")
    make_subscriber(email="annaxb@voorbeeld.nl")
    client = staff_client("wijkmedewerker")

    answer = client.post(f"{PAGES}zoeken/", data={"zoek": "ANNA_B"})

    assert "anna" not in answer.location.lower()
    page = client.get(answer.location).text
    assert ("anna_b@" in page, "annaxb@" in page) == (True, False)
    client.post(f"{PAGES}zoeken/", data={"wissen": "1"})
    assert "annaxb@" in client.get(PAGES).text


def test_who_may_not_see_contact_details_sees_no_address_and_cannot_search(staff_client: StaffClient):
    anna = make_subscriber(email="anna@voorbeeld.nl")
    client = staff_client("lezer")

    assert "anna@" not in client.get(PAGES).text
    assert "anna@" not in client.get(f"{PAGES}{anna.id}/").text
    assert client.post(f"{PAGES}zoeken/", data={"zoek": "anna"}).status_code == 403
    assert client.post(f"{PAGES}{anna.id}/afmelden/", data={"reason": "phone"}).status_code == 403
    assert states() == ["confirmed"]


def test_the_detail_page_shows_choices_proof_and_post_of_the_newsletter_alone(staff_client: StaffClient):
    anna = make_subscriber(email="anna@voorbeeld.nl", neighbourhoods=[make_neighbourhood(name="Dubbeldam")])
    at = clock.now()
    consent.record(anna.email_key, ConsentPurpose.NEWSLETTER, text="Ja, graag.", source="/nieuwsbrief/", at=at)
    for name, subject in (("already_subscribed", "U ontvangt hem al"), ("message_answered", "Over uw buurman")):
        post.enqueue(Draft(name=name, to=anna.email, subject=subject, text="x", html="x"), at=at)
    db.session.commit()

    page = staff_client("wijkmedewerker").get(f"{PAGES}{anna.id}/").text

    for text in ("anna@voorbeeld.nl", "Dubbeldam", "Ja, graag.", "/nieuwsbrief/", "U ontvangt hem al"):
        assert text in page
    assert "Over uw buurman" not in page


def test_reading_a_subscriber_is_noted(staff_client: StaffClient):
    anna, client = make_subscriber(), staff_client("wijkmedewerker")

    client.get(f"{PAGES}{anna.id}/")

    entry = db.session.scalars(sa.select(ReadingEntry)).one()
    assert (entry.member_id, entry.subject_type, entry.subject_id) == (client.member.id, "subscriber", anna.id)


def test_a_subscriber_who_is_not_there_is_404_and_leaves_no_trace(staff_client: StaffClient):
    assert staff_client("wijkmedewerker").get(f"{PAGES}77/").status_code == 404
    assert db.session.scalar(sa.select(ReadingEntry)) is None


def test_staff_unsubscribe_somebody_who_asked_with_a_reason_in_the_log(staff_client: StaffClient):
    anna, client = make_subscriber(), staff_client("wijkmedewerker", name="Mila")

    answer = client.post(f"{PAGES}{anna.id}/afmelden/", data={"reason": "phone"})

    assert answer.location == f"{PAGES}{anna.id}/"
    assert "is afgemeld" in client.get(answer.location).text
    assert states() == ["unsubscribed"]
    entry = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "subscriber.unsubscribed")).one()
    assert (entry.actor_name, entry.detail) == ("Mila", {"reason": "phone"})


@pytest.mark.parametrize(
    ("values", "status"),
    [({}, 422), ({"reason": "omdat"}, 422), ({"reason": "phone", "csrf_token": "vals"}, 400)],
    ids=["no reason", "unknown reason", "forged CSRF"],
)
def test_without_a_reason_or_a_token_nobody_is_unsubscribed(staff_client: StaffClient, values, status):
    anna = make_subscriber()

    assert staff_client("wijkmedewerker").post(f"{PAGES}{anna.id}/afmelden/", data=values).status_code == status
    assert states() == ["confirmed"]


def test_an_empty_list_says_what_will_appear(staff_client: StaffClient):
    assert "Er zijn nog geen abonnees" in staff_client("lezer").get(PAGES).text
