"""What the relay's answer means for a delivery: rules only, no database."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from dordt.mailer.models import DeliveryState, MailEventKind, MailKind
from dordt.mailer.smtp.protocol import SERVICE_CLOSES, Reply, Stage

BACKOFF = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240))
JITTER = 0.2  # of the pause, either way: what was refused together does not come back together
MOST_ATTEMPTS = 16  # with these pauses about 45 hours
MOST_LOSSES = 3  # of transactional mail: so often its outcome may be unknown before staff must look
MAILBOX_FULL = 552  # at RCPT it means "not now" (RFC 5321, 4.5.3.1.10)


@dataclass(frozen=True)
class Verdict:
    """The next state; `event` is what staff read later, `counts` whether it was a real attempt."""

    state: DeliveryState
    next_attempt_at: datetime
    event: MailEventKind | None
    counts: bool = True


def judge(reply: Reply, kind: MailKind, attempts: int, *, was_fresh: bool, at: datetime, losses: int = 0) -> Verdict:
    """What becomes of a delivery after this answer.

    attempts: this one included. losses: earlier ones of which nobody knows how they ended.
    was_fresh: the connection had carried no letter before this one.
    """
    if reply.code is None:
        return (
            after_loss(kind, attempts, losses, at=at)
            if reply.stage is Stage.BODY
            else _not_tried(attempts, was_fresh, at)
        )
    if reply.is_good:
        return Verdict(DeliveryState.ACCEPTED, at, MailEventKind.ACCEPTED)
    if reply.code == SERVICE_CLOSES and not was_fresh:
        return _not_tried(attempts, was_fresh, at)  # enough letters for one connection, says the relay
    if _is_final(reply):
        return Verdict(DeliveryState.FAILED, at, MailEventKind.FAILED)
    return _later(attempts, at, MailEventKind.DEFERRED)


def after_loss(kind: MailKind, attempts: int, losses: int, *, at: datetime) -> Verdict:
    """Nobody answered the final dot: a receipt twice harms nobody and a lost one does; the rest is for staff."""
    if kind is MailKind.TRANSACTIONAL and losses + 1 < MOST_LOSSES:
        return _later(attempts, at, MailEventKind.UNCERTAIN)
    return Verdict(DeliveryState.UNCERTAIN, at, MailEventKind.UNCERTAIN)


def _not_tried(attempts: int, was_fresh: bool, at: datetime) -> Verdict:
    """Before the final dot nothing has happened: at once again over another connection.

    But on a fresh connection it was an attempt: a letter at which a relay always hangs up must come to an end.
    """
    if was_fresh:
        return _later(attempts, at, MailEventKind.DEFERRED)
    return Verdict(DeliveryState.QUEUED, at, event=None, counts=False)


def _later(attempts: int, at: datetime, event: MailEventKind) -> Verdict:
    if attempts >= MOST_ATTEMPTS:
        return Verdict(DeliveryState.FAILED, at, MailEventKind.FAILED)
    pause = BACKOFF[min(attempts, len(BACKOFF)) - 1]
    return Verdict(DeliveryState.DEFERRED, at + pause * random.uniform(1 - JITTER, 1 + JITTER), event)  # noqa: S311


def _is_final(reply: Reply) -> bool:
    is_full = reply.stage is Stage.RCPT and reply.code == MAILBOX_FULL
    return (reply.code or 0) >= 500 and not is_full
