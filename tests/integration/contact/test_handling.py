"""What staff do with a message: every step told, mailed and logged, none of them silent."""

from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa

from dordt.accounts.rights import ROLE_RIGHTS, Right
from dordt.audit.models import AuditEntry
from dordt.contact import services
from dordt.contact.models import EntryKind, Message, MessageStatus, Outcome
from dordt.extensions import db
from dordt.shared.problems import NotAllowed, NotFound
from tests.factories.accounts import make_member
from tests.factories.contact import make_message
from tests.factories.places import make_topic

MONDAY = datetime(2027, 3, 8, 9, tzinfo=UTC)
Status = MessageStatus


@pytest.fixture
def colleague(app):
    return make_member(role="wijkmedewerker", name="Wim Wijk")


def reloaded(message: Message) -> Message:
    db.session.rollback()
    return db.session.get_one(Message, message.id)


def log() -> list[AuditEntry]:
    return list(db.session.scalars(sa.select(AuditEntry).where(AuditEntry.subject_type == "message")))


def test_an_answer_is_mailed_and_closes_the_message(colleague, outbox):
    message = make_message(email="anna@voorbeeld.nl")

    services.answer_message(message.id, "Wij maken de bank.", Outcome.PLANNED, by=colleague, at=MONDAY)

    after = reloaded(message)
    assert (after.status, after.outcome, after.closed_at) == (Status.ANSWERED, Outcome.PLANNED, MONDAY)
    (entry,) = after.entries
    assert (entry.kind, entry.author_id, entry.text) == (EntryKind.ANSWER, colleague.id, "Wij maken de bank.")
    (mail,) = outbox()
    assert (mail.name, mail.to, mail.reply_to) == ("message_answered", "anna@voorbeeld.nl", "wijken@dordrecht.nl")
    assert "Wij maken de bank." in mail.text
    assert mail.path("/bericht/")
    (line,) = log()
    assert (line.action, line.actor_name) == ("message.answered", "Wim Wijk")
    assert line.detail == {"before": "new", "outcome": "planned"}


def test_of_two_colleagues_who_answer_one_is_told_that_it_was_done(colleague, outbox):
    message = make_message()
    services.answer_message(message.id, "Wij maken de bank.", Outcome.PLANNED, by=colleague, at=MONDAY)

    with pytest.raises(NotAllowed, match="zette dit bericht op"):
        services.answer_message(message.id, "Wij maken geen bank.", Outcome.NOT_DONE, by=make_member(), at=MONDAY)

    assert len(outbox()) == 1


@pytest.mark.parametrize("to", [Status.ANSWERED, Status.DECLINED, Status.UNWANTED])
def test_who_may_answer_but_not_close_closes_nothing(app, outbox, monkeypatch, to: MessageStatus):
    monkeypatch.setitem(ROLE_RIGHTS, "lezer", frozenset({Right.READ, Right.ANSWER}))
    message, colleague = make_message(), make_member(role="lezer")

    with pytest.raises(NotAllowed, match="mag geen berichten sluiten"):
        services.change_status(message.id, to, text="Klaar.", outcome=Outcome.DONE, by=colleague, at=MONDAY)

    assert reloaded(message).status == Status.NEW
    assert outbox() == []


def test_where_no_answer_is_needed_nothing_is_mailed(colleague, outbox):
    message = make_message()

    services.answer_message(message.id, "", Outcome.NO_ANSWER_NEEDED, by=colleague, at=MONDAY)

    assert reloaded(message).status == Status.ANSWERED
    assert outbox() == []


@pytest.mark.parametrize(
    ("to", "outcome", "mail_name"),
    [
        (Status.DECLINED, Outcome.NOT_DONE, "message_declined"),
        (Status.WAITING_FOR_RESIDENT, None, "message_question"),
        (Status.WAITING_FOR_TEAM, None, None),
        (Status.IN_PROGRESS, None, None),
        (Status.UNWANTED, None, None),
    ],
)
def test_a_step_mails_the_resident_only_where_the_text_is_theirs(colleague, outbox, to, outcome, mail_name):
    message = make_message()

    services.change_status(message.id, to, text="Omdat het zo is.", outcome=outcome, by=colleague, at=MONDAY)

    (entry,) = reloaded(message).entries
    assert (entry.status, entry.kind) == (to, EntryKind.ANSWER if mail_name else EntryKind.STATUS)
    assert [mail.name for mail in outbox()] == ([mail_name] if mail_name else [])
    assert log()[-1].action == f"message.{to}"


