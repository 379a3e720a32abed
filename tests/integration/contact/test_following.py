"""The resident's own page: what stands there, adding to it, and links that do not work."""

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from dordt.contact import services
from dordt.contact.models import EntryKind, Message, MessageEntry, MessageStatus, Outcome
from dordt.extensions import db
from dordt.shared.links import issue_token
from tests.factories.accounts import make_member
from tests.factories.contact import make_message

MONDAY = datetime(2027, 3, 8, 9, tzinfo=UTC)


def path_to(message: Message, purpose: str = "message") -> str:
    return f"/bericht/{issue_token(message.id, purpose=purpose, version=message.link_version)}/"


def reloaded(message: Message) -> Message:
    db.session.rollback()
    return db.session.get_one(Message, message.id)


def test_the_page_says_how_it_stands_and_what_was_sent_and_keeps_notes_to_staff(client, places):
    message, colleague = make_message(location="Sterrenburgpark"), make_member()
    services.add_note(message.id, "Bellen met de aannemer.", by=colleague, at=MONDAY)
    services.change_status(
        message.id, MessageStatus.WAITING_FOR_RESIDENT, text="Om welke bank gaat het?", by=colleague, at=MONDAY
    )

    page = client.get(path_to(message))

    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in page.headers
    for words in (message.reference, message.body, "Sterrenburgpark", "Om welke bank gaat het?", "een vraag aan u"):
        assert words in page.text
    assert "aannemer" not in page.text
    assert colleague.name not in page.text


def test_a_copy_can_be_saved(client, places):
    message = make_message(name='Anna "de" Vries')

    copy = client.get(f"{path_to(message)}kopie.txt")

    assert copy.mimetype == "text/plain"
    assert copy.headers["Content-Disposition"] == f'attachment; filename="bericht-{message.reference}.txt"'
    assert 'Naam: Anna "de" Vries' in copy.text
    assert copy.text.endswith(message.body)


@pytest.mark.parametrize("status", ["new", "waiting_for_resident", "answered", "declined"])
def test_what_the_resident_adds_reaches_the_team_and_takes_the_message_up_again(client, outbox, status):
    message = make_message(status=MessageStatus(status), outcome=Outcome.DONE, closed_at=MONDAY)
    path = path_to(message)

    response = client.post(path, data={"text": "Het gaat om de bank bij het water."})

    assert (response.status_code, response.location) == (303, path)
    after = reloaded(message)
    assert after.status == ("new" if status == "new" else "in_progress")
    assert [(entry.kind, entry.text) for entry in after.entries] == [
        (EntryKind.FROM_RESIDENT, "Het gaat om de bank bij het water.")
    ]
    if status != "new":
        assert (after.outcome, after.closed_at) == (None, None)
    (mail,) = outbox()
    assert (mail.name, mail.reply_to) == ("message_added_to", message.email)
    assert "Het gaat om de bank bij het water." in client.get(path).text


def test_the_same_addition_twice_is_one(client, outbox):
    message = make_message()

    for _ in range(2):
        assert client.post(path_to(message), data={"text": "Nog iets."}).status_code == 303

    assert len(db.session.scalars(sa.select(MessageEntry)).all()) == 1
    assert len(outbox()) == 1


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({}, "Schrijf wat u wilt toevoegen."),
        ({"text": "a" * 10_001}, "Maak de tekst korter"),
        ({"text": "x\x00"}, "een teken dat wij niet kunnen lezen"),
        ({"text": "x", "website": "y"}, "Wij maakten dat veld leeg."),
    ],
    ids=["nothing", "too much", "NUL", "trap"],
)
def test_an_addition_that_is_not_right_is_asked_again(client, data, said):
    response = client.post(path_to(make_message()), data=data)

    assert response.status_code == 422
    assert said in response.text


def test_nothing_is_added_to_a_message_that_is_unwanted(client):
    message = make_message(status=MessageStatus.UNWANTED)

    assert "Iets toevoegen" not in client.get(path_to(message)).text
    assert client.post(path_to(message), data={"text": "Toch!"}).status_code == 409
    assert reloaded(message).entries == []


def test_a_link_for_something_else_a_changed_one_and_an_ended_one_all_get_a_way_on(client):
    message = make_message(link_version=2)
    ended = f"/bericht/{issue_token(message.id, purpose='message', version=1)}/"
    right = path_to(message)

    for path in (path_to(message, "newsletter-confirm"), f"{right[:-3]}x/", "/bericht/verzonnen/", ended):
        response = client.get(path)
        assert response.status_code == 410
        assert 'href="/contact/"' in response.text
        assert client.post(path, data={"text": "hoi"}).status_code == 410


def test_looking_at_the_page_changes_nothing(client):
    message = make_message(updated_at=MONDAY)

    client.get(path_to(message))
    client.head(path_to(message))

    assert (reloaded(message).updated_at, reloaded(message).status) == (MONDAY, "new")
