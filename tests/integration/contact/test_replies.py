"""What a resident adds is new to everybody, whoever had opened the message before."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade

from dordt.contact import services
from dordt.contact.models import Message, MessageStatus
from dordt.shared import clock
from dordt.shared.links import issue_token
from tests.factories.contact import make_message
from tests.support.databases import ENGINES
from tests.support.migrating import app_at, fill, rows
from tests.support.visitors import Visitor

StaffClient = Callable[..., Visitor]
INBOX, TODAY = "/beheer/berichten/", "/beheer/"
NEW_REPLY = "Nieuwe reactie van een bewoner"
OLD, NEW = "0004_facts_in_tables", "0005_replies"
AT = datetime(2027, 3, 1, 9, tzinfo=UTC)


def add(message: Message, text: str = "De bank is weer kapot.") -> None:
    token = issue_token(message.id, purpose="message", version=message.link_version)
    services.add_to_message(token, text, at=clock.now())


def the_list(page: str, name: str) -> str:
    return page.split(f'id="{name}"')[1].split("</section>")[0]


@pytest.mark.parametrize(
    "status",
    [
        MessageStatus.NEW,
        MessageStatus.IN_PROGRESS,
        MessageStatus.WAITING_FOR_RESIDENT,
        MessageStatus.WAITING_FOR_TEAM,
        MessageStatus.ANSWERED,
        MessageStatus.DECLINED,
    ],
)
def test_what_a_resident_adds_is_unread_for_everybody_and_on_top(staff_client: StaffClient, status: MessageStatus):
    long_ago = clock.now() - timedelta(days=9)
    message = make_message(name="Anna", status=status, created_at=long_ago)
    make_message(name="Bram", created_at=clock.now() - timedelta(days=1))
    handler, colleague = staff_client("wijkmedewerker"), staff_client("wijkmedewerker")
    for each in (handler, colleague):
        each.get(f"{INBOX}{message.id}/")
        assert NEW_REPLY not in each.get(INBOX).text

    add(message)

    for each in (handler, colleague):
        first = each.get(INBOX).text.split("<li ")[1:]
        first = next(row for row in first if "inbox__row" in row)
        assert ("Anna" in first, "inbox__row--unread" in first, NEW_REPLY in first) == (True, True, True)
        assert "Anna" in the_list(each.get(TODAY).text, "reacties")
    handler.get(f"{INBOX}{message.id}/")
    assert NEW_REPLY not in handler.get(INBOX).text
    assert "Anna" not in the_list(handler.get(TODAY).text, "reacties")
    assert "Anna" in the_list(colleague.get(TODAY).text, "reacties")


def test_a_second_reply_is_new_again(staff_client: StaffClient):
    message, handler = make_message(), staff_client("wijkmedewerker")
    add(message, "Eén")
    handler.get(f"{INBOX}{message.id}/")

    add(message, "Twee")

    assert NEW_REPLY in handler.get(INBOX).text


def test_a_message_to_which_nothing_was_added_is_no_reply(staff_client: StaffClient):
    make_message(name="Anna")

    assert "Anna" not in the_list(staff_client("wijkmedewerker").get(TODAY).text, "reacties")


@pytest.fixture(params=ENGINES)
def old_app(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    yield from app_at(OLD, request, tmp_path)


def test_what_was_added_before_the_upgrade_counts(old_app: Flask):
    texts = {"name": "Anna", "email": "a@x.nl", "email_key": "a@x.nl", "phone": "", "neighbourhood": "x", "body": "x"}
    texts |= {"location": "", "keep_informed": False, "status": "new", "link_version": 1, "reply_by_on": AT.date()}
    texts |= {"created_at": AT, "updated_at": AT}
    fill("message", *({"id": n, "reference": f"DZ-{n}", "submission_key": f"s{n}"} | texts for n in (1, 2)))
    entry = {"message_id": 1, "text": "x"}
    moments = [("from_resident", 1), ("from_resident", 2), ("note", 3)]
    fill("message_entry", *({"kind": kind, "at": AT + timedelta(days=days)} | entry for kind, days in moments))

    upgrade(revision=NEW)

    found = {number: at and at.replace(tzinfo=UTC) for number, at in rows("message", "id", "added_to_at")}
    assert found == {1: AT + timedelta(days=2), 2: None}
    downgrade(revision=OLD)
    assert [number for (number,) in rows("message", "id")] == [1, 2]
