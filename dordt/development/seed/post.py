"""The mail of the demo months: it left long ago, so that the worker has nothing to send at the first start."""

import sqlalchemy as sa

from dordt.extensions import db
from dordt.mailer.models import Delivery, DeliveryState, MailEvent, MailEventKind

REFUSED = (550, "5.1.1", "5.1.1 Recipient address rejected: User unknown")
LOST = "The connection broke after the last dot; whether the mail arrived is not known."


def settle() -> None:
    """Mark what the services queued as accepted when it was made; one mail bounced and one is uncertain."""
    accepted = {
        "state": DeliveryState.ACCEPTED,
        "attempts": 1,
        "accepted_at": Delivery.created_at,
        "relay_code": 250,
        "relay_enhanced": "2.0.0",
        "relay_text": "2.0.0 Ok: queued",
    }
    waiting = Delivery.state == DeliveryState.QUEUED
    db.session.execute(sa.update(Delivery).where(waiting).values(accepted))
    oldest = db.session.scalars(sa.select(Delivery).order_by(Delivery.id).limit(2)).all()
    _trouble(oldest[0], DeliveryState.FAILED, MailEventKind.FAILED, REFUSED)
    _trouble(oldest[1], DeliveryState.UNCERTAIN, MailEventKind.UNCERTAIN, (None, None, LOST))
    db.session.commit()


def _trouble(
    delivery: Delivery, state: DeliveryState, kind: MailEventKind, reply: tuple[int | None, str | None, str]
) -> None:
    delivery.state, delivery.accepted_at = state, None
    delivery.relay_code, delivery.relay_enhanced, delivery.relay_text = reply
    db.session.add(MailEvent(delivery_id=delivery.id, kind=kind, at=delivery.created_at, detail=reply[2]))
