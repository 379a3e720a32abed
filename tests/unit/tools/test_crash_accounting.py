"""The crash test must be able to fail: whatever may go wrong is seen in the account."""

import pytest

from dordt.mailer.models import DeliveryState, MailKind
from tools.crash.accounting import settle
from tools.crash.boundaries import Step, step_of
from tools.crash.ledger import Outcome
from tools.crash.relay import Stored

ANNA = Stored("anna@voorbeeld.nl", "<1.1@dordt.test>", slot=0)


def outcome(state: str, kind: MailKind = MailKind.NEWSLETTER, *, owner: str | None = None, number: int = 1) -> Outcome:
    name = ANNA.message_id if state == "accepted" else None
    address = ANNA.recipient if number == 1 else f"lezer{number}@voorbeeld.nl"
    return Outcome(address, kind, DeliveryState(state), name, owner)


def test_what_is_accepted_and_was_stored_once_is_right():
    assert settle([outcome("accepted")], [ANNA], kills=0, connections=4).is_right


@pytest.mark.parametrize("state", ["queued", "leased", "sending", "deferred"])
def test_who_is_still_waiting_at_the_end_is_lost(state):
    assert settle([outcome(state)], [], kills=1, connections=4).lost


def test_who_is_called_accepted_and_got_nothing_is_lost():
    assert settle([outcome("accepted")], [], kills=1, connections=4).lost


def test_who_got_a_newsletter_twice_is_seen():
    assert settle([outcome("accepted")], [ANNA, ANNA], kills=1, connections=4).twice


def test_a_receipt_may_come_twice_under_one_name():
    receipt = outcome("accepted", MailKind.TRANSACTIONAL)
    other_name = Stored(ANNA.recipient, "<1.2@dordt.test>", slot=0)

    assert settle([receipt], [ANNA, ANNA], kills=1, connections=4).is_right
    assert settle([receipt], [ANNA, other_name], kills=1, connections=4).wrong


def test_an_uncertain_receipt_that_nobody_got_is_lost():
    assert settle([outcome("uncertain", MailKind.TRANSACTIONAL)], [], kills=1, connections=4).lost


def test_who_was_refused_by_nobody_may_not_have_failed():
    assert settle([outcome("failed")], [], kills=1, connections=4).wrong


def test_a_message_to_nobody_in_the_ledger_is_seen():
    assert settle([], [ANNA], kills=1, connections=4).wrong


def test_a_kill_leaves_no_more_uncertain_than_it_had_connections():
    one_owner = [outcome("uncertain", owner="a", number=number) for number in range(3)]
    two_owners = [*one_owner[:2], outcome("uncertain", owner="b", number=3)]

    assert settle(two_owners, [], kills=2, connections=2).is_right
    assert settle(one_owner, [], kills=2, connections=2).wrong
    assert settle(two_owners, [], kills=1, connections=2).wrong


@pytest.mark.parametrize(
    ("sql", "parameters", "step"),
    [
        ("UPDATE delivery SET state=?, lease_owner=? WHERE id IN (?)", ("leased", "me", 1), Step.CLAIM),
        ("UPDATE delivery SET lease_owner=?, state=? WHERE id IN (?)", ("me", "leased", 1), Step.CLAIM),
        ("\n  UPDATE delivery SET state = 'sending'\n WHERE id = 1 AND state = 'leased'", (), Step.MARK),
        (
            "UPDATE delivery SET state=%(s)s::VARCHAR, relay_code=%(c)s WHERE id=1",
            [{"s": "deferred", "c": 4}],
            Step.RECORD,
        ),
        ("UPDATE delivery SET state = 'accepted', relay_code = new.code FROM (SELECT 1) WHERE id = 1", (), Step.RECORD),
        ("UPDATE delivery SET state=?, attempts=? WHERE id IN (?)", ("uncertain", 1, 1), Step.REAP),
        ("UPDATE delivery SET state=?, lease_owner=? WHERE id IN (?)", ("queued", None, 1), Step.GIVE_BACK),
        ("UPDATE delivery SET lease_until=? WHERE state IN (?)", ("now", "sending"), Step.RENEW),
        ("SELECT state FROM delivery WHERE id = ?", (1,), None),
    ],
)
def test_a_step_is_known_by_what_its_statement_sets(sql, parameters, step):
    assert step_of(sql, parameters) is step
