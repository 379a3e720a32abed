"""What is done with a mail that was understood. Nothing here commits."""

from datetime import datetime

import sqlalchemy as sa

from dordt.extensions import db
from dordt.mailer.inbound import hooks
from dordt.mailer.inbound.recognising import Finding
from dordt.mailer.inbound.tracing import Trace
from dordt.mailer.models import (
    Delivery,
    DeliveryState,
    InboundKind,
    Mail,
    MailEventKind,
    SuppressionCause,
    SuppressionScope,
)
from dordt.mailer.suppression import bounces
from dordt.mailer.suppression import list as suppression_list
from dordt.mailer.suppression.classification import BounceClass

# A bounce may be quicker than the worker that still writes down what the relay said.
WENT_OUT = (DeliveryState.ACCEPTED, DeliveryState.SENDING, DeliveryState.UNCERTAIN, DeliveryState.DEFERRED)
NOTED = {InboundKind.DELAY: MailEventKind.DELAYED, InboundKind.AUTO_REPLY: MailEventKind.AUTO_REPLIED}


def act(finding: Finding, trace: Trace | None, *, at: datetime) -> bool:
    """Do what a mail asks for; tells whether that is all, or a member of staff must look."""
    if finding.kind is InboundKind.UNKNOWN:
        return False
    if trace is None or not trace.is_signed:
        return finding.kind in NOTED  # anybody can write the rest: without our signature it is only kept
    match finding.kind:
        case InboundKind.BOUNCE | InboundKind.SOFT_BOUNCE:
            _bounce(finding, trace, at=at)
        case InboundKind.COMPLAINT:
            _complaint(finding, trace, at=at)
        case InboundKind.UNSUBSCRIBE:
            return _unsubscribe(trace, at=at)
        case _:
            bounces.record_event(trace.delivery_id, NOTED[finding.kind], finding.detail, at=at)
    return True


def _bounce(finding: Finding, trace: Trace, *, at: datetime) -> None:
    words, delivery_id, key = finding.detail or "", trace.delivery_id, trace.address_key
    bounces.lock_address(key)
    _move(delivery_id, WENT_OUT, DeliveryState.BOUNCED)
    if finding.bounce_class is BounceClass.GONE:
        bounces.record_event(delivery_id, MailEventKind.BOUNCED, words, at=at)
        bounces.suppress_gone(key, words, delivery_id=delivery_id, at=at)
        return
    bounces.record_event(delivery_id, MailEventKind.SOFT_BOUNCED, words, at=at)
    if finding.bounce_class is not BounceClass.OURS:
        bounces.suppress_if_too_often(key, words, delivery_id=delivery_id, at=at)


def _complaint(finding: Finding, trace: Trace, *, at: datetime) -> None:
    """No newsletter and no group mail any more; what somebody asks for, as a receipt, still comes."""
    bounces.lock_address(trace.address_key)
    _move(trace.delivery_id, (*WENT_OUT, DeliveryState.BOUNCED), DeliveryState.COMPLAINED)
    bounces.record_event(trace.delivery_id, MailEventKind.COMPLAINED, finding.detail, at=at)
    for scope in (SuppressionScope.NEWSLETTER, SuppressionScope.GROUP):
        suppression_list.add(
            trace.address_key,
            scope=scope,
            cause=SuppressionCause.COMPLAINT,
            reason=finding.detail or "",
            delivery_id=trace.delivery_id,
            at=at,
        )


def _unsubscribe(trace: Trace, *, at: datetime) -> bool:
    of_it = sa.select(Mail.id, Mail.kind, Mail.list_id, Delivery.recipient).join(Delivery.mail)
    mail = db.session.execute(of_it.where(Delivery.id == trace.delivery_id)).one()
    if not hooks.unsubscribe(mail.kind, mail.recipient, mail.list_id or "", mail_id=mail.id, at=at):
        return False
    bounces.record_event(trace.delivery_id, MailEventKind.UNSUBSCRIBED, None, at=at)
    return True


def _move(delivery_id: int, before: tuple[DeliveryState, ...], after: DeliveryState) -> None:
    """In one statement: of two reports at once the second finds what the first one left."""
    ours = sa.update(Delivery).where(Delivery.id == delivery_id, Delivery.state.in_(before))
    moved = ours.values(state=after, lease_owner=None, lease_until=None)
    db.session.execute(moved, execution_options={"synchronize_session": False})
