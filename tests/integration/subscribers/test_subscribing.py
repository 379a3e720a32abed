"""Asking for the newsletter: the form, and what it says and mails to whom."""

import re

import pytest
import sqlalchemy as sa

from dordt.consent.models import ConsentText
from dordt.extensions import db
from dordt.subscribers.forms import CONSENT_TEXT
from dordt.subscribers.models import Subscriber, SubscriberState
from tests.factories.subscribers import make_subscriber, preferences_path
from tests.support.subscribers import consents, subscribe, the_subscriber

pytestmark = pytest.mark.usefixtures("choices")

CHECK_INBOX = "/nieuwsbrief/controleer-uw-mail/"


def names_of(outbox) -> list[str]:
    return [mail.name for mail in outbox()]


def test_signing_up_stores_the_choices_and_asks_to_confirm_by_mail(client, outbox):
    response = subscribe(client, neighbourhoods=["sterrenburg", "dubbeldam"], topics=["groen-en-spelen"])

    assert (response.status_code, response.location) == (303, CHECK_INBOX)
    stored = the_subscriber()
    assert (stored.state, stored.email, stored.email_key) == ("unconfirmed", "Anna@Voorbeeld.nl", "anna@voorbeeld.nl")
    assert {wijk.slug for wijk in stored.neighbourhoods} == {"sterrenburg", "dubbeldam"}
    assert [topic.slug for topic in stored.topics] == ["groen-en-spelen"]
    (mail,) = outbox()
    assert (mail.name, mail.to) == ("confirm_subscription", "Anna@Voorbeeld.nl")


def test_consent_is_kept_with_the_words_that_stood_beside_the_box(client):
    subscribe(client)

    (consent,) = consents()
    text = db.session.scalars(sa.select(ConsentText).where(ConsentText.version == consent.text_version)).one()
    assert text.text == CONSENT_TEXT
    assert (consent.address_key, consent.source, consent.confirmed_at) == ("anna@voorbeeld.nl", "/nieuwsbrief/", None)
    assert CONSENT_TEXT in client.get("/nieuwsbrief/").text


def test_the_same_form_sent_twice_is_one_subscriber_and_one_mail(client, outbox):
    answers = [subscribe(client).status_code for _ in range(2)]

    assert answers == [303, 303]
    assert names_of(outbox) == ["confirm_subscription"]
    assert len(consents()) == 1


@pytest.mark.parametrize("state", [SubscriberState.CONFIRMED, SubscriberState.PAUSED])
def test_a_known_address_gets_the_same_answer_and_a_mail_that_says_so(client, outbox, state):
    make_subscriber(state, email="anna@voorbeeld.nl")

    response = subscribe(client, email="ANNA@voorbeeld.nl")

    assert (response.status_code, response.location) == (303, CHECK_INBOX)
    (mail,) = outbox()
    assert (mail.name, mail.to) == ("already_subscribed", "anna@voorbeeld.nl")
    assert client.post(mail.path("afmelden")).status_code == 303
    assert the_subscriber().state == "unsubscribed"


def test_known_and_unknown_addresses_get_the_very_same_page(client):
    make_subscriber(email="anna@voorbeeld.nl")

    answers = [subscribe(client, email) for email in ("anna@voorbeeld.nl", "nieuw@voorbeeld.nl")]

    assert answers[0].data == answers[1].data
    assert sorted(answers[0].headers.keys()) == sorted(answers[1].headers.keys())


def test_a_stranger_changes_nothing_of_a_subscriber(client, outbox):
    make_subscriber(email="anna@voorbeeld.nl")

    subscribe(client, neighbourhoods=["dubbeldam"], topics=["groen-en-spelen"])
    subscribe(client, neighbourhoods=["sterrenburg"])

    stored = the_subscriber()
    assert (stored.state, stored.neighbourhoods, stored.topics) == ("confirmed", [], [])
    assert not consents()
    assert names_of(outbox) == ["already_subscribed"]


def test_the_mails_repeat_nothing_that_was_typed(client, outbox):
    subscribe(client, neighbourhoods=["sterrenburg"])

    (mail,) = outbox()

    assert "Sterrenburg" not in mail.text + mail.html
    assert "Anna" not in mail.subject + mail.text + mail.html


