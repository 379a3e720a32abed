"""Writes down what became of messages, and pauses a newsletter that the relay keeps refusing. Commits nothing."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

import sqlalchemy as sa

from dordt.extensions import db
from dordt.mailer.ledger import statements
from dordt.mailer.ledger.claiming import losses_of
from dordt.mailer.ledger.retries import SendResult, classify_reply
from dordt.mailer.ledger.statements import Accepted
from dordt.mailer.models import DUE_STATES, Delivery, DeliveryState, Mail, MailEvent, MailEventKind, MailKind, MailState
from dordt.mailer.smtp.connection import Replied
from dordt.mailer.smtp.protocol import Reply, Stage
from dordt.mailer.smtp.rendering import RenderedMessage
from dordt.mailer.suppression import bounces
from dordt.mailer.suppression.bounces import BounceClass, classify_bounce
from dordt.shared.addresses import without_addresses

REFUSALS_BEFORE_PAUSE = 10

_delivery = cast(sa.Table, Delivery.__table__)
_mail_event = cast(sa.Table, MailEvent.__table__)
_NEW_STATE = sa.case(  # who unsubscribed meanwhile gets it no more
    (
        sa.and_(_delivery.c.is_withdrawn.is_(True), sa.bindparam("is_again", type_=sa.Boolean)),
        sa.literal(DeliveryState.CANCELLED, _delivery.c.state.type),
    ),
    else_=sa.bindparam("new_state", type_=_delivery.c.state.type),
)
_OUTCOME = (
    sa.update(_delivery)
    .where(
        _delivery.c.id == sa.bindparam("of_id"),
        _delivery.c.lease_owner == sa.bindparam("of_owner"),
        sa.text("delivery.state IN ('leased', 'sending', 'uncertain')"),
    )
    .values(
        {
            name: sa.bindparam(f"new_{name}")
            for name in (
                *("attempts", "next_attempt_at", "message_id"),
                *("relay_code", "relay_enhanced", "relay_text", "relay"),
            )
        }
        | {"state": _NEW_STATE, "lease_owner": None, "lease_until": None}
    )
)


class Recorder:
    """Writes down replies for one worker; counts the refusals in a row of each newsletter."""

    def __init__(self, owner: str) -> None:
        self.owner = owner
        self._refusals: Counter[int] = Counter()

    def record(self, replies: Sequence[Replied], *, at: datetime, connection: sa.Connection | None = None) -> bool:
        """Give each delivery the state that its reply means, with an event that staff can read.

        Returns whether a newsletter was paused by it.
        """
        taken = [replied for replied in replies if replied.reply.is_good]
        connection = connection or db.session.connection()
        statements.accept(connection, [_accepted(replied) for replied in taken], owner=self.owner, at=at)
        if self._refusals:
            for replied in taken:
                self._refusals.pop(replied.message.due.mail_id, None)
        if len(taken) == len(replies):
            return False
        others = [(replied, _result(replied, at)) for replied in replies if not replied.reply.is_good]
        self._record_others(others, at)
        return [self._count(replied, result) for replied, result in others].count(True) > 0

    def _record_others(self, others: Sequence[tuple[Replied, SendResult]], at: datetime) -> None:
        connection = db.session.connection()
        connection.execute(_OUTCOME, [self._row(replied, result, at) for replied, result in others])
        events = [_event(replied, result, at) for replied, result in others if result.event]
        if events:
            connection.execute(sa.insert(_mail_event), events)
        again = {replied.message.due.mail_id for replied, result in others if result.state in DUE_STATES}
        if again:  # one that was thought lost may come back when its mail was closed already
            connection.execute(sa.update(Mail).where(Mail.id.in_(again)).values(finished_at=None))
        for replied, _ in sorted(others, key=lambda pair: pair[0].message.due.address_key):
            if replied.reply.stage is Stage.RCPT and _is_final(replied):
                _record_refusal(replied, at)

    def record_unrenderable(self, delivery_id: int, problem: Exception, *, at: datetime) -> None:
        """A message that cannot be encoded fails: sending it again would not help."""
        reason = f"This mail cannot be encoded: {problem}"[:1000]
        db.session.execute(
            sa.update(Delivery)
            .where(Delivery.id == delivery_id, Delivery.lease_owner == self.owner)
            .values(state=DeliveryState.FAILED, relay_text=reason, lease_owner=None, lease_until=None)
        )
        db.session.add(MailEvent(delivery_id=delivery_id, kind=MailEventKind.FAILED, at=at, detail=reason))

    def _row(self, replied: Replied, result: SendResult, at: datetime) -> dict[str, Any]:
        reply, due = replied.reply, replied.message.due
        return {
            "of_id": due.id,
            "of_owner": self.owner,
            "new_state": result.state,
            "is_again": result.state in DUE_STATES,
            "new_attempts": due.attempts + int(result.counts),
            "new_next_attempt_at": result.next_attempt_at,
            "new_message_id": replied.message.message_id,
            "new_relay_code": reply.code,
            "new_relay_enhanced": reply.enhanced,
            "new_relay_text": reply.text[:1000],
            "new_relay": _name_of(replied),
        }

    def _count(self, replied: Replied, result: SendResult) -> bool:
        """Count refusals in a row that are not about the recipient; tell whether the newsletter was paused for them."""
        due, reply = replied.message.due, replied.reply
        if result.state in (DeliveryState.FAILED, DeliveryState.UNCERTAIN) and _is_about_us(replied):
            self._refusals[due.mail_id] += 1
            if self._refusals[due.mail_id] >= REFUSALS_BEFORE_PAUSE and due.kind is not MailKind.TRANSACTIONAL:
                self._pause(replied.message, reply)
                return True
        return False

    def _pause(self, message: RenderedMessage, reply: Reply) -> None:
        words = without_addresses(f"{reply.code} {reply.text}")  # shown to people who may see no addresses
        reason = f"De mailserver weigerde {REFUSALS_BEFORE_PAUSE} e-mails achter elkaar. Zijn antwoord: {words}"
        if reply.code is None:
            reason = (
                f"De mailserver verbrak {REFUSALS_BEFORE_PAUSE} keer achter elkaar de verbinding en gaf geen antwoord."
            )
        running = sa.update(Mail).where(Mail.id == message.due.mail_id, Mail.state == MailState.RUNNING)
        db.session.execute(running.values(state=MailState.PAUSED, state_reason=reason[:500]))
        del self._refusals[message.due.mail_id]


def _result(replied: Replied, at: datetime) -> SendResult:
    due = replied.message.due
    is_lost = replied.reply.code is None and replied.reply.stage is Stage.BODY
    losses = losses_of(due.id) if is_lost else 0
    return classify_reply(replied.reply, due.kind, due.attempts + 1, was_fresh=replied.was_fresh, at=at, losses=losses)


def _is_final(replied: Replied) -> bool:
    return replied.reply.code is not None and replied.reply.code >= 500


def _is_about_us(replied: Replied) -> bool:
    """Whether the next recipient would get the same reply: "relaying denied" may come at RCPT, too."""
    reply = replied.reply
    if reply.stage is not Stage.RCPT:
        return True
    bounce_class = classify_bounce(code=reply.code, enhanced=reply.enhanced, words=reply.text)
    return bounce_class in (BounceClass.OURS, BounceClass.UNCLEAR)


def _record_refusal(replied: Replied, at: datetime) -> None:
    due, reply = replied.message.due, replied.reply
    bounces.record_refusal(
        delivery_id=due.id,
        address_key=due.address_key,
        code=reply.code or 0,
        enhanced=reply.enhanced,
        words=reply.text,
        at=at,
    )


def _accepted(replied: Replied) -> Accepted:
    reply, message = replied.reply, replied.message
    return Accepted(message.due.id, message.message_id, reply.code, reply.enhanced, reply.text[:900], _name_of(replied))


def _name_of(replied: Replied) -> str | None:
    """Worth a note where there are two."""
    relay = replied.connection.relay
    return relay.name if relay and relay.is_backup else None


def _event(replied: Replied, result: SendResult, at: datetime) -> dict[str, Any]:
    reply = replied.reply
    words = f"{reply.stage}: {reply.code or 'no answer'} {reply.text}"
    return {"delivery_id": replied.message.due.id, "kind": result.event, "at": at, "detail": words[:1000]}
