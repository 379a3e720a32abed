"""Nobody can use our forms to fill the inbox of somebody else, or of many others."""

import pytest

from config import Development, Production
from dordt.extensions import db
from dordt.subscribers.views import TOO_MANY
from dordt.throttling.models import RateCount
from tests.factories.places import make_neighbourhood
from tests.factories.subscribers import make_subscriber, preferences_path

LIMIT = 3


@pytest.fixture(autouse=True)
def _limit(app, monkeypatch):
    monkeypatch.setitem(app.config, "SUBSCRIBE_LIMIT_OF_NETWORK", f"{LIMIT} per hour")
    make_neighbourhood(slug="dubbeldam", name="Dubbeldam")


def subscribe(client, number: int, network: str = "192.0.2.1", **changes):
    data = {"email": f"lezer.{number}@voorbeeld.nl", "consent": "y", **changes}
    return client.post("/nieuwsbrief/", data=data, environ_base={"REMOTE_ADDR": network})


def test_residents_meet_a_limit_and_who_tries_things_out_does_not():
    assert Production.SUBSCRIBE_LIMIT_OF_NETWORK == "60 per hour"
    assert Development.SUBSCRIBE_LIMIT_OF_NETWORK == "100000 per hour"


def test_one_network_asks_no_more_mails_than_its_limit(client, outbox):
    assert [subscribe(client, number).status_code for number in range(LIMIT)] == [303] * LIMIT

    answer = subscribe(client, 9)

    assert answer.status_code == 429
    assert len(outbox()) == LIMIT


def test_the_answer_keeps_what_was_typed_and_says_what_to_do(client):
    for number in range(LIMIT):
        subscribe(client, number)

    answer = subscribe(client, 9, neighbourhoods=["dubbeldam"])

    assert TOO_MANY in answer.text
    assert "Wacht een uur" in TOO_MANY
    assert 'value="lezer.9@voorbeeld.nl"' in answer.text
    assert "checked" in answer.text.split('value="dubbeldam"')[0].rsplit("<input", 1)[1]
    assert int(answer.headers["Retry-After"]) > 0
    assert answer.headers["Cache-Control"] == "no-store"


def test_another_network_is_not_kept_waiting(client):
    for number in range(LIMIT + 1):
        subscribe(client, number)

    assert subscribe(client, 9, network="192.0.2.2").status_code == 303
    assert client.get("/nieuwsbrief/").status_code == 200


def test_all_addresses_of_one_subscriber_to_ipv6_count_together(client):
    answers = [
        subscribe(client, number, network=f"2001:db8:1:2::{number + 1}").status_code for number in range(LIMIT + 1)
    ]

    assert answers == [303] * LIMIT + [429]
    assert subscribe(client, 9, network="2001:db8:1:3::1").status_code == 303


def test_who_makes_mistakes_is_not_kept_waiting(client):
    for _ in range(LIMIT + 2):
        assert subscribe(client, 1, consent="").status_code == 422

    assert subscribe(client, 1).status_code == 303


def test_a_known_address_counts_as_an_unknown_one(client):
    make_subscriber(email="lezer.1@voorbeeld.nl")

    answers = [subscribe(client, 1).status_code for _ in range(LIMIT + 1)]

    assert answers == [303] * LIMIT + [429]


def test_asking_for_a_new_address_counts_with_the_rest(client, outbox):
    path = preferences_path(make_subscriber())
    here = {"environ_base": {"REMOTE_ADDR": "192.0.2.1"}}
    for number in range(LIMIT):
        subscribe(client, number)

    answer = client.post(f"{path}adres/", data={"email": "nieuw@voorbeeld.nl"}, **here)

    assert answer.status_code == 429
    assert TOO_MANY in answer.text
    assert 'value="nieuw@voorbeeld.nl"' in answer.text
    assert "Set-Cookie" not in answer.headers
    assert len(outbox()) == LIMIT
    assert client.post(f"{path}pauze/", data={"months": "1"}, **here).status_code == 303


def test_a_dead_link_says_so_also_to_a_network_that_must_wait(client):
    anna = make_subscriber()
    path = preferences_path(anna)
    anna.link_version += 1
    for number in range(LIMIT):
        subscribe(client, number)

    answer = client.post(f"{path}adres/", data={"email": "a@voorbeeld.nl"}, environ_base={"REMOTE_ADDR": "192.0.2.1"})

    assert answer.status_code == 410


def test_the_table_holds_no_network_and_no_address(client):
    subscribe(client, 1)

    kept = " ".join(row.key for row in db.session.query(RateCount))
    assert kept
    assert "192.0.2.1" not in kept
    assert "voorbeeld" not in kept
