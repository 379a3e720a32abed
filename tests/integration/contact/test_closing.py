"""Closing a message: staff, the resident and the log are told of an answer exactly when one was mailed."""

import re
from collections.abc import Callable

import pytest

from dordt.contact.emails import PURPOSE
from dordt.contact.labels import OUTCOME_LABELS
from dordt.contact.models import Message, Outcome
from dordt.contact.workflow import STEPS, TYPES, StatusType
from dordt.extensions import db
from dordt.shared.links import issue_token
from tests.factories.contact import make_message
from tests.support.visitors import Visitor

StaffClient = Callable[..., Visitor]
ANSWERED = {"Beantwoord<", "mailde de ", "Wij hebben uw bericht beantwoord", "Hieronder leest u waarom"}
OPTION = re.compile(r"<option.*?</option>")
UNANSWERED = "Gesloten zonder antwoord<"


@pytest.mark.parametrize("way", ["answered", "declined"])
@pytest.mark.parametrize("outcome", Outcome)
def test_a_closed_message_tells_what_was_done(client, staff_client: StaffClient, outbox, way: str, outcome: Outcome):
    message, staff = make_message(), staff_client("beheerder")
    is_mailed = outcome is not Outcome.NO_ANSWER_NEEDED
    words = "Dank u wel." if is_mailed else ""
    place, form = {
        "answered": ("antwoord", {"answer": words, "answer_outcome": outcome}),
        "declined": ("status", {"step": "declined", "text": words, "outcome": outcome}),
    }[way]

    answer = staff.post(f"/beheer/berichten/{message.id}/{place}/", data=form)

    assert answer.status_code == 303, answer.text
    assert len(outbox()) == is_mailed
    db.session.expire_all()
    token = issue_token(message.id, purpose=PURPOSE, version=message.link_version)
    shown = {
        "thread": staff.get(answer.location).text,
        "inbox": staff.get("/beheer/berichten/?status=gesloten").text,
        "resident": client.get(f"/bericht/{token}/").text,
    }
    pages = {name: OPTION.sub("", page) for name, page in shown.items()}
    assert [name for name, page in pages.items() if (UNANSWERED in page) is is_mailed] == []
    told = [words for words in ANSWERED if any(words in page for page in pages.values())]
    assert bool(told) is is_mailed, told
    assert ("Bericht gesloten zonder antwoord</td>" in staff.get("/beheer/logboek/").text) is not is_mailed


def test_every_way_to_close_is_tried_here():
    ends = {to for steps in STEPS.values() for to in steps if TYPES[to] is StatusType.CLOSED}

    assert ends == {"answered", "declined"}


@pytest.mark.parametrize("place", ["antwoord", "status"])
def test_an_answer_that_is_not_needed_is_not_mailed_by_mistake(staff_client: StaffClient, outbox, place: str):
    message, no_answer = make_message(), Outcome.NO_ANSWER_NEEDED
    form = {"answer": "Dank!", "answer_outcome": no_answer, "step": "declined", "text": "Dank!", "outcome": no_answer}

    page = staff_client("beheerder").post(f"/beheer/berichten/{message.id}/{place}/", data=form)

    assert OUTCOME_LABELS[no_answer] in page.text
    assert "maak het antwoord leeg" in page.text
    assert db.session.get_one(Message, message.id).status == "new"
    assert outbox() == []


def test_who_is_too_late_is_told_so_and_is_not_offered_the_button_again(staff_client: StaffClient, outbox):
    message, first, second = make_message(), staff_client("beheerder"), staff_client("beheerder")
    form = {"answer": "Wij maken de bank.", "answer_outcome": Outcome.DONE}
    first.post(f"/beheer/berichten/{message.id}/antwoord/", data=form)

    page = second.post(f"/beheer/berichten/{message.id}/antwoord/", data=form | {"answer": "Geen bank."}).text

    assert "Dit is niet gelukt." in page
    assert "goed ingevuld" not in page
    assert "Geen bank." in page
    assert "Antwoord versturen" not in page
    assert len(outbox()) == 1
