"""Sending a mail once more, on the word of a member of staff."""

from datetime import datetime

from dordt.accounts.models import StaffMember
from dordt.audit import services as audit
from dordt.extensions import db
from dordt.mailer.ledger import outbox
from dordt.mailer.ledger.outbox import RESENDABLE
from dordt.mailer.models import Delivery, DeliveryState, MailState
from dordt.mailer.resending import resend_all
from dordt.newsletters.models import Newsletter


def is_possible(delivery: Delivery) -> bool:
    """Whether this delivery can go once more."""
    return delivery.state in RESENDABLE and delivery.mail.state is not MailState.CANCELLED


def resend(delivery_id: int, *, by: StaffMember, at: datetime) -> bool:
    """Queue it again with the same Message-ID, and log who did; tells whether there was anything to do."""
    is_again = outbox.resend(delivery_id, at=at)
    if is_again:
        audit.record("delivery.resent", subject=("delivery", delivery_id), at=at, actor_id=by.id, actor_name=by.name)
    db.session.commit()
    return is_again


def resend_newsletter(newsletter: Newsletter, state: DeliveryState, *, by: StaffMember, at: datetime) -> int:
    """Queue all of a newsletter that failed, or all that is uncertain, and log who did; returns how many."""
    count = resend_all(newsletter.mail_id, state, at=at) if newsletter.mail_id else 0
    if count:
        audit.record(
            "newsletter.resent",
            subject=("newsletter", newsletter.id),
            at=at,
            actor_id=by.id,
            actor_name=by.name,
            number=newsletter.number,
            resent=count,
            state=state,
        )
    db.session.commit()
    return count
