"""What the mails around a subscription say, word for word."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from dordt.subscribers import emails
from tests.factories.subscribers import make_subscriber

GOLDEN = Path(__file__).parents[2] / "golden"
NOW = datetime(2027, 3, 3, 9, tzinfo=UTC)
DRAFTS = {
    "confirm_subscription": lambda subscriber: emails.confirm_subscription(subscriber, at=NOW),
    "already_subscribed": emails.already_subscribed,
}


@pytest.fixture
def subscriber(app, monkeypatch):
    monkeypatch.setattr(emails, "issue_token", lambda *_args, **_options: "teken")
    return make_subscriber(email="anna@voorbeeld.nl")


@pytest.mark.parametrize("name", DRAFTS)
def test_a_mail_says_what_its_golden_text_says(subscriber, name):
    draft = DRAFTS[name](subscriber)

    told = f"Aan: {draft.to}\nAntwoord aan: {draft.reply_to}\nOnderwerp: {draft.subject}\n\n{draft.text}"
    assert draft.name == name
    assert told == (GOLDEN / f"{name}.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", DRAFTS)
def test_every_link_of_the_text_stands_in_the_html_too(subscriber, name):
    draft = DRAFTS[name](subscriber)

    links = [line for line in draft.text.splitlines() if "teken" in line]
    assert links
    assert all(f'href="{link}"' in draft.html for link in links)
