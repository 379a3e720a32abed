"""What a subscriber changes on the page of their own: what they read about, a pause, another address."""

from datetime import datetime

import sqlalchemy as sa
from dateutil.relativedelta import relativedelta
from flask import current_app
from sqlalchemy.exc import IntegrityError

from dordt import throttling
from dordt.audit import services as audit
from dordt.consent import services as consent
from dordt.consent.models import ConsentPurpose
from dordt.extensions import db
from dordt.mailer.ledger import outbox
from dordt.mailer.models import SuppressionScope
from dordt.shared.addresses import address_key
from dordt.shared.clock import AMSTERDAM
from dordt.shared.database import affected
from dordt.shared.links import read_token
from dordt.shared.problems import LinkInvalid
from dordt.subscribers import emails
from dordt.subscribers.fields import SubscriberFields, fields_of, store_fields
from dordt.subscribers.models import (
    AddressChange,
    Subscriber,
    SubscriberApplication,
    SubscriberState,
    UnsubscribeWay,
    Unsubscription,
)
from dordt.subscribers.services import subscribing
from dordt.subscribers.services.subscribing import note_act

PAUSE_MONTHS = (1, 3, 6)


def change_choices(token: str, fields: SubscriberFields, *, at: datetime) -> None:
    subscriber = find_by_preferences_token(token, lock=True)
    store_fields(subscriber, fields)
    note_act("subscriber.choices_changed", subscriber, at=at)
    db.session.commit()


def pause_choices(at: datetime) -> dict[int, datetime]:
    """How many months one may pause, and the morning on which newsletters come again."""
    return {months: _morning_after(at, months) for months in PAUSE_MONTHS}


def pause(token: str, months: int, *, at: datetime) -> None:
    """No newsletter for some months; what waits in the post does not leave. A second pause replaces the first."""
    subscriber = find_by_preferences_token(token, lock=True)
    subscriber.state, subscriber.paused_until = SubscriberState.PAUSED, pause_choices(at)[months]
    db.session.flush()  # before looking for mail: a newsletter that is being started waits for this row, or we for it
    outbox.withdraw(subscriber.email_key, scope=SuppressionScope.NEWSLETTER)
    note_act("subscriber.paused", subscriber, at=at)
    db.session.commit()


def resume(token: str, *, at: datetime) -> None:
    """Newsletters come again at once. Who is not paused stays as they are."""
    subscriber = find_by_preferences_token(token, lock=True)
    if subscriber.state == SubscriberState.PAUSED:
        subscriber.state, subscriber.paused_until = SubscriberState.CONFIRMED, None
        note_act("subscriber.resumed", subscriber, at=at)
    db.session.commit()


def end_pauses(*, at: datetime) -> int:
    """Bring back everybody whose pause is over; returns how many. One statement: of two workers one finds them."""
    over = sa.update(Subscriber).where(Subscriber.state == SubscriberState.PAUSED, Subscriber.paused_until <= at)
    back = over.values(state=SubscriberState.CONFIRMED, paused_until=None)
    done = db.session.execute(back, execution_options={"synchronize_session": False})
    count = affected(done)
    if count:
        audit.record("subscriber.pauses_ended", subject=("subscriber", None), at=at, count=count)
    db.session.commit()
    return count


def _morning_after(at: datetime, months: int) -> datetime:
    """The same day so many months later, or the last day of a month that lacks it."""
    day = at.astimezone(AMSTERDAM).date() + relativedelta(months=months)
    return datetime(day.year, day.month, day.day, tzinfo=AMSTERDAM)


def find_by_preferences_token(token: str, *, lock: bool = False) -> Subscriber:
    """The subscriber whose choices a link opens: the token of the link to leave, of the current link version.

    Raises LinkInvalid when a newer link took its place, and for whoever does not get the newsletter.
    """
    claim = read_token(token, purpose=emails.UNSUBSCRIBE)
    found = db.session.get(Subscriber, claim.row_id, with_for_update=lock or None)
    if found is None or found.link_version != claim.version or not found.is_confirmed:
        raise LinkInvalid(emails.UNSUBSCRIBE)
    return found


CONFIRM_PAGE = "/nieuwsbrief/nieuw-adres/"  # where the words of the consent stand


def ask_new_address(token: str, email: str, *, at: datetime) -> None:
    """Keep where the newsletter should go, and ask there to confirm it; nothing changes until then.

    Whoever has that address, the same mail goes out. Of several requests the newest counts.
    """
    subscriber = find_by_preferences_token(token, lock=True)
    key = address_key(email)
    change = db.session.scalar(AddressChange.waiting(subscriber.id).where(AddressChange.email_key == key))
    if change is None:
        change = AddressChange(subscriber=subscriber, email=email, email_key=key)
        db.session.add(change)
    change.asked_at = at
    db.session.flush()
    if throttling.may_be_mailed(email, at=at):
        draft = emails.confirm_new_address(change, at=at)
        outbox.enqueue(draft, at=at, at_most_once_per=current_app.config["ONE_MAIL_PER"])
    db.session.commit()


