"""Coming on the list, by asking and confirming, and leaving it by any of its ways out."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.exc import IntegrityError

from dordt import throttling
from dordt.accounts.authorization import asks
from dordt.accounts.models import StaffMember
from dordt.accounts.rights import Right
from dordt.audit import services as audit
from dordt.consent import services as consent
from dordt.consent.models import ConsentPurpose
from dordt.extensions import db
from dordt.mailer.ledger import outbox
from dordt.mailer.models import SuppressionScope
from dordt.shared.addresses import address_key
from dordt.shared.database import is_postgres
from dordt.shared.links import read_token
from dordt.shared.problems import LinkInvalid, NotAllowed
from dordt.subscribers import emails
from dordt.subscribers.fields import SubscriberFields, store_fields
from dordt.subscribers.models import (
    AddressChange,
    Subscriber,
    SubscriberApplication,
    SubscriberState,
    UnsubscribeReason,
    UnsubscribeWay,
    Unsubscription,
)
from dordt.subscribers.services import applications

ERASED_AT_ONCE = 500  # the rest a minute later: others write in between
FORM_PAGE = "/nieuwsbrief/"
REASON_WITHIN = timedelta(hours=24)
TOO_LATE = (
    "U kunt tot een dag na het afmelden zeggen waarom u wegging. Wilt u nu nog iets zeggen? Stuur ons een bericht."
)


@dataclass(frozen=True)
class SubscriptionRequest:
    """What somebody filled in who wants the newsletter."""

    email: str
    fields: SubscriberFields
    consent_text: str


def request_subscription(request: SubscriptionRequest, *, at: datetime) -> None:
    """Store the request and queue the mail that asks for confirmation, in one transaction.

    Who gets the newsletter already is mailed that instead, at most once an hour, and nothing of theirs changes: a
    stranger may have typed the address. The page never tells who is on the list.
    """
    if throttling.may_be_mailed(request.email, at=at):
        subscriber = _find_or_add(request, at=at)
        if subscriber.is_confirmed:
            if subscriber.import_id:  # should the import be undone, this request is still there
                _keep(subscriber, request, at=at)
            draft = emails.already_subscribed(subscriber)
            outbox.enqueue(draft, at=at, at_most_once_per=current_app.config["ONE_MAIL_PER"])
        elif application := _keep(subscriber, request, at=at):
            outbox.enqueue(emails.confirm_subscription(application, at=at), at=at)
    db.session.commit()


def confirm_subscription(token: str, *, at: datetime) -> None:
    """The resident proved the address: newsletters come from now on, as this form said, and a mail says so. A second
    time does nothing."""
    application = applications.find(token, lock=True)
    subscriber = application.subscriber
    if application.confirmed_at is None:
        applications.confirm(application, at=at)
        if not subscriber.is_confirmed:  # or an import or staff were faster: then only the proof is new
            subscriber.state, subscriber.email = SubscriberState.CONFIRMED, application.email
            subscriber.asked_at, subscriber.confirmed_at, subscriber.unsubscribed_at = application.asked_at, at, None
            store_fields(subscriber, SubscriberFields(**application.fields))
            outbox.enqueue(emails.welcome(subscriber), at=at)
        subscriber.import_id = None  # from now on it rests on this proof
        note_act("subscriber.confirmed", subscriber, at=at)
    db.session.commit()


def erase_unconfirmed(*, at: datetime) -> int:
    """Erase who never confirmed within the time that the mail named, some at a time; returns how many."""
    too_old = at - current_app.config["CONFIRM_WITHIN"]
    never = sa.and_(Subscriber.state == SubscriberState.UNCONFIRMED, Subscriber.asked_at < too_old)
    late = sa.select(Subscriber).where(never, ~SubscriberApplication.awaited(since=too_old))
    found = db.session.scalars(late.order_by(Subscriber.id).limit(ERASED_AT_ONCE).with_for_update()).all()
    for subscriber in found:
        consent.forget_unconfirmed(subscriber.email_key, ConsentPurpose.NEWSLETTER)
        outbox.forget(subscriber.email_key, name="confirm_subscription", before=too_old)
        db.session.delete(subscriber)
    db.session.commit()
    return len(found)


def erase_applications(*, at: datetime) -> int:
    """Erase forms whose link is too old, some at a time, with their mail where nobody used it; returns how many."""
    too_old = at - current_app.config["CONFIRM_WITHIN"]
    old = sa.select(SubscriberApplication).where(SubscriberApplication.asked_at < too_old)
    first = old.order_by(SubscriberApplication.id).limit(ERASED_AT_ONCE)
    found = db.session.scalars(first.with_for_update(of=SubscriberApplication)).all()  # and no subscriber
    for application in found:
        if application.confirmed_at is None:
            outbox.forget(application.subscriber.email_key, name="confirm_subscription", before=too_old)
            applications.forget(application)
        else:
            db.session.delete(application)
    db.session.commit()
    return len(found)


def lock_list() -> None:
    """Let nobody join or leave until this transaction ends; SQLite has one writer at a time anyway.

    Without it somebody could leave between the copying of the audience and its commit, and still be mailed. The mode
    also blocks whoever locks a row to change it: they would have the row, we the table, and neither could go on.
    """
    if is_postgres():
        db.session.execute(sa.text("LOCK TABLE subscriber IN EXCLUSIVE MODE"))


def counts() -> dict[SubscriberState, int]:
    found = db.session.execute(sa.select(Subscriber.state, sa.func.count()).group_by(Subscriber.state))
    return dict.fromkeys(SubscriberState, 0) | {row[0]: row[1] for row in found}


def _find_or_add(request: SubscriptionRequest, *, at: datetime) -> Subscriber:
    """Who has this address, locked; somebody new stands on the list as unconfirmed, with what was asked first."""
    key = address_key(request.email)
    mine = Subscriber.with_key(key).with_for_update()
    try:
        with db.session.begin_nested():
            found = db.session.scalar(mine)
            if found is None:
                found = Subscriber(email=request.email, email_key=key, asked_at=at)
                db.session.add(found)
                store_fields(found, request.fields)
    except IntegrityError:  # the same form sent twice at once: the other one was first
        found = db.session.scalars(mine).one()
    return found


def _keep(subscriber: Subscriber, request: SubscriptionRequest, *, at: datetime) -> SubscriberApplication | None:
    prove = partial(applications.record_consent, subscriber, request.consent_text, FORM_PAGE, at=at)
    return applications.keep(subscriber, request.email, request.fields, prove, at=at)


def note_act(action: str, subscriber: Subscriber, *, at: datetime) -> None:
    """Log what a resident did, and keep on their row that they did something: undoing an import leaves them alone."""
    subscriber.touched_at = at
    audit.record(action, subject=subscriber, by=audit.RESIDENT, at=at)


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


@asks(Right.SEE_CONTACT_DETAILS, closed_to_coordinators=True)
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
    db.session.execute(SubscriberApplication.cancel_of(subscriber.id))
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
