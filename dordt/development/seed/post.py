"""The mail of the demo months: it left long ago, so that the worker has nothing to send at the first start."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from dordt.extensions import db
from dordt.mailer.models import Delivery, DeliveryState, Mail, MailEvent, MailEventKind, MailKind
from dordt.newsletters import services as newsletters
from dordt.newsletters.models import Newsletter

UNKNOWN = "5.1.1 Recipient address rejected: User unknown"


def settle(*, at: datetime) -> None:
    """Mark what the services queued as accepted when it was made; one newsletter came back."""
    accepted = {
        "state": DeliveryState.ACCEPTED,
        "attempts": 1,
        "accepted_at": Delivery.created_at,
        "relay_code": 250,
        "relay_enhanced": "2.0.0",
        "relay_text": "2.0.0 Ok: queued",
    }
    db.session.execute(sa.update(Delivery).where(Delivery.state == DeliveryState.QUEUED).values(accepted))
    newsletter = sa.select(Delivery).join(Delivery.mail).where(Mail.kind == MailKind.NEWSLETTER)
    returned = db.session.scalars(newsletter.order_by(Delivery.id).limit(1)).one()
    returned.state = DeliveryState.BOUNCED
    heard_at = returned.created_at + timedelta(minutes=3)
    db.session.add(MailEvent(delivery_id=returned.id, kind=MailEventKind.BOUNCED, at=heard_at, detail=UNKNOWN))
    db.session.commit()
    newsletters.follow_post(at=at)
    db.session.execute(sa.update(Newsletter).where(Newsletter.sent_at == at).values(sent_at=Newsletter.started_at))
    db.session.commit()