@pytest.mark.parametrize(
    ("current", "to", "text", "outcome"),
    [
        (Status.NEW, Status.ANSWERED, "Klaar.", None),
        (Status.NEW, Status.ANSWERED, "", Outcome.DONE),
        (Status.NEW, Status.DECLINED, "", Outcome.NOT_DONE),
        (Status.NEW, Status.UNWANTED, "", None),
        (Status.NEW, Status.WAITING_FOR_RESIDENT, "", None),
        (Status.ANSWERED, Status.IN_PROGRESS, "", None),
        (Status.ANSWERED, Status.DECLINED, "Toch niet.", Outcome.NOT_DONE),
        (Status.UNWANTED, Status.NEW, "Vergissing.", None),
    ],
)
def test_a_refused_step_leaves_everything_as_it_was(colleague, outbox, current, to, text, outcome):
    message = make_message(status=current)

    with pytest.raises(NotAllowed):
        services.change_status(message.id, to, text=text, outcome=outcome, by=colleague, at=MONDAY)

    assert reloaded(message).status == current
    assert reloaded(message).entries == []
    assert outbox() == []
    assert log() == []


def test_an_administrator_brings_an_unwanted_message_back(app):
    message = make_message(status=Status.UNWANTED)

    services.change_status(message.id, Status.NEW, text="Vergissing.", by=make_member(role="beheerder"), at=MONDAY)

    assert reloaded(message).status == Status.NEW


def test_a_new_term_begins_when_a_closed_message_is_taken_up_again(colleague):
    topic = make_topic(reply_working_days=3)
    message = make_message(status=Status.ANSWERED, topic=topic, reply_by_on=date(2027, 3, 1), closed_at=MONDAY)

    services.change_status(message.id, Status.IN_PROGRESS, text="De bank is weer kapot.", by=colleague, at=MONDAY)

    assert (reloaded(message).reply_by_on, reloaded(message).closed_at) == (date(2027, 3, 11), None)


def test_a_message_is_assigned_to_who_can_answer(colleague):
    message, reader = make_message(), make_member(role="lezer")

    services.assign_message(message.id, colleague.id, by=colleague, at=MONDAY)
    services.assign_message(message.id, colleague.id, by=colleague, at=MONDAY)

    assert reloaded(message).assignee_id == colleague.id
    assert [line.action for line in log()] == ["message.assigned"]
    for stranger in (reader.id, 999_999):
        with pytest.raises(NotAllowed):
            services.assign_message(message.id, stranger, by=colleague, at=MONDAY)
        db.session.rollback()
    services.assign_message(message.id, None, by=colleague, at=MONDAY)
    assert reloaded(message).assignee_id is None


def test_a_note_sent_twice_is_one_note_and_goes_to_nobody(colleague, outbox):
    message = make_message()

    for _ in range(2):
        services.add_note(message.id, "Bellen met de aannemer.", by=colleague, at=MONDAY)

    assert [(entry.kind, entry.text) for entry in reloaded(message).entries] == [("note", "Bellen met de aannemer.")]
    assert outbox() == []


def test_the_log_holds_no_word_of_the_resident_and_no_address(colleague, places):
    message = make_message(body="geheim verhaal", email="anna@voorbeeld.nl")
    services.answer_message(message.id, "vertrouwelijk", Outcome.DONE, by=colleague, at=MONDAY)

    told = repr([line.detail for line in log()])

    assert not [word for word in ("geheim", "vertrouwelijk", "anna") if word in told]


def test_a_message_that_does_not_exist_cannot_be_handled(colleague):
    with pytest.raises(NotFound):
        services.add_note(999_999, "hoi", by=colleague, at=MONDAY)