def waiting_address_of(subscriber: Subscriber) -> AddressChange | None:
    """Where this subscriber wants the newsletter, as long as nobody confirmed that."""
    return db.session.scalar(AddressChange.waiting(subscriber.id).limit(1))


def find_by_new_address_token(token: str, *, lock: bool = False) -> AddressChange:
    """The change that a confirm link was made for, also when it was confirmed. Raises LinkExpired or LinkInvalid."""
    claim = read_token(token, purpose=emails.NEW_ADDRESS, max_age=current_app.config["CONFIRM_WITHIN"])
    change = db.session.get(AddressChange, claim.row_id, with_for_update=lock or None)
    if change is None or not (change.confirmed_at or _still_counts(change, claim.version)):
        raise LinkInvalid(emails.NEW_ADDRESS)
    return change


def confirm_new_address(token: str, *, consent_text: str, at: datetime) -> None:
    """The owner of the new address agreed: from now on the newsletter goes there. A second time changes nothing."""
    found = find_by_new_address_token(token)
    # All rows are locked in one order: of two people who swap addresses, one waits for the other.
    db.session.scalars(Subscriber.both(found.subscriber_id, found.email_key).with_for_update()).all()
    db.session.expire_all()
    change = find_by_new_address_token(token, lock=True)
    if change.confirmed_at is None:
        _carry_out(change, consent_text, at=at)
    db.session.commit()


def erase_changes(*, at: datetime) -> int:
    """Erase the new addresses that nobody confirmed in time, and what is left of the others; returns how many."""
    too_old = at - current_app.config["CONFIRM_WITHIN"]
    old = sa.select(AddressChange).where(AddressChange.asked_at < too_old)
    found = db.session.scalars(old.with_for_update(of=AddressChange)).all()  # and no subscriber: who leaves has it
    for change in found:
        if change.confirmed_at is None:
            outbox.forget(change.email_key, name="confirm_new_address", before=too_old)
        db.session.delete(change)
    db.session.commit()
    return len(found)


def _still_counts(change: AddressChange, version: int) -> bool:
    subscriber = change.subscriber
    return change is waiting_address_of(subscriber) and subscriber.link_version == version and subscriber.is_confirmed


def _carry_out(change: AddressChange, consent_text: str, *, at: datetime) -> None:
    subscriber, key = change.subscriber, change.email_key
    notice = emails.address_changed(subscriber)  # to the address of until now
    change.confirmed_at = at
    consent.forget_unconfirmed(key, ConsentPurpose.NEWSLETTER)
    consent.record(
        key,
        ConsentPurpose.NEWSLETTER,
        text=consent_text,
        source=CONFIRM_PAGE,
        at=change.asked_at,
        confirmed_at=at,
    )
    if not _take_address(subscriber, change, at=at):
        _hand_over(subscriber, db.session.scalars(Subscriber.with_key(key).with_for_update()).one(), at=at)
    outbox.enqueue(notice, at=at)
    note_act("subscriber.address_changed", subscriber, at=at)


def _take_address(subscriber: Subscriber, change: AddressChange, *, at: datetime) -> bool:
    """Give this subscriber the new address; False when somebody on the list has it."""
    _forget_unconfirmed(change.email_key)
    old_key = subscriber.email_key
    try:
        with db.session.begin_nested():
            subscriber.email, subscriber.email_key = change.email, change.email_key
            subscriber.link_version += 1
            subscriber.import_id = None  # from now on it rests on the proof for this address
    except IntegrityError:
        return False
    db.session.execute(AddressChange.cancel_of(subscriber.id))
    consent.withdraw(old_key, ConsentPurpose.NEWSLETTER, at=at)
    outbox.readdress_newsletters(old_key, to=subscriber.email, link_version=subscriber.link_version)
    return True


def _forget_unconfirmed(key: str) -> None:
    """Whoever asked for the newsletter there did not prove it; now the address is proved to be this subscriber's."""
    stale = db.session.scalar(Subscriber.with_key(key).with_for_update())
    if stale is not None and stale.state == SubscriberState.UNCONFIRMED:
        db.session.delete(stale)
        db.session.flush()


def _hand_over(subscriber: Subscriber, known: Subscriber, *, at: datetime) -> None:
    """The new address is on the list, or was: its row goes on with what was chosen here, and this one leaves.

    It is that row whose links stand in the newsletters of that inbox.
    """
    store_fields(known, fields_of(subscriber))
    if not known.is_confirmed:
        known.confirmed_at, known.unsubscribed_at = at, None
    known.state, known.paused_until = subscriber.state, subscriber.paused_until
    known.import_id = None
    db.session.execute(SubscriberApplication.cancel_of(known.id))
    db.session.flush()
    if known.state == SubscriberState.PAUSED:
        outbox.withdraw(known.email_key, scope=SuppressionScope.NEWSLETTER)
    subscribing.end(subscriber, at=at)
    db.session.add(Unsubscription(subscriber_id=subscriber.id, way=UnsubscribeWay.LINK, at=at))  # for no newsletter
    note_act("subscriber.confirmed", known, at=at)
