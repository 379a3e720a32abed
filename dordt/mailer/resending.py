"""Sending once more all that stands in one state of a mail to many. Nothing here commits."""

from datetime import datetime

import sqlalchemy as sa

from dordt.extensions import db
from dordt.mailer.ledger.outbox import RESENDABLE
from dordt.mailer.models import ENDED, Delivery, DeliveryState, Mail, MailEvent, MailEventKind, MailState
from dordt.mailer.worker import wakeup


def resend_all(mail_id: int, state: DeliveryState, *, at: datetime) -> int:
    """Queue all failed or all uncertain deliveries of a mail again, with the same Message-IDs; returns how many.

    A mail that was cancelled meanwhile stays where it is. Raises ValueError for a state that is never sent again.
    """
    if state not in RESENDABLE:
        raise ValueError(f"what is {state} is not sent again")
    # The state stands there in the words of ix_delivery_done: SQLite does not use it for bound values.
    again = sa.update(Delivery).where(
        Delivery.mail_id == mail_id,
        sa.literal_column(f"{ENDED} AND delivery.state = '{state}'"),
        Delivery.is_withdrawn.is_not(True),
        sa.exists().where(Mail.id == Delivery.mail_id, Mail.state != MailState.CANCELLED),
    )
    fresh = {"attempts": 0, "next_attempt_at": at, "lease_owner": None, "lease_until": None}
    queued = again.values(state=DeliveryState.QUEUED, **fresh).returning(Delivery.id)
    ids = db.session.scalars(queued, execution_options={"synchronize_session": False}).all()
    if ids:
        db.session.execute(sa.update(Mail).where(Mail.id == mail_id).values(finished_at=None))
        resent = [{"delivery_id": delivery_id, "kind": MailEventKind.RESENT, "at": at} for delivery_id in ids]
        db.session.execute(sa.insert(MailEvent), resent)
        wakeup.enqueue(wakeup.DELIVERY)
    return len(ids)
