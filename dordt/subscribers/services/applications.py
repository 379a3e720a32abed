"""Forms for the newsletter that wait for the link in their mail; all of it is part of the caller's transaction."""

from collections.abc import Callable
from datetime import datetime

import sqlalchemy as sa
from flask import current_app

from dordt.consent import services as consent
from dordt.consent.models import Consent, ConsentPurpose
from dordt.extensions import db
from dordt.shared.links import read_token
from dordt.shared.problems import LinkInvalid
from dordt.subscribers import emails
from dordt.subscribers.fields import SubscriberFields, as_json
from dordt.subscribers.models import Subscriber, SubscriberApplication

MOST_AT_ONCE = 3  # forms with other words for one address that are mailed within an hour


def keep(
    subscriber: Subscriber, email: str, fields: SubscriberFields, prove: Callable[[], Consent], *, at: datetime
) -> SubscriberApplication | None:
    """A row of its own for these words, or the same one again when nothing differs; None when no mail may follow.

    The subscriber's row is locked. prove: records what was agreed to; of two proofs with the same words one is kept.
    """
    waiting = db.session.scalars(SubscriberApplication.waiting(subscriber.id)).all()
    lately = [each for each in waiting if at - each.asked_at < current_app.config["ONE_MAIL_PER"]]
    proof, values = prove(), as_json(fields)
    db.session.flush()
    found = next((each for each in waiting if _is_same(each, email, values, proof)), None)
    if found in lately or len(lately) >= MOST_AT_ONCE:
        db.session.delete(proof)
        return None
    if found is None:
        found = SubscriberApplication(subscriber=subscriber, email=email, fields=values)
        db.session.add(found)
    elif found.consent:
        db.session.delete(found.consent)  # the newer one tells when it was asked
    found.consent, found.asked_at = proof, at
    db.session.flush()
    return found


def find(token: str, *, lock: bool = False) -> SubscriberApplication:
    """The form that a confirm link was made for, with its subscriber locked. Raises LinkExpired or LinkInvalid."""
    row_id, version = _claimed(token)
    if lock:
        owner = sa.select(SubscriberApplication.subscriber_id).where(SubscriberApplication.id == row_id)
        locked = sa.select(Subscriber).where(Subscriber.id == owner.scalar_subquery()).with_for_update()
        db.session.scalars(locked).all()
        db.session.expire_all()
    found = db.session.get(SubscriberApplication, row_id)
    if found is None or found.subscriber.link_version != version:
        raise LinkInvalid(emails.CONFIRM)
    return found


def confirm(application: SubscriberApplication, *, at: datetime) -> None:
    """The address was proved by this one: its consent counts, and what else waits for this subscriber ends."""
    application.confirmed_at = at
    if application.consent:
        application.consent.confirmed_at = at
    for other in db.session.scalars(SubscriberApplication.waiting(application.subscriber_id)).all():
        forget(other)


def forget(application: SubscriberApplication) -> None:
    """It was not confirmed: nobody agreed to anything, so nothing is kept."""
    if application.confirmed_at is None:
        if application.consent:
            db.session.delete(application.consent)
        db.session.delete(application)


def record_consent(subscriber: Subscriber, text: str, source: str, *, at: datetime) -> Consent:
    return consent.record(subscriber.email_key, ConsentPurpose.NEWSLETTER, text=text, source=source, at=at)


def _is_same(application: SubscriberApplication, email: str, fields: dict[str, object], proof: Consent) -> bool:
    agreed = application.consent
    has_same_proof = agreed is not None and (agreed.text_version, agreed.source) == (proof.text_version, proof.source)
    return has_same_proof and (application.email, application.fields) == (email, fields)


def _claimed(token: str) -> tuple[int, int]:
    """The row and version in a link; one from before there were applications names the subscriber, whose form was
    carried over under that number (migration 0007)."""
    within = current_app.config["CONFIRM_WITHIN"]
    try:
        claim = read_token(token, purpose=emails.CONFIRM, max_age=within)
    except LinkInvalid:
        claim = read_token(token, purpose=emails.CONFIRM_BEFORE, max_age=within)
        carried = db.session.get(SubscriberApplication, claim.row_id)
        if carried is None or carried.subscriber_id != carried.id:
            raise
    return claim.row_id, claim.version
