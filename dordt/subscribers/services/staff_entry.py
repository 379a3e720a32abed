"""A subscriber whom staff enter by hand, with the proof of consent that was given at a desk or by telephone."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import partial

from dordt import throttling
from dordt.accounts.authorization import asks
from dordt.accounts.models import StaffMember
from dordt.accounts.rights import Right
from dordt.audit import services as audit
from dordt.consent import services as consent
from dordt.consent.models import Consent, ConsentMethod, ConsentPurpose
from dordt.extensions import db
from dordt.mailer.ledger import outbox
from dordt.shared.addresses import address_key
from dordt.subscribers import emails, services
from dordt.subscribers.fields import SubscriberFields, store_fields
from dordt.subscribers.models import Subscriber, SubscriberState
from dordt.subscribers.services import applications

ENTERED, ASKED = "subscriber.entered", "subscriber.asked_by_staff"


class EntryOutcome(StrEnum):
    ADDED = "added"
    KNOWN = "known"  # nothing changed
    ASKED = "asked"  # they left before: a mail asks whether they want it again
    ASKED_ALREADY = "asked_already"  # that mail went there within the hour


@dataclass(frozen=True)
class StaffEntry:
    email: str
    fields: SubscriberFields
    source: str
    given_at: datetime


@asks(Right.SEE_CONTACT_DETAILS, closed_to_coordinators=True)
def enter_subscriber(entry: StaffEntry, *, by: StaffMember, at: datetime) -> tuple[EntryOutcome, int]:
    """Put somebody on the list who agreed elsewhere; returns what came of it, and the number of the subscriber.

    Known addresses stay as they are. Who left before is not put back: they are asked by mail, and only their own
    click brings them back.
    """
    services.lock_list()
    key = address_key(entry.email)
    subscriber = db.session.scalar(Subscriber.with_key(key))
    if subscriber is not None and subscriber.is_confirmed:
        number = subscriber.id
        db.session.rollback()
        return EntryOutcome.KNOWN, number
    has_left = key in consent.withdrawn_among([key], ConsentPurpose.NEWSLETTER)
    if subscriber is None:
        subscriber = Subscriber(email=entry.email, email_key=key, asked_at=at)
        db.session.add(subscriber)
        db.session.flush()
    if has_left or subscriber.state == SubscriberState.UNSUBSCRIBED:
        outcome = _ask(subscriber, entry, by=by, at=at)
    else:
        _confirm(subscriber, entry, by=by, at=at)
        outcome = EntryOutcome.ADDED
    number = subscriber.id
    db.session.commit()
    return outcome, number


def _confirm(subscriber: Subscriber, entry: StaffEntry, *, by: StaffMember, at: datetime) -> None:
    subscriber.state = SubscriberState.CONFIRMED
    subscriber.asked_at, subscriber.confirmed_at = entry.given_at, at
    store_fields(subscriber, entry.fields)
    _log(ENTERED, subscriber, _prove(subscriber, entry, confirmed_at=entry.given_at, by=by), by=by, at=at)
    outbox.enqueue(emails.welcome(subscriber), at=at)


def _ask(subscriber: Subscriber, entry: StaffEntry, *, by: StaffMember, at: datetime) -> EntryOutcome:
    if not throttling.may_be_mailed(entry.email, at=at):
        return EntryOutcome.ASKED_ALREADY
    prove = partial(_prove, subscriber, entry, confirmed_at=None, by=by)
    application = applications.keep(subscriber, entry.email, entry.fields, prove, at=at)
    if application is None or application.consent is None:
        return EntryOutcome.ASKED_ALREADY
    outbox.enqueue(emails.confirm_subscription(application, at=at), at=at)
    _log(ASKED, subscriber, application.consent, by=by, at=at)
    return EntryOutcome.ASKED


def _prove(subscriber: Subscriber, entry: StaffEntry, *, confirmed_at: datetime | None, by: StaffMember) -> Consent:
    return consent.record(
        subscriber.email_key,
        ConsentPurpose.NEWSLETTER,
        text=None,
        source=entry.source,
        at=entry.given_at,
        method=ConsentMethod.STAFF,
        confirmed_at=confirmed_at,
        entered_by=by,
    )


def _log(action: str, subscriber: Subscriber, proof: Consent, *, by: StaffMember, at: datetime) -> None:
    db.session.flush()  # gives the proof its number
    audit.record(action, subject=subscriber, by=by, at=at, consent=proof.id)
