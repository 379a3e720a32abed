"""Asking for the newsletter, confirming, leaving."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.exc import IntegrityError

from dordt.accounts import inboxes
from dordt.accounts.models import StaffMember
from dordt.audit import services as audit
from dordt.consent import services as consent
from dordt.consent.models import ConsentPurpose
from dordt.extensions import db
from dordt.mailer import outbox
from dordt.mailer.models import SuppressionScope
from dordt.places import services as places
from dordt.shared.addresses import address_key
from dordt.shared.problems import LinkInvalid
from dordt.shared.tokens import read_token
from dordt.subscribers import emails
from dordt.subscribers.models import Subscriber, SubscriberState

FORM_PAGE = "/nieuwsbrief/"


@dataclass(frozen=True)
class SubscriptionWish:
    """What somebody filled in who wants the newsletter; no wijken or topics means all."""

    email: str
    neighbourhoods: Sequence[str]
    topics: Sequence[str]
    consent_text: str


def request_subscription(wish: SubscriptionWish, *, at: datetime) -> None:
    """Store the wish and queue the mail that asks for confirmation, in one transaction.

    Who gets the newsletter already is mailed that instead, and nothing of theirs changes: a stranger may have typed
    the address. Either mail goes at most once an hour; the page never tells who is on the list.
    """
    subscriber = _find_or_add(wish.email, at=at)
    if not inboxes.may_be_mailed(wish.email, at=at):
        db.session.commit()
        return
    if subscriber.is_confirmed:
        draft = emails.already_subscribed(subscriber)
        outbox.enqueue(draft, at=at, at_most_once_per=current_app.config["ONE_MAIL_PER"])
    else:
        _ask_to_confirm(subscriber, wish, at=at)
    db.session.commit()


def find_by_confirm_token(token: str, *, lock: bool = False) -> Subscriber:
    """The subscriber that a confirm link was made for. Raises LinkExpired or LinkInvalid."""
    claim = read_token(token, purpose=emails.CONFIRM, max_age=current_app.config["CONFIRM_WITHIN"])
    found = db.session.get(Subscriber, claim.row_id, with_for_update=lock or None)
    if found is None or found.link_version != claim.version:
        raise LinkInvalid(emails.CONFIRM)
    return found


def find_by_unsubscribe_token(token: str, *, lock: bool = False) -> Subscriber:
    """The subscriber that a link to leave was made for; such a link works for ever. Raises LinkInvalid."""
    claim = read_token(token, purpose=emails.UNSUBSCRIBE)
    found = db.session.get(Subscriber, claim.row_id, with_for_update=lock or None)
    if found is None:
        raise LinkInvalid(emails.UNSUBSCRIBE)
    return found


def find_by_preferences_token(token: str, *, lock: bool = False) -> Subscriber:
    """The subscriber whose choices a link opens: the token of the link to leave, of the present link version.

    Raises LinkInvalid when a newer link took its place, and for who does not get the newsletter.
    """
    claim = read_token(token, purpose=emails.UNSUBSCRIBE)
    found = db.session.get(Subscriber, claim.row_id, with_for_update=lock or None)
    if found is None or found.link_version != claim.version or not found.is_confirmed:
        raise LinkInvalid(emails.UNSUBSCRIBE)
    return found


def confirm_subscription(token: str, *, at: datetime) -> None:
    """The resident proved the address: newsletters come from now on. A second time changes nothing."""
    subscriber = find_by_confirm_token(token, lock=True)
    if not subscriber.is_confirmed:
        subscriber.state = SubscriberState.CONFIRMED
        subscriber.confirmed_at, subscriber.unsubscribed_at = at, None
        consent.confirmed(subscriber.email_key, ConsentPurpose.NEWSLETTER, at=at)
        audit.record("subscriber.confirmed", subject=("subscriber", subscriber.id), at=at, actor_name=audit.RESIDENT)
    db.session.commit()


def unsubscribe(token: str, *, at: datetime) -> None:
    """The resident leaves: nothing goes out any more. A second time changes nothing."""
    subscriber = find_by_unsubscribe_token(token, lock=True)
    if _leave(subscriber, at=at):
        audit.record("subscriber.unsubscribed", subject=("subscriber", subscriber.id), at=at, actor_name=audit.RESIDENT)
    db.session.commit()


def unsubscribe_by_mail(subscriber_id: int, _list_id: str, at: datetime) -> bool:
    """The resident wrote to the address in a newsletter that ends it; tells whether there is such a subscriber.

    Commits nothing: the post room stores the mail that asked in the same transaction.
    """
    subscriber = db.session.get(Subscriber, subscriber_id, with_for_update=True)
    if subscriber is not None and _leave(subscriber, at=at):
        audit.record("subscriber.unsubscribed", subject=("subscriber", subscriber.id), at=at, actor_name=audit.RESIDENT)
    return subscriber is not None


def unsubscribe_for(subscriber_id: int, reason: str, *, by: StaffMember, at: datetime) -> None:
    """A member of staff takes somebody off the list who asked for it."""
    subscriber = db.session.get_one(Subscriber, subscriber_id, with_for_update=True)
    if _leave(subscriber, at=at):
        audit.record(
            "subscriber.unsubscribed",
            subject=("subscriber", subscriber.id),
            at=at,
            actor_id=by.id,
            actor_name=by.name,
            reason=reason,
        )
    db.session.commit()


def erase_unconfirmed(*, at: datetime) -> int:
    """Erase who never confirmed within the time that the mail named; returns how many."""
    too_old = at - current_app.config["CONFIRM_WITHIN"]
    is_late = Subscriber.asked_at < too_old
    late = sa.select(Subscriber).where(Subscriber.state == SubscriberState.UNCONFIRMED, is_late)
    found = db.session.scalars(late.with_for_update()).all()
    for subscriber in found:
        consent.never_confirmed(subscriber.email_key, ConsentPurpose.NEWSLETTER)
        outbox.forget(subscriber.email_key, name="confirm_subscription", before=too_old)
        db.session.delete(subscriber)
    db.session.commit()
    return len(found)


def hold_list() -> None:
    """Let nobody join or leave until this transaction ends; SQLite has one writer at a time anyway.

    Without it somebody could leave between the copying of the audience and its commit, and still be mailed.
    """
    if db.session.get_bind().dialect.name == "postgresql":
        db.session.execute(sa.text("LOCK TABLE subscriber IN SHARE ROW EXCLUSIVE MODE"))


def counts() -> dict[SubscriberState, int]:
    """How many there are in each state."""
    found = db.session.execute(sa.select(Subscriber.state, sa.func.count()).group_by(Subscriber.state))
    return dict.fromkeys(SubscriberState, 0) | {row[0]: row[1] for row in found}


def _find_or_add(email: str, *, at: datetime) -> Subscriber:
    key = address_key(email)
    mine = Subscriber.with_key(key).with_for_update()
    try:
        with db.session.begin_nested():
            found = db.session.scalar(mine)
            if found is None:
                found = Subscriber(email=email, email_key=key, asked_at=at)
                db.session.add(found)
    except IntegrityError:  # the same form sent twice at once: the other one was first
        found = db.session.scalars(mine).one()
    return found


def _ask_to_confirm(subscriber: Subscriber, wish: SubscriptionWish, *, at: datetime) -> None:
    """What was chosen last counts. Who left stays unsubscribed until the new link is used, and keeps that mark."""
    subscriber.neighbourhoods = places.neighbourhoods(wish.neighbourhoods)
    subscriber.topics = places.topics(wish.topics)
    draft = emails.confirm_subscription(subscriber, at=at)
    if outbox.enqueue(draft, at=at, at_most_once_per=_quiet_time(subscriber, at=at)):
        subscriber.asked_at = at
        consent.asked(subscriber.email_key, ConsentPurpose.NEWSLETTER, text=wish.consent_text, source=FORM_PAGE, at=at)


def _quiet_time(subscriber: Subscriber, *, at: datetime) -> timedelta:
    """How long ago an earlier mail makes a new one unneeded; one from before leaving holds a link that is dead."""
    usual: timedelta = current_app.config["ONE_MAIL_PER"]
    return min(usual, at - subscriber.unsubscribed_at) if subscriber.unsubscribed_at else usual


def _leave(subscriber: Subscriber, *, at: datetime) -> bool:
    """Whether there was anything to end. Confirm links mailed before die with the old link version."""
    if subscriber.state == SubscriberState.UNSUBSCRIBED:
        return False
    subscriber.state, subscriber.unsubscribed_at = SubscriberState.UNSUBSCRIBED, at
    subscriber.link_version += 1
    db.session.flush()  # before looking for mail: a newsletter that is being started waits for this row, or we for it
    consent.withdrawn(subscriber.email_key, ConsentPurpose.NEWSLETTER, at=at)
    outbox.withdraw(subscriber.email_key, scope=SuppressionScope.NEWSLETTER)
    return True
