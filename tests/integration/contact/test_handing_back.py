"""Who leaves, or may answer no more, leaves no open work behind; and nobody takes it over by an untouched form."""

import re

import pytest
import sqlalchemy as sa
from flask import Flask

from dordt.accounts import services as accounts
from dordt.accounts.models import StaffMember
from dordt.accounts.rights import ROLE_RIGHTS
from dordt.audit.models import AuditEntry
from dordt.contact import services
from dordt.contact.emails import PURPOSE
from dordt.contact.models import Message, MessageStatus
from dordt.contact.workflow import TYPES, StatusType
from dordt.extensions import db
from dordt.shared import clock
from dordt.shared.links import issue_token
from tests.factories.accounts import make_member
from tests.factories.contact import make_message

TAKES_NO_MESSAGES = ["redacteur", "coordinator", "lezer"]


def assignee_of(message: Message) -> int | None:
    db.session.rollback()
    return db.session.get_one(Message, message.id).assignee_id


def assignments() -> list[AuditEntry]:
    query = sa.select(AuditEntry).where(AuditEntry.action == "message.assigned").order_by(AuditEntry.id)
    return list(db.session.scalars(query))


def close(member: StaffMember, boss: StaffMember) -> None:
    accounts.disable_member(member.id, by=boss, at=clock.now())


def test_the_open_messages_of_a_closed_account_are_nobodys_and_the_closed_ones_stay(app: Flask):
    boss, colleague, other = make_member(), make_member(role="wijkmedewerker"), make_member(role="wijkmedewerker")
    theirs = {status: make_message(assignee_id=colleague.id, status=status) for status in MessageStatus}
    of_another = make_message(assignee_id=other.id)

    close(colleague, boss)

    is_open = {status for status, kind in TYPES.items() if kind is StatusType.OPEN}
    assert {status for status, message in theirs.items() if assignee_of(message) is None} == is_open
    assert assignee_of(of_another) == other.id
    lines = assignments()
    assert {line.subject_id for line in lines} == {theirs[status].id for status in is_open}
    assert {(line.actor_id, line.detail["before"], line.detail["after"]) for line in lines} == {
        (boss.id, colleague.id, None)
    }


@pytest.mark.parametrize("role", ROLE_RIGHTS)
def test_another_role_gives_messages_back_when_it_takes_none(app: Flask, role: str):
    boss, colleague = make_member(), make_member(role="wijkmedewerker")
    message = make_message(assignee_id=colleague.id)

    accounts.change_role(colleague.id, role, by=boss, at=clock.now())

    assert assignee_of(message) == (None if role in TAKES_NO_MESSAGES else colleague.id)


def test_account_and_messages_change_together_or_not_at_all(app: Flask, monkeypatch: pytest.MonkeyPatch):
    boss, colleague = make_member(), make_member(role="wijkmedewerker")
    message = make_message(assignee_id=colleague.id)

    def break_down() -> None:
        raise ConnectionError

    with monkeypatch.context() as patch:
        patch.setattr(db.session, "commit", break_down)
        with pytest.raises(ConnectionError):
            close(colleague, boss)

    assert assignee_of(message) == colleague.id
    assert db.session.get_one(StaffMember, colleague.id).active


def test_what_a_resident_takes_up_again_is_nobodys_when_its_colleague_is_gone(app: Flask):
    boss, colleague = make_member(), make_member(role="wijkmedewerker")
    message = make_message(assignee_id=colleague.id, status=MessageStatus.ANSWERED)
    close(colleague, boss)

    services.add_to_message(issue_token(message.id, purpose=PURPOSE, version=1), "Toch nog iets.", at=clock.now())

    assert assignee_of(message) is None
    assert [line.actor_name for line in assignments()] == ["inwoner"]


def test_what_staff_take_up_again_is_nobodys_when_its_colleague_is_gone(app: Flask):
    boss, colleague = make_member(), make_member(role="wijkmedewerker")
    message = make_message(assignee_id=colleague.id, status=MessageStatus.DECLINED)
    close(colleague, boss)

    services.change_status(message.id, MessageStatus.IN_PROGRESS, text="Toch doen.", by=boss, at=clock.now())

    assert assignee_of(message) is None


@pytest.mark.parametrize(
    ("change", "called"),
    [
        ({}, "Wim Wijk"),
        ({"active": False}, "Wim Wijk (account gesloten)"),
        ({"role": "lezer"}, "Wim Wijk (kan geen berichten beantwoorden)"),
    ],
    ids=["able", "closed", "unable"],
)
def test_an_untouched_form_leaves_the_message_with_whoever_has_it(staff_client, change, called: str):
    colleague = make_member(**{"role": "wijkmedewerker", "name": "Wim Wijk", **change})
    message, boss = make_message(assignee_id=colleague.id, status=MessageStatus.ANSWERED), staff_client()
    page = boss.get(f"/beheer/berichten/{message.id}/").text
    chosen = re.findall(r'<option selected value="(\d+)">([^<]*)</option>', page)
    assert (str(colleague.id), called) in chosen

    answer = boss.post(f"/beheer/berichten/{message.id}/toewijzen/", data={"assignee": str(colleague.id)})

    assert answer.status_code == 303
    assert assignee_of(message) == colleague.id
    assert assignments() == []
