"""What staff change: blocked addresses, inbound mail that was dealt with, mail that is sent again. Each commits."""

from datetime import datetime

from dordt.accounts.authorization import asks
from dordt.accounts.models import StaffMember
from dordt.accounts.rights import Right
from dordt.audit import services as audit
from dordt.contact import services as contact
from dordt.extensions import db
from dordt.mailer.ledger import outbox
from dordt.mailer.ledger.outbox import RESENDABLE
from dordt.mailer.models import (
    Delivery,
    DeliveryState,
    InboundMail,
    MailState,
    Suppression,
    SuppressionCause,
    SuppressionScope,
)
from dordt.mailer.suppression import list as suppression_list
from dordt.newsletters.models import Newsletter
from dordt.shared.problems import ChangedMeanwhile


@asks(Right.SEE_CONTACT_DETAILS, closed_to_coordinators=True)
def suppress(written: str, scope: SuppressionScope, reason: str, *, by: StaffMember, at: datetime) -> bool:
    """Let no more mail of this scope go to an address or '@domain'; False when that was so already.

    Raises AddressRefused.
    """
    cause = SuppressionCause.STAFF
    key = suppression_list.key_of(written)
    added = suppression_list.add(key, scope=scope, cause=cause, reason=reason, at=at)
    if added:
        audit.record("suppression.added", subject=("suppression", added), by=by, at=at, scope=scope, cause=cause)
    db.session.commit()
    return added is not None


@asks(Right.SEE_CONTACT_DETAILS, closed_to_coordinators=True)
def release(suppression: Suppression, *, by: StaffMember, at: datetime) -> bool:
    """Let mail go to this address again; False when somebody else released it a moment ago."""
    scope, cause = suppression.scope, suppression.cause
    is_released = suppression_list.release(suppression.id)
    if is_released:
        audit.record("suppression.released", subject=suppression, by=by, at=at, scope=scope, cause=cause)
    db.session.commit()
    return is_released


@asks(Right.SEE_CONTACT_DETAILS, closed_to_coordinators=True)
def handle_inbound(mail: InboundMail, *, by: StaffMember, at: datetime) -> None:
    """Somebody dealt with it; what was dealt with before stays as it is."""
    if mail.handled_at is None:
        mail.handled_at = at
        audit.record("inbound_mail.handled", subject=mail, by=by, at=at)
    db.session.commit()


@asks(Right.SEE_CONTACT_DETAILS, Right.ANSWER, closed_to_coordinators=True)
def put_with_message(mail_id: int, message_id: int, text: str, *, by: StaffMember, at: datetime) -> bool:
    """What a resident mailed becomes part of their message, which is taken up again; the mail is dealt with.

    Returns False, and does nothing, when somebody dealt with the mail before. Raises NotFound, NotAllowed.
    """
    query = InboundMail.numbered(mail_id).with_for_update().execution_options(populate_existing=True)
    mail = db.session.scalars(query).one()
    is_new = mail.handled_at is None
    if is_new:
        contact.add_by_mail(message_id, text, at=at)
        mail.handled_at = at
        audit.record("inbound_mail.handled", subject=mail, by=by, at=at, message=message_id)
    db.session.commit()
    return is_new


@asks(Right.SEE_CONTACT_DETAILS, closed_to_coordinators=True)
def reopen_inbound(mail: InboundMail, *, by: StaffMember, at: datetime) -> None:
    """It needs somebody after all."""
    if mail.handled_at is not None:
        mail.handled_at = None
        audit.record("inbound_mail.reopened", subject=mail, by=by, at=at)
    db.session.commit()


def is_resendable(delivery: Delivery) -> bool:
    """Whether this delivery can go once more."""
    return delivery.state in RESENDABLE and delivery.mail.state is not MailState.CANCELLED


@asks(Right.ANSWER, closed_to_coordinators=True)
def resend(delivery_id: int, *, by: StaffMember, at: datetime) -> bool:
    """Queue it again with the same Message-ID; False when there was nothing to resend."""
    is_queued = outbox.resend(delivery_id, at=at)
    if is_queued:
        audit.record("delivery.resent", subject=("delivery", delivery_id), by=by, at=at)
    db.session.commit()
    return is_queued


@asks(Right.SEND_NEWSLETTER, closed_to_coordinators=True)
def resend_newsletter(newsletter: Newsletter, state: DeliveryState, *, by: StaffMember, at: datetime, seen: int) -> int:
    """Queue all of a newsletter that failed, or all that is uncertain; returns how many.

    seen: how many there were on the page. Raises ChangedMeanwhile, and does nothing, when there are more by now.
    """
    count = outbox.resend_all(newsletter.mail_id, state, at=at) if newsletter.mail_id else 0
    if count > seen:
        db.session.rollback()
        raise ChangedMeanwhile(
            "Er kwamen e-mails bij. Er is niets verstuurd. Bekijk hoeveel het er nu zijn, en kies dan."
        )
    if count:
        audit.record(
            "newsletter.resent", subject=newsletter, by=by, at=at, number=newsletter.number, resent=count, state=state
        )
    db.session.commit()
    return count
