"""Nobody's inbox is flooded by our forms, in whatever order they are used and however the address is written."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from dordt import throttling
from dordt.contact import services as contact
from dordt.contact.models import Message
from dordt.extensions import db
from dordt.shared import clock
from dordt.subscribers import services as subscribers
from dordt.subscribers.fields import SubscriberFields
from dordt.throttling.models import RateCount
from dordt.workgroups import services as workgroups
from tests.factories.contact import make_submission
from tests.factories.workgroups import make_workgroup

MOST = 20
HOUR = timedelta(hours=1)


@pytest.fixture
def at(app: Flask) -> datetime:
    return clock.now()


def subscribe(email: str, at: datetime) -> None:
    request = subscribers.SubscriptionRequest(email=email, fields=SubscriberFields(), consent_text="Ja.")
    subscribers.request_subscription(request, at=at)


def join(email: str, at: datetime) -> None:
    application = workgroups.MembershipApplication("Anna", email, "", "sterrenburg", "", show_name=False)
    workgroups.request_membership(make_workgroup(), application, at=at)


def write(email: str, at: datetime) -> None:
    contact.send_message(make_submission(email=email), at=at)


@pytest.mark.parametrize("form", [subscribe, join, write])
def test_labels_behind_a_plus_lead_to_one_inbox(at, outbox, form: Callable[..., Any]):
    for number in range(MOST + 5):
        form(f"Anna+{number}@Voorbeeld.nl", at)

    assert len([mail for mail in outbox() if mail.to.startswith("Anna")]) == MOST


def test_forms_in_turn_share_one_limit(at, outbox):
    for number in range(MOST):
        for form in (subscribe, join, write):
            form(f"anna+{number}@voorbeeld.nl", at)

    sent = Counter(mail.name for mail in outbox() if mail.to.startswith("anna"))
    assert sum(sent.values()) == MOST
    assert len(sent) == 3


def test_what_a_resident_writes_arrives_all_the_same(at, outbox):
    for _number in range(MOST + 5):
        write("anna@voorbeeld.nl", at)

    sent = Counter(mail.name for mail in outbox())
    assert sent == {"message_received": MOST, "message_notice": MOST + 5}
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Message)) == MOST + 5


def test_an_hour_later_and_for_somebody_else_mail_goes_again(at):
    for _number in range(MOST + 1):
        throttling.may_be_mailed("anna@voorbeeld.nl", at=at)

    assert not throttling.may_be_mailed("ANNA@voorbeeld.nl", at=at)
    assert throttling.may_be_mailed("bram@voorbeeld.nl", at=at)
    assert throttling.may_be_mailed("anna@voorbeeld.nl", at=at + HOUR + timedelta(seconds=1))


def test_the_table_holds_no_address(at):
    throttling.may_be_mailed("anna@voorbeeld.nl", at=at)

    assert "anna" not in "".join(db.session.scalars(sa.select(RateCount.key)))


def test_a_request_that_is_undone_does_not_count(at):
    throttling.may_be_mailed("anna@voorbeeld.nl", at=at)
    db.session.rollback()

    assert db.session.scalars(sa.select(RateCount)).all() == []
