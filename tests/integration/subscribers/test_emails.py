"""What the mails around a subscription say, word for word."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from dordt.shared.mail import Draft
from dordt.subscribers import emails
from dordt.subscribers.models import Subscriber, SubscriberState
from tests.factories.places import make_neighbourhood, make_topic
from tests.factories.subscribers import make_address_change, make_application, make_subscriber

GOLDEN = Path(__file__).parents[2] / "golden"
NOW = datetime(2027, 3, 3, 9, tzinfo=UTC)


def paused(subscriber: Subscriber) -> Draft:
    subscriber.state, subscriber.paused_until = SubscriberState.PAUSED, datetime(2027, 5, 31, 22, tzinfo=UTC)
    return emails.already_subscribed(subscriber)


def chosen(subscriber: Subscriber) -> Draft:
    subscriber.neighbourhoods = [make_neighbourhood(slug="dubbeldam", name="Dubbeldam")]
    subscriber.topics = [make_topic(slug="groen", name="Groen en spelen"), make_topic(slug="verkeer", name="Verkeer")]
    return emails.welcome(subscriber)


def moving(subscriber: Subscriber) -> Draft:
    return emails.confirm_new_address(make_address_change(subscriber, email="anna.nieuw@voorbeeld.nl"), at=NOW)


DRAFTS = {  # the name of the golden text
    "confirm_subscription": lambda subscriber: emails.confirm_subscription(make_application(subscriber), at=NOW),
    "already_subscribed": emails.already_subscribed,
    "already_subscribed.paused": paused,
    "welcome": emails.welcome,
    "welcome.chosen": chosen,
    "confirm_new_address": moving,
    "address_changed": emails.address_changed,
}


@pytest.fixture
def subscriber(app, monkeypatch):
    monkeypatch.setattr(emails, "issue_token", lambda *_args, **_options: "teken")
    return make_subscriber(email="anna@voorbeeld.nl")


@pytest.mark.parametrize("name", DRAFTS)
def test_a_mail_says_what_its_golden_text_says(subscriber, name):
    draft = DRAFTS[name](subscriber)

    sent = f"Aan: {draft.to}\nAntwoord aan: {draft.reply_to}\nOnderwerp: {draft.subject}\n\n{draft.text}"
    assert draft.name == name.partition(".")[0]
    assert sent == (GOLDEN / f"{name}.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", DRAFTS)
def test_every_link_of_the_text_stands_in_the_html_too(subscriber, name):
    draft = DRAFTS[name](subscriber)

    links = [line for line in draft.text.splitlines() if line.startswith("http") and "/nieuwsbrief/" in line]
    assert links
    assert all(f'href="{link}"' in draft.html for link in links)


@pytest.mark.parametrize("name", ["confirm_new_address", "address_changed"])
def test_a_mail_about_a_move_names_neither_address(subscriber, name):
    draft = DRAFTS[name](subscriber)

    assert "anna" not in f"{draft.subject} {draft.text} {draft.html}".lower()


def test_the_links_for_many_have_one_mark_where_the_token_belongs(app):
    leave, choose = emails.merged_unsubscribe_link(), emails.merged_preferences_link()

    assert leave.endswith("/nieuwsbrief/afmelden/[[token]]/")
    assert choose.endswith("/nieuwsbrief/voorkeuren/[[token]]/")
