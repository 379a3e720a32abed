"""What is done with an inbound mail that was classified. Nothing here commits."""

from datetime import datetime
from typing import Protocol

import sqlalchemy as sa

from dordt.extensions import db
from dordt.mailer.inbound.classify import Classification, Correlation
from dordt.mailer.models import (
    Delivery,
    DeliveryState,
    InboundKind,
    Mail,
    MailEventKind,
    MailKind,
    SuppressionCause,
    SuppressionScope,
)
from dordt.mailer.suppression import bounces
from dordt.mailer.suppression import list as suppression_list
from dordt.mailer.suppression.classification import BounceClass

# A bounce may be quicker than the worker that still writes down what the relay said.
WENT_OUT = (DeliveryState.ACCEPTED, DeliveryState.SENDING, DeliveryState.UNCERTAIN, DeliveryState.DEFERRED)
EVENTS = {InboundKind.DELAY: MailEventKind.DELAYED, InboundKind.AUTO_REPLY: MailEventKind.AUTO_REPLIED}


class Unsubscribe(Protocol):
    """Ends the subscription behind mail of a kind; the caller commits, together with the mail that asked for it."""

    def __call__(self, recipient: int, list_id: str, /, *, mail_id: int, at: datetime) -> bool:
        """Return whether this recipient of this list is known; when they left already nothing changes, and it is true.

        mail_id: the mail to whose unsubscribe address was written.
        """


_unsubscribers: dict[MailKind, Unsubscribe] = {}


def on_unsubscribe(kind: MailKind, function: Unsubscribe) -> None:
    """Register what a domain does when somebody unsubscribes by mail from mail of this kind."""
    _unsubscribers[kind] = function


def handle(mail: Classification, about: Correlation | None, *, at: datetime) -> bool:
    """Do what a mail asks for; False when a member of staff must look."""
    if mail.kind is InboundKind.UNKNOWN:
        return False
    if about is None or not about.is_signed:
        return mail.kind in EVENTS  # anybody can write the rest: without our signature it is only kept
    match mail.kind:
        case InboundKind.BOUNCE | InboundKind.SOFT_BOUNCE:
            _bounce(mail, about, at=at)
        case InboundKind.COMPLAINT:
            _complaint(mail, about, at=at)
        case InboundKind.UNSUBSCRIBE:
            return _unsubscribe(about, at=at)
        case _:
            bounces.record_event(about.delivery_id, EVENTS[mail.kind], mail.detail, at=at)
    return True


def _bounce(mail: Classification, about: Correlation, *, at: datetime) -> None:
    words, delivery_id, key = mail.detail or "", about.delivery_id, about.address_key
    bounces.lock_address(key)
    _move(delivery_id, WENT_OUT, DeliveryState.BOUNCED)
    if mail.bounce_class is BounceClass.GONE:
        bounces.record_event(delivery_id, MailEventKind.BOUNCED, words, at=at)
        bounces.suppress_gone(key, words, delivery_id=delivery_id, at=at)
        return
    bounces.record_event(delivery_id, MailEventKind.SOFT_BOUNCED, words, at=at)
    if mail.bounce_class is not BounceClass.OURS:
        bounces.suppress_if_too_often(key, words, delivery_id=delivery_id, at=at)


def _complaint(mail: Classification, about: Correlation, *, at: datetime) -> None:
    """No newsletter and no group mail any more; what somebody asks for, as a receipt, still comes."""
    bounces.lock_address(about.address_key)
    _move(about.delivery_id, (*WENT_OUT, DeliveryState.BOUNCED), DeliveryState.COMPLAINED)
    bounces.record_event(about.delivery_id, MailEventKind.COMPLAINED, mail.detail, at=at)
    for scope in (SuppressionScope.NEWSLETTER, SuppressionScope.GROUP):
        suppression_list.add(
            about.address_key,
            scope=scope,
            cause=SuppressionCause.COMPLAINT,
            reason=mail.detail or "",
            delivery_id=about.delivery_id,
            at=at,
        )


def _unsubscribe(about: Correlation, *, at: datetime) -> bool:
    columns = sa.select(Mail.id, Mail.kind, Mail.list_id, Delivery.recipient).join(Delivery.mail)
    sent = db.session.execute(columns.where(Delivery.id == about.delivery_id)).one()
    unsubscribe = _unsubscribers.get(sent.kind)
    if unsubscribe is None or not unsubscribe(sent.recipient, sent.list_id or "", mail_id=sent.id, at=at):
        return False
    bounces.record_event(about.delivery_id, MailEventKind.UNSUBSCRIBED, None, at=at)
    return True


def _move(delivery_id: int, before: tuple[DeliveryState, ...], after: DeliveryState) -> None:
    """In one statement: of two reports at once the second finds what the first one left."""
    ours = sa.update(Delivery).where(Delivery.id == delivery_id, Delivery.state.in_(before))
    moved = ours.values(state=after, lease_owner=None, lease_until=None)
    db.session.execute(moved, execution_options={"synchronize_session": False})
