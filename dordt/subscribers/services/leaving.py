"""Leaving the list, however it is asked, and the reason that may be given afterwards."""

from datetime import datetime, timedelta

from dordt.accounts.models import StaffMember
from dordt.audit import services as audit
from dordt.consent import services as consent
from dordt.consent.models import ConsentPurpose
from dordt.extensions import db
from dordt.mailer.ledger import outbox
from dordt.mailer.models import SuppressionScope
from dordt.shared.links import read_token
from dordt.shared.problems import LinkInvalid, NotAllowed
from dordt.subscribers import emails
from dordt.subscribers.models import (
    AddressChange,
    Subscriber,
    SubscriberState,
    UnsubscribeReason,
    UnsubscribeWay,
    Unsubscription,
)
from dordt.subscribers.services.subscribing import note_act

REASON_WITHIN = timedelta(hours=24)
TOO_LATE = (
    "U kunt tot een dag na het afmelden zeggen waarom u wegging. Wilt u nu nog iets zeggen? Stuur ons een bericht."
)


def unsubscribe(token: str, way: UnsubscribeWay = UnsubscribeWay.LINK, *, at: datetime) -> None:
    """The resident leaves: nothing goes out any more. A second time changes nothing."""
    subscriber = find_by_unsubscribe_token(token, lock=True)
    _leave_at_own_request(subscriber, way, at=at)
    db.session.commit()


def unsubscribe_by_mail(subscriber_id: int, _list_id: str, *, mail_id: int, at: datetime) -> bool:
    """The resident wrote to the address in a newsletter that ends it; tells whether there is such a subscriber.

    mail_id: the newsletter whose address it was. Commits nothing: the mailer stores the mail that asked in the same
    transaction.
    """
    subscriber = db.session.get(Subscriber, subscriber_id, with_for_update=True)
    if subscriber is not None:
        _leave_at_own_request(subscriber, UnsubscribeWay.MAIL, at=at, mail_id=mail_id)
    return subscriber is not None


def unsubscribe_for(subscriber_id: int, reason: str, *, by: StaffMember, at: datetime) -> None:
    """A member of staff takes somebody off the list who asked for it."""
    subscriber = db.session.get_one(Subscriber, subscriber_id, with_for_update=True)
    if leave(subscriber, UnsubscribeWay.STAFF, at=at):
        audit.record(
            "subscriber.unsubscribed",
            subject=subscriber,
            by=by,
            at=at,
            reason=reason,
        )
    db.session.commit()


def leave(subscriber: Subscriber, way: UnsubscribeWay, *, at: datetime, mail_id: int | None = None) -> bool:
    """End it within the caller's transaction; whether there was anything to end.

    Who left is counted with the newsletter that reached them last; who never confirmed was not on the list.
    """
    if subscriber.state == SubscriberState.UNSUBSCRIBED:
        return False
    if subscriber.is_confirmed:
        mail_id = mail_id or outbox.last_newsletter_to(subscriber.email_key)
        db.session.add(Unsubscription(subscriber_id=subscriber.id, mail_id=mail_id, way=way, at=at))
    end(subscriber, at=at)
    return True


def end(subscriber: Subscriber, *, at: datetime) -> None:
    """No newsletter, no pause, no new address that waits. Links mailed before die with the old link version."""
    subscriber.state, subscriber.unsubscribed_at, subscriber.paused_until = SubscriberState.UNSUBSCRIBED, at, None
    subscriber.link_version += 1
    db.session.flush()  # before looking for mail: a newsletter that is being started waits for this row, or we for it
    db.session.execute(AddressChange.cancel_of(subscriber.id))
    consent.withdraw(subscriber.email_key, ConsentPurpose.NEWSLETTER, at=at)
    outbox.withdraw(subscriber.email_key, scope=SuppressionScope.NEWSLETTER)


def may_give_reason(subscriber: Subscriber, *, at: datetime) -> Unsubscription | None:
    """The time that this subscriber left, if that was not long ago and they did not come back."""
    last = db.session.scalar(Unsubscription.last_of(subscriber.id))
    is_away = subscriber.state == SubscriberState.UNSUBSCRIBED
    return last if last is not None and is_away and at - last.at < REASON_WITHIN else None


def give_reason(token: str, reason: UnsubscribeReason, remark: str, *, at: datetime) -> None:
    """Say why one left; a second answer takes the place of the first. Raises NotAllowed after a day."""
    subscriber = find_by_unsubscribe_token(token, lock=True)
    last = may_give_reason(subscriber, at=at)
    if last is None:
        raise NotAllowed(TOO_LATE)
    last.reason, last.remark = reason, remark
    db.session.commit()


def _leave_at_own_request(
    subscriber: Subscriber, way: UnsubscribeWay, *, at: datetime, mail_id: int | None = None
) -> None:
    if leave(subscriber, way, at=at, mail_id=mail_id):
        note_act("subscriber.unsubscribed", subscriber, at=at)


def find_by_unsubscribe_token(token: str, *, lock: bool = False) -> Subscriber:
    """The subscriber that a link to leave was made for; such a link works for ever. Raises LinkInvalid."""
    claim = read_token(token, purpose=emails.UNSUBSCRIBE)
    found = db.session.get(Subscriber, claim.row_id, with_for_update=lock or None)
    if found is None:
        raise LinkInvalid(emails.UNSUBSCRIBE)
    return found