def test_hostile_words_in_any_field_reach_no_mail_before_the_address_is_proved(client, outbox):
    hostile = "Gratis geld op https://boef.voorbeeld.nl <b>nu</b>"
    address = "gratis.geld.op.boef+nu@voorbeeld.nl"
    subscribe(client, email=address, consent=hostile, name=hostile, remark=hostile)
    subscribe(client, email=f"a{address}", website=hostile)
    subscribe(client, email=f"b{address}", neighbourhoods=[hostile], topics=[hostile])
    anna = make_subscriber()
    for part, field in {"adres": "email", "keuze": "topics", "pauze": "months"}.items():
        client.post(f"{preferences_path(anna)}{part}/", data={field: hostile, "subject": hostile})
    client.post(f"{preferences_path(anna)}adres/", data={"email": address, "name": hostile})

    assert names_of(outbox) == ["confirm_subscription", "confirm_new_address"]
    for mail in outbox():
        said = f"{mail.subject} {mail.text} {mail.html} {mail.headers}".lower()
        assert not [word for word in ("gratis", "geld", "boef", "<b>nu") if word in said]


def test_every_link_in_a_mail_starts_with_the_address_of_the_site_whatever_host_was_named(client, outbox):
    there = "http://boef.voorbeeld.nl"
    token = re.search(
        r'name="csrf_token" type="hidden" value="([^"]+)"', client.get("/nieuwsbrief/", base_url=there).text
    )
    request = {"email": "a@voorbeeld.nl", "consent": "y", "csrf_token": token[1]}
    client.post("/nieuwsbrief/", data=request, base_url=there, csrf=False)

    (mail,) = outbox()

    site = client.application.config["SITE_URL"]
    assert mail.path("bevestigen")
    assert all(link.startswith(site) for link in mail.links)


HOSTILE = {
    "nothing": ({"email": "", "consent": ""}, 422, "Vul een e-mailadres in"),
    "no consent": ({"consent": ""}, 422, "Vink aan dat u de nieuwsbrief wilt krijgen."),
    "spaces": ({"email": "   "}, 422, "Vul een e-mailadres in"),
    "no address": ({"email": "anna"}, 422, "naam@voorbeeld.nl"),
    "two addresses": ({"email": "a@voorbeeld.nl, b@voorbeeld.nl"}, 422, "naam@voorbeeld.nl"),
    "100 kB": ({"email": "a" * 100_000 + "@voorbeeld.nl"}, 422, "Maak de tekst korter"),
    "NUL": ({"email": "anna\x00@voorbeeld.nl"}, 422, "niet kunnen lezen"),
    "emoji": ({"email": "anna🌳@voorbeeld.nl"}, 422, "naam@voorbeeld.nl"),
    "HTML": ({"email": "<b>anna</b>@voorbeeld.nl"}, 422, "naam@voorbeeld.nl"),
    "CRLF": ({"email": "anna@voorbeeld.nl\r\nBcc: b@voorbeeld.nl"}, 422, "op één regel"),
    "invalid UTF-8": ({"email": b"ann\xff\xfe@voorbeeld.nl"}, 422, "niet kunnen lezen"),
    "unknown wijk": ({"neighbourhoods": ["atlantis"]}, 422, "uit de lijst"),
    "unknown topic": ({"topics": ["goud"]}, 422, "uit de lijst"),
    "NUL in a wijk": ({"neighbourhoods": ["sterrenburg\x00"]}, 422, "niet kunnen lezen"),
    "trap": ({"website": "https://reclame.voorbeeld.nl"}, 422, "Wij maakten dat veld leeg."),
    "forged CSRF": ({"csrf_token": "vals"}, 400, "Verstuur het opnieuw"),
}


@pytest.mark.parametrize(("values", "status", "text"), HOSTILE.values(), ids=HOSTILE)
def test_broken_values_get_a_clear_text_and_are_not_stored(client, outbox, values, status, text):
    response = subscribe(client, **values)

    assert response.status_code == status
    assert text in response.text
    assert db.session.scalar(sa.select(Subscriber)) is None
    assert not outbox()


def test_what_was_typed_stands_in_the_form_again(client):
    response = subscribe(client, email="anna@", neighbourhoods=["dubbeldam"], csrf_token="vals")

    assert 'value="anna@"' in response.text
    assert "checked" in response.text.split('value="dubbeldam"')[0].rsplit("<input", 1)[1]


def test_json_is_no_form(client):
    response = client.post("/nieuwsbrief/", json={"email": ["a"], "consent": 1}, csrf=False)

    assert response.status_code == 400
    assert db.session.scalar(sa.select(Subscriber)) is None
