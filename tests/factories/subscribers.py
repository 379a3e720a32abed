"""Subscribers with valid defaults."""

from datetime import timedelta
from itertools import count
from typing import Any

from dordt.consent.models import Consent, ConsentPurpose
from dordt.extensions import db
from dordt.shared import clock
from dordt.shared.addresses import address_key
from dordt.shared.links import issue_token
from dordt.subscribers import emails
from dordt.subscribers.fields import as_json, fields_of
from dordt.subscribers.models import AddressChange, Subscriber, SubscriberApplication, SubscriberState

_numbers = count(1)


def make_subscriber(state: SubscriberState = SubscriberState.CONFIRMED, **given: Any) -> Subscriber:
    """Somebody who gets the newsletter."""
    email = given.pop("email", f"lezer{next(_numbers)}@voorbeeld.nl")
    at = clock.now() - timedelta(days=30)
    values: dict[str, Any] = {"email": email, "email_key": address_key(email), "state": state, "asked_at": at}
    if state != SubscriberState.UNCONFIRMED:
        values["confirmed_at"] = at
    if state == SubscriberState.UNSUBSCRIBED:
        values["unsubscribed_at"] = at + timedelta(days=1)
    subscriber = Subscriber(**{**values, **given})
    db.session.add(subscriber)
    db.session.commit()
    return subscriber


def make_application(subscriber: Subscriber, **given: Any) -> SubscriberApplication:
    """A form of this subscriber that waits for its link, with the last proof that is not confirmed."""
    unproved = Consent.of(subscriber.email_key, ConsentPurpose.NEWSLETTER).where(Consent.confirmed_at.is_(None))
    values: dict[str, Any] = {
        "email": subscriber.email,
        "fields": as_json(fields_of(subscriber)),
        "consent": db.session.scalar(unproved.limit(1)),
        "asked_at": subscriber.asked_at,
    }
    application = SubscriberApplication(subscriber=subscriber, **{**values, **given})
    db.session.add(application)
    db.session.commit()
    return application


def confirm_path(subscriber: Subscriber) -> str:
    """Where the confirm link leads that this subscriber got last, or gets now."""
    waiting = db.session.scalars(SubscriberApplication.waiting(subscriber.id)).all()
    application = waiting[-1] if waiting else make_application(subscriber)
    token = issue_token(application.id, purpose=emails.CONFIRM, version=subscriber.link_version)
    return f"/nieuwsbrief/bevestigen/{token}/"


def unsubscribe_path(subscriber: Subscriber) -> str:
    """Where the link to leave of this subscriber leads."""
    token = issue_token(subscriber.id, purpose=emails.UNSUBSCRIBE, version=subscriber.link_version)
    return f"/nieuwsbrief/afmelden/{token}/"


def preferences_path(subscriber: Subscriber) -> str:
    """Where the link to the choices of this subscriber leads."""
    return unsubscribe_path(subscriber).replace("afmelden", "voorkeuren")


def make_address_change(subscriber: Subscriber, **given: Any) -> AddressChange:
    """Another address that this subscriber asked for."""
    email = given.pop("email", f"nieuw{next(_numbers)}@voorbeeld.nl")
    values: dict[str, Any] = {"email": email, "email_key": address_key(email), "asked_at": clock.now()}
    change = AddressChange(subscriber=subscriber, **{**values, **given})
    db.session.add(change)
    db.session.commit()
    return change
