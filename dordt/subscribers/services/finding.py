"""Whose link this is, and the note that they did something themselves."""

from datetime import datetime

from flask import current_app

from dordt.audit import services as audit
from dordt.extensions import db
from dordt.shared.problems import LinkInvalid
from dordt.shared.tokens import read_token
from dordt.subscribers import emails
from dordt.subscribers.models import Subscriber


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


def note_act(action: str, subscriber: Subscriber, *, at: datetime) -> None:
    """Log what a resident did, and keep on their row that they did something: undoing an import leaves them alone."""
    subscriber.touched_at = at
    audit.record(action, subject=("subscriber", subscriber.id), at=at, actor_name=audit.RESIDENT)
