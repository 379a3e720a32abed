"""The mail of the demo months: it left long ago, so that the worker has nothing to send at the first start."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from email.message import EmailMessage
from hashlib import sha256
from typing import Any

import sqlalchemy as sa

from dordt.development.seed import ago, rows
from dordt.extensions import db
from dordt.mailer.models import (
    Delivery,
    DeliveryState,
    InboundKind,
    InboundMail,
    Mail,
    MailEvent,
    MailEventKind,
    MailKind,
    SuppressionCause,
    SuppressionScope,
)
from dordt.mailer.suppression import list as suppression_list
from dordt.newsletters.models import Newsletter
from dordt.newsletters.sending import services

UNKNOWN = "5.1.1 Recipient address rejected: User unknown"
BROKEN_OFF = "body: no answer The connection was lost after the last dot"
BOUNCED_AFTER = timedelta(minutes=3)


def settle(*, at: datetime) -> None:
    """Mark what the services queued as accepted when it was made; one newsletter came back, and of one nobody knows."""
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
    _came_back(returned)
    _broke_off(db.session.scalars(newsletter.order_by(Delivery.id.desc()).limit(1)).one())
    _suppress(returned, at=at)
    for row in rows("received"):
        db.session.add(_received(row, returned, at=at))
    db.session.commit()
    services.follow_mailer(at=at)
    db.session.execute(sa.update(Newsletter).where(Newsletter.sent_at == at).values(sent_at=Newsletter.started_at))
    db.session.commit()


def _came_back(delivery: Delivery) -> None:
    delivery.state = DeliveryState.BOUNCED
    events = (
        (MailEventKind.ACCEPTED, timedelta(), "250 2.0.0 Ok: queued"),
        (MailEventKind.BOUNCED, BOUNCED_AFTER, UNKNOWN),
    )
    db.session.add_all(
        MailEvent(delivery_id=delivery.id, kind=kind, at=delivery.created_at + after, detail=words)
        for kind, after, words in events
    )


def _broke_off(delivery: Delivery) -> None:
    delivery.state, delivery.accepted_at = DeliveryState.UNCERTAIN, None
    delivery.relay_code = delivery.relay_enhanced = delivery.relay_text = None
    event = MailEvent(delivery_id=delivery.id, kind=MailEventKind.UNCERTAIN, at=delivery.created_at, detail=BROKEN_OFF)
    db.session.add(event)


def _suppress(returned: Delivery, *, at: datetime) -> None:
    """What came back, a complaint, and two that a colleague was asked for; none of them is a subscriber of the demo
    but the first."""
    suppression_list.add(
        returned.address_key,
        scope=SuppressionScope.ALL,
        cause=SuppressionCause.HARD_BOUNCE,
        reason=UNKNOWN,
        delivery_id=returned.id,
        at=returned.created_at + BOUNCED_AFTER,
    )
    news, everything = SuppressionScope.NEWSLETTER, SuppressionScope.ALL
    for days, key, scope, cause, reason in (
        (21, "g.haverkamp@voorbeeld.nl", news, SuppressionCause.COMPLAINT, "Feedback report: abuse"),
        (12, "volle.bus@voorbeeld.nl", news, SuppressionCause.SOFT_BOUNCES, "4.2.2 Mailbox full"),
        (40, "@oude-school.voorbeeld.nl", everything, SuppressionCause.STAFF, "De school is gesloten"),
    ):
        suppression_list.add(key, scope=scope, cause=cause, reason=reason, at=ago(at, days))


def _received(row: Mapping[str, Any], returned: Delivery, *, at: datetime) -> InboundMail:
    message = EmailMessage()
    message["From"], message["Subject"], message["To"] = row["sender"], row["subject"], "terug@dordrecht.voorbeeld.nl"
    message.set_content(row["text"])
    if row.get("attachment"):
        message.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename=row["attachment"])
    is_about_ours = row.get("about_newsletter", False)
    raw = message.as_bytes()
    received_at = returned.created_at + BOUNCED_AFTER if is_about_ours else ago(at, row["days_ago"])
    return InboundMail(
        digest=sha256(raw).hexdigest(),
        source="imap",
        raw=raw,
        sender=row["sender"],
        subject=row["subject"],
        kind=InboundKind(row["kind"]),
        delivery_id=returned.id if is_about_ours else None,
        received_at=received_at,
        handled_at=received_at if is_about_ours else None,
    )
