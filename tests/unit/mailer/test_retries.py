"""What an answer of the relay means for a delivery."""

from datetime import UTC, datetime, timedelta

import pytest

from dordt.mailer.ledger.retries import BACKOFF, JITTER, MAX_ATTEMPTS, classify_reply
from dordt.mailer.models import DeliveryState, MailKind
from dordt.mailer.smtp.protocol import Reply, Stage

AT = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
NEWSLETTER, RECEIPT = MailKind.NEWSLETTER, MailKind.TRANSACTIONAL


@pytest.mark.parametrize(
    ("stage", "code", "kind", "was_fresh", "state", "counts"),
    [
        ("BODY", 250, NEWSLETTER, False, "accepted", True),
        ("BODY", None, NEWSLETTER, False, "uncertain", True),
        ("BODY", None, MailKind.GROUP, False, "uncertain", True),
        ("BODY", None, RECEIPT, False, "deferred", True),
        ("MAIL", None, NEWSLETTER, False, "queued", False),
        ("DATA", None, RECEIPT, True, "deferred", True),
        ("MAIL", 421, NEWSLETTER, False, "queued", False),
        ("MAIL", 421, NEWSLETTER, True, "deferred", True),
        ("RCPT", 450, NEWSLETTER, False, "deferred", True),
        ("BODY", 451, NEWSLETTER, False, "deferred", True),
        ("RCPT", 550, NEWSLETTER, False, "failed", True),
        ("RCPT", 552, NEWSLETTER, False, "deferred", True),
        ("BODY", 552, NEWSLETTER, False, "failed", True),
        ("DATA", 250, NEWSLETTER, False, "deferred", True),
    ],
)
def test_an_answer_has_one_meaning(stage, code, kind, was_fresh, state, counts):
    result = classify_reply(Reply(Stage(stage), code, ""), kind, 1, was_fresh=was_fresh, at=AT)

    assert (result.state, result.counts) == (DeliveryState(state), counts)


@pytest.mark.parametrize("attempts", [1, 2, len(BACKOFF), len(BACKOFF) + 4])
def test_each_delay_follows_its_attempt_and_the_last_one_stays(attempts: int):
    result = classify_reply(Reply(Stage.RCPT, 450, ""), NEWSLETTER, attempts, was_fresh=False, at=AT)

    delay = BACKOFF[min(attempts, len(BACKOFF)) - 1]
    assert delay * (1 - JITTER) <= result.next_attempt_at - AT <= delay * (1 + JITTER)


def test_delays_grow():
    assert list(BACKOFF) == sorted(set(BACKOFF))


def test_after_two_days_a_delivery_fails():
    result = classify_reply(Reply(Stage.RCPT, 450, ""), NEWSLETTER, MAX_ATTEMPTS, was_fresh=False, at=AT)

    waited = sum((BACKOFF[min(attempt, len(BACKOFF)) - 1] for attempt in range(1, MAX_ATTEMPTS)), timedelta())
    assert result.state is DeliveryState.FAILED
    assert timedelta(hours=40) < waited <= timedelta(hours=48)


def test_a_receipt_is_not_sent_for_ever_when_nobody_answers():
    result = classify_reply(Reply(Stage.BODY, None, ""), RECEIPT, 3, was_fresh=False, at=AT, losses=2)

    assert result.state is DeliveryState.UNCERTAIN


@pytest.mark.parametrize(("text", "enhanced"), [("5.1.1 No such mailbox", "5.1.1"), ("Sorry 5.1.1", None), ("", None)])
def test_the_enhanced_code_is_read_from_the_front(text: str, enhanced: str | None):
    assert Reply(Stage.RCPT, 550, text).enhanced == enhanced
