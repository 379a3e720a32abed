"""What a resident sees of what we keep of them, and takes along as a file."""

import json
from datetime import timedelta

import pytest

from dordt.mailer.models import DeliveryState
from dordt.shared import clock
from dordt.subscribers.forms import CONSENT_TEXT
from dordt.subscribers.labels import SENT_LABELS
from dordt.subscribers.models import Subscriber, SubscriberState
from tests.factories.places import make_neighbourhood, make_topic
from tests.factories.subscribers import make_address_change, make_subscriber, preferences_path, unsubscribe_path
from tests.support.csv_files import csv_rows
from tests.support.subscribers import put_newsletter_in_post


@pytest.fixture
def anna(client, outbox) -> Subscriber:
    """Somebody who came, left with a reason and came back, got two newsletters, and wants another address."""
    staart, groen = make_neighbourhood(slug="staart", name="Staart"), make_topic(slug="groen", name="Groen en spelen")
    found = make_subscriber(email="anna@voorbeeld.nl", neighbourhoods=[staart], topics=[groen])
    client.post(unsubscribe_path(found))
    client.post(f"{unsubscribe_path(found)}reden/", data={"reason": "other", "remark": "=1+1"})
    request = {"email": found.email, "consent": "y", "neighbourhoods": ["staart"], "topics": ["groen"]}
    client.post("/nieuwsbrief/", data=request)
    client.post(outbox()[-1].path("bevestigen"))
    put_newsletter_in_post(found, DeliveryState.ACCEPTED)
    put_newsletter_in_post(found, DeliveryState.BOUNCED)
    make_address_change(found, email="anna.nieuw@voorbeeld.nl")
    return found


WORDS = (
    *("anna@voorbeeld.nl", "anna.nieuw@voorbeeld.nl", "Bevestigd", "Staart", "Groen en spelen", CONSENT_TEXT),
    *("/nieuwsbrief/", "Formulier op de site", "Proef", "Verstuurd", "Niet aangekomen", "Iets anders", "=1+1"),
)


def test_the_page_shows_it_all_in_words(client, anna):
    page = client.get(f"{preferences_path(anna)}gegevens/").text

    assert [word for word in WORDS if word not in page] == []


def test_the_file_for_a_programme_holds_it_all(client, anna):
    answer = client.get(f"{preferences_path(anna)}gegevens.json")

    assert answer.mimetype == "application/json"
    assert 'filename="mijn-nieuwsbrief-gegevens.json"' in answer.headers["Content-Disposition"]
    data = json.loads(answer.data)
    assert [word for word in WORDS if word not in answer.text] == []
    assert data["abonnement"][0]["wijken"] == ["Staart"]
    assert data["toestemming"][0]["ingetrokken"] is None
    assert data["toestemming"][0]["bevestigd"].endswith(("+01:00", "+02:00"))
    assert [sent["wat ervan werd"] for sent in data["nieuwsbrieven"]] == ["Niet aangekomen", "Verstuurd"]


def test_the_file_for_a_spreadsheet_holds_it_all_and_runs_nothing(client, anna):
    answer = client.get(f"{preferences_path(anna)}gegevens.csv")

    head, *rows = csv_rows(answer)
    values = [row[-1] for row in rows]
    assert head == ["onderdeel", "nummer", "gegeven", "waarde"]
    assert "'=1+1" in values
    assert [word for word in WORDS if not any(word in value for value in values)] == []


def test_other_kinds_of_files_do_not_exist(client):
    assert client.get(f"{preferences_path(make_subscriber())}gegevens.xlsx").status_code == 404


def test_nothing_of_anybody_else_stands_in_it(client, anna):
    bert = make_subscriber(email="bert@voorbeeld.nl")
    put_newsletter_in_post(bert, DeliveryState.ACCEPTED)

    for part in ("gegevens/", "gegevens.json", "gegevens.csv"):
        assert "bert" not in client.get(preferences_path(anna) + part).text
        assert "anna" not in client.get(preferences_path(bert) + part).text


def test_a_pause_is_named_with_its_end(client):
    until = clock.now() + timedelta(days=40)
    anna = make_subscriber(SubscriberState.PAUSED, paused_until=until)

    assert "Pauze tot" in client.get(f"{preferences_path(anna)}gegevens/").text


def test_every_state_of_a_newsletter_has_words():
    assert set(SENT_LABELS) == set(DeliveryState)
