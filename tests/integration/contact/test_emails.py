"""What the mails around a message say, word for word."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from dordt.accounts.models import StaffMember
from dordt.contact import emails
from dordt.contact.models import MessageStatus, Outcome
from dordt.shared.mail import Draft
from tests.factories.contact import make_message
from tests.factories.places import make_neighbourhood, make_topic

GOLDEN = Path(__file__).parents[2] / "golden"
SENT_AT = datetime(2027, 3, 5, 9, tzinfo=UTC)
ADDED = "Het gaat om de bank bij het water."
BY = StaffMember(name="Jeroen van Pelt")
ANSWER = "Dank voor uw melding. Wij maken de bank op 12 maart.\n\nU hoeft niets te doen."


@pytest.fixture
def message(app, monkeypatch):
    monkeypatch.setattr(emails, "issue_token", lambda *_args, **_options: "teken")
    make_neighbourhood(slug="sterrenburg", name="Sterrenburg")
    return make_message(
        id=7,
        reference="DZ-2027-000123",
        email="anna@voorbeeld.nl",
        topic=make_topic(name="Groen en spelen"),
        reply_by_on=date(2027, 3, 12),
        created_at=SENT_AT,
    )


def as_read(draft: Draft) -> str:
    return f"Aan: {draft.to}\nAntwoord aan: {draft.reply_to}\nOnderwerp: {draft.subject}\n\n{draft.text}"


DRAFTS = {
    "message_received": emails.message_received,
    "message_notice": emails.message_notice,
    "message_answered": lambda message: emails.message_answered(message, ANSWER, by=BY),
    "message_declined": lambda message: emails.message_declined(message, ANSWER, by=BY),
    "message_question": lambda message: emails.message_question(message, "Om welke bank gaat het?", by=BY),
    "message_added_to": lambda message: emails.message_added_to(message, ADDED, is_reopened=False),
    "message_added_to.reopened": lambda message: emails.message_added_to(message, ADDED, is_reopened=True),
}


@pytest.mark.parametrize("name", DRAFTS)
def test_a_mail_says_what_its_golden_text_says(message, name):
    message.outcome = Outcome.PLANNED if name == "message_answered" else None

    draft = DRAFTS[name](message)

    assert draft.name == name.partition(".")[0]
    assert as_read(draft) == (GOLDEN / f"{name}.txt").read_text()


@pytest.mark.parametrize("name", DRAFTS)
def test_the_html_part_says_the_same_and_has_the_same_link(message, name):
    draft = DRAFTS[name](message)

    link = next(line for line in draft.text.splitlines() if "/bericht" in line)
    assert f'href="{link}"' in draft.html
    assert "DZ-2027-000123" in draft.html + draft.subject


def test_the_receipt_repeats_nothing_that_was_typed(app):
    typed = {
        "name": "Goedkope horloges",
        "body": "https://reclame.voorbeeld.nl",
        "location": "Klik hier",
        "phone": "0900",
    }

    draft = emails.message_received(make_message(email="slachtoffer@voorbeeld.nl", **typed))

    for words in (*typed.values(), "slachtoffer"):
        assert words not in draft.subject + draft.text + draft.html


def test_no_mail_holds_an_address_in_a_link(message):
    for write in DRAFTS.values():
        draft = write(message)
        assert "anna" not in " ".join(part for part in draft.html.split('"') if part.startswith("http"))


def test_what_was_typed_adds_no_header_and_no_markup(app):
    message = make_message(
        name="Anna\u2028Bcc: allen@voorbeeld.nl", body="<img src=x onerror=alert(1)>", status=MessageStatus.NEW
    )

    draft = emails.message_notice(message)

    assert len(draft.subject.splitlines()) == 1
    assert "<img" not in draft.html


def test_a_reply_to_an_address_beyond_ascii_goes_to_its_plain_form(app):
    draft = emails.message_notice(make_message(email="anna@münchen.voorbeeld.de"))

    assert draft.reply_to == "anna@xn--mnchen-3ya.voorbeeld.de"
