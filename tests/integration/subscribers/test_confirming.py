"""The link that confirms a subscription: what it does, how long it works, and what becomes of who never uses it."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from dordt.extensions import db
from dordt.mailer.models import Mail
from dordt.shared import clock
from dordt.subscribers import services
from dordt.subscribers.models import Subscriber, SubscriberApplication, SubscriberState
from tests.factories.subscribers import confirm_path, make_subscriber, unsubscribe_path
from tests.support.subscribers import consents, subscribe, the_subscriber

pytestmark = pytest.mark.usefixtures("choices")


def names_of(outbox) -> list[str]:
    return [mail.name for mail in outbox()]


def age_mails(by: timedelta = timedelta(hours=2)) -> None:
    """As if what stands in the ledger was put there long ago."""
    for mail in db.session.scalars(sa.select(Mail)):
        for delivery in mail.deliveries:
            delivery.created_at -= by
    for application in db.session.scalars(sa.select(SubscriberApplication)):
        application.asked_at -= by
    db.session.commit()


def test_confirming_takes_a_button(client, outbox):
    subscribe(client, neighbourhoods=["sterrenburg"])
    link = outbox()[0].path("bevestigen")

    page = client.get(link)
    assert "Ja, ik wil de nieuwsbrief" in page.text
    assert "Sterrenburg" in page.text
    client.head(link)
    assert the_subscriber().state == "unconfirmed"

    answer = client.post(link)
    assert (answer.status_code, answer.location) == (303, link)
    page = client.get(link).text
    assert "Uw aanmelding is bevestigd" in page
    assert "Ja, ik wil de nieuwsbrief" not in page
    assert the_subscriber().state == "confirmed"
    assert consents()[0].confirmed_at is not None


def test_confirming_twice_does_one_thing(client, outbox):
    subscribe(client)
    link = outbox()[0].path("bevestigen")
    client.post(link)
    first = the_subscriber().confirmed_at

    assert client.post(link).status_code == 303
    assert the_subscriber().confirmed_at == first
    assert names_of(outbox) == ["confirm_subscription", "welcome"]


def test_the_welcome_names_what_was_chosen_and_leads_to_it(client, outbox):
    subscribe(client, neighbourhoods=["sterrenburg"], topics=["groen-en-spelen"])
    client.post(outbox()[0].path("bevestigen"))

    welcome = outbox()[1]
    assert (welcome.name, welcome.to) == ("welcome", "Anna@Voorbeeld.nl")
    assert "Wijken: Sterrenburg\nThema’s: Groen en spelen\n" in welcome.text
    assert client.get(welcome.path("archief")).status_code == 200
    assert "Uw nieuwsbrief" in client.get(welcome.path("voorkeuren")).text
    assert client.post(welcome.path("afmelden")).status_code == 303
    assert the_subscriber().state == "unsubscribed"


def test_the_pages_behind_a_link_set_no_cookie_and_are_not_kept(client):
    anna = make_subscriber(SubscriberState.UNCONFIRMED)

    for path in (confirm_path(anna), unsubscribe_path(anna)):
        for answer in (client.get(path), client.post(path), client.get(path)):
            assert "Set-Cookie" not in answer.headers
            assert answer.headers["Cache-Control"] == "no-store"


def test_a_second_request_leaves_the_first_link_alive(client, outbox):
    subscribe(client)
    first = outbox()[0].path("bevestigen")
    age_mails()
    subscribe(client, neighbourhoods=["dubbeldam"])

    assert names_of(outbox) == ["confirm_subscription"] * 2
    assert client.post(first).status_code == 303
    stored = the_subscriber()
    assert (stored.state, stored.neighbourhoods) == ("confirmed", [])  # as the first form said
    assert client.post(outbox()[1].path("bevestigen")).status_code == 410


def test_what_was_asked_by_a_link_that_is_dead_is_no_proof_of_a_later_yes(client, outbox):
    make_subscriber(SubscriberState.UNSUBSCRIBED, email="anna@voorbeeld.nl")
    subscribe(client)
    consents()[0].asked_at -= timedelta(days=8)
    age_mails()

    subscribe(client)
    client.post(outbox()[1].path("bevestigen"))

    (proof,) = consents()
    assert proof.confirmed_at - proof.asked_at < timedelta(hours=1)


def test_an_old_link_shows_how_to_ask_a_new_one(client, monkeypatch):
    path = confirm_path(make_subscriber(SubscriberState.UNCONFIRMED))
    monkeypatch.setitem(client.application.config, "CONFIRM_WITHIN", timedelta(seconds=-1))

    for answer in (client.get(path), client.post(path)):
        assert answer.status_code == 410
        assert 'href="/nieuwsbrief/"' in answer.text
    assert the_subscriber().state == "unconfirmed"


@pytest.mark.parametrize("spoil", [lambda p: p[:-1] + "x/", lambda p: p[:-4] + "/"], ids=["longer", "cut"])
def test_a_changed_link_does_nothing(client, spoil):
    path = spoil(confirm_path(make_subscriber(SubscriberState.UNCONFIRMED)))

    assert client.get(path).status_code == 410
    assert client.post(path).status_code == 410
    assert the_subscriber().state == "unconfirmed"


def test_a_confirm_link_is_no_link_to_leave_and_the_other_way_round(client):
    anna = make_subscriber(SubscriberState.UNCONFIRMED)

    assert client.post(confirm_path(anna).replace("bevestigen", "afmelden")).status_code == 410
    assert client.post(unsubscribe_path(anna).replace("afmelden", "bevestigen")).status_code == 410
    assert the_subscriber().state == "unconfirmed"


def test_who_never_confirmed_is_erased_after_the_time_that_the_mail_named(client):
    subscribe(client, email="laat@voorbeeld.nl")
    at = clock.now()

    assert services.erase_unconfirmed(at=at + timedelta(days=6)) == 0
    assert services.erase_unconfirmed(at=at + timedelta(days=8)) == 1
    assert not consents()
    assert db.session.scalar(sa.select(Subscriber)) is None


def test_nobody_else_is_erased(client):
    for state in (SubscriberState.CONFIRMED, SubscriberState.PAUSED, SubscriberState.UNSUBSCRIBED):
        make_subscriber(state)

    assert services.erase_unconfirmed(at=clock.now() + timedelta(days=900)) == 0
