"""Inbound mail: samples of real servers, addressed to a delivery of ours."""

from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa

from dordt.extensions import db
from dordt.mailer.inbound.intake import receive
from dordt.mailer.models import Delivery, DeliveryState, InboundMail, MailEvent, MailEventKind
from dordt.mailer.smtp import verp
from tests.factories.mailer import WRITTEN_AT, make_receipt

SAMPLES = Path(__file__).parents[1] / "integration/mailer/inbound/samples"
PLACE = b"bounces+1z-abc@bounces.example"
ID_PLACE = b"<delivery-1@voorbeeld.nl>"
RECEIVED_AT = WRITTEN_AT + timedelta(minutes=5)


def sample(name: str, delivery: Delivery | None = None) -> bytes:
    """A sample by its file's name; about a delivery of ours, or about nothing we signed."""
    raw = (SAMPLES / f"{name}.eml").read_bytes()
    return raw.replace(PLACE, (verp.return_path(delivery.id) or "").encode()) if delivery else raw


def make_sent(to: str = "anna@voorbeeld.nl", *, state: DeliveryState = DeliveryState.ACCEPTED) -> Delivery:
    """A delivery that left, committed."""
    delivery = make_receipt(to)
    delivery.state, delivery.accepted_at = state, WRITTEN_AT
    delivery.message_id = f"<{delivery.mail_id}.{delivery.recipient}.0123456789abcdef@voorbeeld.nl>"
    db.session.commit()
    return delivery


def take_in(raw: bytes, **options: object) -> bool:
    """Take a mail in, five minutes after the delivery was written."""
    return receive(raw, **{"source": "pipe", "at": RECEIVED_AT} | options)  # type: ignore[arg-type]


def kept() -> InboundMail:
    """The only mail that came in."""
    db.session.expire_all()
    return db.session.scalars(sa.select(InboundMail)).one()


def events(delivery: Delivery) -> list[MailEventKind]:
    """What was reported of a delivery, in order."""
    of_delivery = sa.select(MailEvent.kind).where(MailEvent.delivery_id == delivery.id).order_by(MailEvent.id)
    return list(db.session.scalars(of_delivery))
