"""A mail that belongs with a message is shown with it, and can be put there with one press."""

import pytest

from dordt.contact.models import EntryKind, Message, MessageStatus
from dordt.extensions import db
from dordt.mailer.inbound.intake import receive
from dordt.mailer.models import InboundMail
from dordt.shared import clock
from tests.factories.contact import make_message
from tests.factories.inbound import make_sent
from tests.support.stored import actions

MAIL = "/beheer/post/binnengekomen/1/"
WORDS = "De bank bij café De Hoek is weer kapot."
MAILED = WORDS.replace("é", "e\u0301")  # as some programs send it


def mailed(
    *, sender: str = "Anna <ANNA@voorbeeld.nl>", subject: str = "Bank", more: str = "", text: str = MAILED
) -> None:
    head = "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n"
    raw = f"From: {sender}\r\nSubject: {subject}\r\n{head}{more}\r\n{text}\r\n"
    receive(raw.encode(), source="pipe", at=clock.now())


def in_answer_to_ours(message: Message) -> None:
    ours = make_sent("anna@voorbeeld.nl")
    ours.mail.subject = f"Ons antwoord op uw bericht ({message.reference})"
    db.session.commit()
    mailed(sender="zus@elders.nl", more=f"In-Reply-To: {ours.message_id}\r\n")


WAYS = {
    "number in the subject": lambda message: mailed(
        sender="zus@elders.nl", subject=f"Re: bericht ({message.reference})"
    ),
    "number in small letters": lambda message: mailed(
        sender="zus@elders.nl", subject=message.reference.lower().replace("-", " ")
    ),
    "answer to ours": in_answer_to_ours,
    "writer of what is open": lambda _message: mailed(),
}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
@pytest.mark.parametrize("status", [MessageStatus.ANSWERED, MessageStatus.WAITING_FOR_RESIDENT])
def test_a_mail_is_shown_with_its_message_and_put_there_with_one_press(staff_client, outbox, way, status):
    message = make_message(email="anna@voorbeeld.nl", status=status)
    way(message)
    if way is WAYS["writer of what is open"] and status is MessageStatus.ANSWERED:
        message.status = MessageStatus.IN_PROGRESS
    client = staff_client("wijkmedewerker")
    page = f"/beheer/berichten/{message.id}/"
    assert MAIL in client.get(page).text
    assert f"Zet bij bericht {message.reference}" in client.get(MAIL).text

    answers = [client.post(f"{MAIL}bij-bericht/", data={"message": str(message.id)}) for _ in range(2)]

    assert [answer.location for answer in answers] == [page, page]
    db.session.expire_all()
    (entry,) = db.session.get_one(Message, message.id).entries
    assert (entry.kind, entry.text.strip()) == (EntryKind.FROM_RESIDENT, WORDS)
    assert (message.status, message.added_to_at is None) == (MessageStatus.IN_PROGRESS, False)
    assert db.session.get_one(InboundMail, 1).handled_at is not None
    assert actions("inbound_mail") == ["handled"]
    assert [mail.name for mail in outbox() if mail.name.startswith("message")] == ["message_added_to"]
    assert MAIL not in client.get(page).text


def test_a_number_in_the_text_is_found_from_the_mail(staff_client):
    message = make_message(email="anna@voorbeeld.nl", status=MessageStatus.ANSWERED)
    mailed(sender="zus@elders.nl", text=f"Het gaat over {message.reference}.")

    assert f"Zet bij bericht {message.reference}" in staff_client("wijkmedewerker").get(MAIL).text


def test_a_mail_of_somebody_else_is_not_offered_and_cannot_be_put_there(staff_client):
    message = make_message(email="anna@voorbeeld.nl")
    mailed(sender="joanna@voorbeeld.nl")
    client = staff_client("wijkmedewerker")

    assert MAIL not in client.get(f"/beheer/berichten/{message.id}/").text
    assert "Zet bij bericht" not in client.get(MAIL).text
    assert client.post(f"{MAIL}bij-bericht/", data={"message": str(message.id)}).status_code == 404


def test_under_what_is_unwanted_nothing_is_put(staff_client):
    message = make_message(email="anna@voorbeeld.nl", status=MessageStatus.UNWANTED)
    mailed(subject=message.reference)
    client = staff_client("wijkmedewerker")

    assert client.post(f"{MAIL}bij-bericht/", data={"message": str(message.id)}).status_code == 404
