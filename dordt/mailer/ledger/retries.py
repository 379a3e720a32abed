"""What becomes of a delivery after the reply of the relay, and when it is tried again: rules only, no database."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from dordt.mailer.models import DeliveryState, MailEventKind, MailKind
from dordt.mailer.smtp.protocol import SERVICE_CLOSES, Reply, Stage

BACKOFF = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240))
JITTER = 0.2  # of the delay, either way: what was refused together does not come back together
MAX_ATTEMPTS = 16  # with these delays about 45 hours
MAX_LOSSES = 3  # of transactional mail: so often its outcome may be unknown before staff must look
MAILBOX_FULL = 552  # at RCPT it means "not now" (RFC 5321, 4.5.3.1.10)


@dataclass(frozen=True)
class SendResult:
    """The next state; `event` is what staff read later, `counts` whether it was an attempt."""

    state: DeliveryState
    next_attempt_at: datetime
    event: MailEventKind | None
    counts: bool = True


def classify_reply(
    reply: Reply, kind: MailKind, attempts: int, *, was_fresh: bool, at: datetime, losses: int = 0
) -> SendResult:
    """What becomes of a delivery after this reply.

    attempts: this one included. losses: earlier ones of which nobody knows how they ended.
    was_fresh: the connection had carried no message before this one.
    """
    if reply.code is None:
        return (
            result_of_loss(kind, attempts, losses, at=at)
            if reply.stage is Stage.BODY
            else _requeue(attempts, was_fresh, at)
        )
    if reply.is_good:
        return SendResult(DeliveryState.ACCEPTED, at, MailEventKind.ACCEPTED)
    if reply.code == SERVICE_CLOSES and not was_fresh:
        return _requeue(attempts, was_fresh, at)  # enough messages for one connection, says the relay
    if _is_final(reply):
        return SendResult(DeliveryState.FAILED, at, MailEventKind.FAILED)
    return _retry(attempts, at, MailEventKind.DEFERRED)


def result_of_loss(kind: MailKind, attempts: int, losses: int, *, at: datetime) -> SendResult:
    """No reply to the final dot: a receipt twice harms nobody and a lost one does; the rest is for staff."""
    if kind is MailKind.TRANSACTIONAL and losses + 1 < MAX_LOSSES:
        return _retry(attempts, at, MailEventKind.UNCERTAIN)
    return SendResult(DeliveryState.UNCERTAIN, at, MailEventKind.UNCERTAIN)


def _requeue(attempts: int, was_fresh: bool, at: datetime) -> SendResult:
    """Before the final dot nothing has happened: at once again over another connection.

    But on a fresh connection it was an attempt: a message at which a relay always hangs up must come to an end.
    """
    if was_fresh:
        return _retry(attempts, at, MailEventKind.DEFERRED)
    return SendResult(DeliveryState.QUEUED, at, event=None, counts=False)


def _retry(attempts: int, at: datetime, event: MailEventKind) -> SendResult:
    if attempts >= MAX_ATTEMPTS:
        return SendResult(DeliveryState.FAILED, at, MailEventKind.FAILED)
    delay = BACKOFF[min(attempts, len(BACKOFF)) - 1]
    return SendResult(DeliveryState.DEFERRED, at + delay * random.uniform(1 - JITTER, 1 + JITTER), event)  # noqa: S311


def _is_final(reply: Reply) -> bool:
    is_full = reply.stage is Stage.RCPT and reply.code == MAILBOX_FULL
    return (reply.code or 0) >= 500 and not is_full
