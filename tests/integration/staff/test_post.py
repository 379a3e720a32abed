"""The section Post: what became of every mail, and sending once more."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from dordt.audit.models import AuditEntry, ReadingEntry
from dordt.extensions import db
from dordt.mailer.labels import STATE_ADVICE
from dordt.mailer.ledger import outbox
from dordt.mailer.models import (
    Delivery,
    DeliveryState,
    MailEvent,
    MailEventKind,
    SuppressionCause,
    SuppressionScope,
)
from dordt.mailer.suppression import list as suppression_list
from dordt.shared import clock
from dordt.shared.mail import Draft
from tests.factories.received import make_received
from tests.support.markup import text_of

KEY = "WzMsMV0.awU8mw.J9wzOIEhJnE_vFxOB8mFTI65OPo"


@pytest.fixture
def delivery(app) -> Delivery:
    link = f"https://dordt.voorbeeld.nl/bericht/{KEY}/"
    html = f'<!doctype html><html lang="nl"><head><title>x</title></head><body><a href="{link}">volg</a></body></html>'
    draft = Draft(
        "message_received", "anna@voorbeeld.nl", "Wij hebben uw bericht gekregen", f"Volg hier: {link}\n", html
    )
    made = outbox.enqueue(draft, at=clock.now())
    db.session.commit()
    assert made
    return made


def become(delivery: Delivery, state: DeliveryState, words: str = "5.1.1 User unknown") -> None:
    delivery.state, delivery.relay_code, delivery.relay_text = state, 550, words
    db.session.add(MailEvent(delivery_id=delivery.id, kind=MailEventKind.FAILED, at=clock.now(), detail=words))
    db.session.commit()


def test_every_mail_is_listed_with_what_became_of_it(staff_client, delivery):
    become(delivery, DeliveryState.FAILED)

    page = staff_client("wijkmedewerker").get("/beheer/post/").text

    assert "anna@voorbeeld.nl" in page
    assert "Wij hebben uw bericht gekregen" in page
    assert "Geweigerd" in page


def test_who_may_not_see_contact_details_sees_no_address_and_no_personal_text(staff_client, delivery):
    become(delivery, DeliveryState.FAILED, "5.1.1 <anna@voorbeeld.nl> User unknown")
    client = staff_client("redacteur")

    for path in ("/beheer/post/", f"/beheer/post/{delivery.id}/"):
        assert "anna@voorbeeld.nl" not in client.get(path).text
    assert "Volg hier" not in client.get(f"/beheer/post/{delivery.id}/").text
    assert client.get(f"/beheer/post/{delivery.id}/html/").status_code == 403


def test_the_words_of_the_relay_can_be_read_and_reading_is_logged(staff_client, delivery):
    become(delivery, DeliveryState.FAILED)
    client = staff_client("wijkmedewerker")

    assert "5.1.1 User unknown" in client.get(f"/beheer/post/{delivery.id}/").text

    read = db.session.scalars(sa.select(ReadingEntry)).one()
    assert (read.subject_type, read.subject_id, read.member_id) == ("delivery", delivery.id, client.member.id)


@pytest.mark.parametrize("page", ["", "html/"])
def test_the_keys_of_a_resident_are_left_out(staff_client, delivery, page):
    text = staff_client("beheerder").get(f"/beheer/post/{delivery.id}/{page}").text

    assert KEY not in text
    assert "/bericht/…/" in text if page else "…" in text


def test_the_html_part_stands_alone_under_a_policy_of_its_own(staff_client, delivery):
    answer = staff_client("beheerder").get(f"/beheer/post/{delivery.id}/html/")

    policy = answer.headers["Content-Security-Policy"]
    assert "sandbox" in policy
    assert "script-src" not in policy
    assert "default-src 'none'" in policy


@pytest.mark.parametrize("state", [DeliveryState.FAILED, DeliveryState.UNCERTAIN], ids=str)
def test_what_did_not_arrive_can_be_sent_once_more(staff_client, delivery, state):
    become(delivery, state)
    client = staff_client("wijkmedewerker")

    response = client.post(f"/beheer/post/{delivery.id}/opnieuw/")

    assert response.location == f"/beheer/post/{delivery.id}/"
    db.session.refresh(delivery)
    assert delivery.state is DeliveryState.QUEUED
    logged = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "delivery.resent")).one()
    assert (logged.subject_id, logged.actor_id) == (delivery.id, client.member.id)


@pytest.mark.parametrize("state", [DeliveryState.ACCEPTED, DeliveryState.QUEUED, DeliveryState.CANCELLED], ids=str)
def test_what_arrived_or_is_on_its_way_is_not_sent_again(staff_client, delivery, state):
    become(delivery, state)
    client = staff_client("wijkmedewerker")

    client.post(f"/beheer/post/{delivery.id}/opnieuw/")

    db.session.refresh(delivery)
    assert delivery.state is state
    assert "Er is niets veranderd" in client.get(f"/beheer/post/{delivery.id}/").text


def test_a_reader_may_not_send_again(staff_client, delivery):
    become(delivery, DeliveryState.FAILED)

    assert staff_client("lezer").post(f"/beheer/post/{delivery.id}/opnieuw/").status_code == 403


FILTERS = {
    "?status=failed": True,
    "?status=accepted": False,
    "?soort=transactional": True,
    "?soort=newsletter": False,
    "?status=onzin": True,
}


@pytest.mark.parametrize(("query", "is_shown"), FILTERS.items(), ids=FILTERS)
def test_filters_stand_in_the_address(staff_client, delivery, query, is_shown):
    become(delivery, DeliveryState.FAILED)

    page = staff_client("wijkmedewerker").get(f"/beheer/post/{query}").text

    assert ("anna@voorbeeld.nl" in page) == is_shown


@pytest.mark.parametrize(
    ("role", "words", "is_shown"),
    [
        ("wijkmedewerker", "anna@", True),
        ("wijkmedewerker", "bericht gekregen", True),
        ("wijkmedewerker", "%", False),
        ("redacteur", "anna@", False),
    ],
)
def test_a_search_looks_in_subjects_and_for_some_in_addresses(staff_client, delivery, role, words, is_shown):
    client = staff_client(role)

    client.post("/beheer/post/zoeken/", data={"zoek": words})

    assert (f"/beheer/post/{delivery.id}/" in client.get("/beheer/post/").text) == is_shown


@pytest.mark.parametrize("state", DeliveryState, ids=str)
def test_every_state_says_what_it_means_and_what_to_do(staff_client, delivery, state):
    become(delivery, state)

    page = staff_client("lezer").get(f"/beheer/post/{delivery.id}/").text

    assert all(sentence in page for sentence in STATE_ADVICE[state])


def test_a_delivery_shows_what_happened_in_order_and_what_came_of_it(staff_client, delivery):
    become(delivery, DeliveryState.BOUNCED)
    at = clock.now()
    for kind, minutes in ((MailEventKind.BOUNCED, 5), (MailEventKind.ACCEPTED, -5)):
        db.session.add(MailEvent(delivery_id=delivery.id, kind=kind, at=at + timedelta(minutes=minutes)))
    suppression_list.add(
        delivery.address_key,
        scope=SuppressionScope.ALL,
        cause=SuppressionCause.HARD_BOUNCE,
        reason="User unknown",
        delivery_id=delivery.id,
        at=at,
    )
    received = make_received(delivery_id=delivery.id)

    page = staff_client("wijkmedewerker").get(f"/beheer/post/{delivery.id}/").text

    before, words = text_of(page).split("Wat ermee gebeurde")
    assert words.index("Aangenomen door de mailserver") < words.index("Geweigerd") < words.index("Kwam terug")
    assert "Dit adres is geblokkeerd door deze e-mail" in before
    assert f'href="/beheer/post/binnengekomen/{received.id}/"' in page
