"""Messages of residents with valid defaults."""

from datetime import date
from itertools import count
from typing import Any

from dordt.contact.models import Message
from dordt.contact.services import MessageSubmission
from dordt.extensions import db
from dordt.shared import clock
from dordt.shared.addresses import address_key

_numbers = count(1)


def make_submission(**given: Any) -> MessageSubmission:
    """What a resident fills in."""
    values = {
        "name": "Anna de Vries",
        "email": "Anna@Voorbeeld.nl",
        "neighbourhood": "sterrenburg",
        "topic": "groen-en-spelen",
        "body": "De bank bij de waterspeelplaats is kapot.",
    }
    return MessageSubmission(**{**values, **given})


def make_message(**given: Any) -> Message:
    """A message that nobody has taken up yet."""
    number, now = next(_numbers), clock.now()
    email = given.setdefault("email", f"bewoner{number}@voorbeeld.nl")
    values = {
        "reference": f"DZ-2026-{number:06}",
        "submission_key": f"proef-{number}",
        "name": "Anna de Vries",
        "email_key": address_key(email),
        "neighbourhood": "sterrenburg",
        "body": "De bank bij de waterspeelplaats is kapot.",
        "reply_by_on": date(2099, 1, 1),
        "created_at": now,
        "updated_at": now,
    }
    message = Message(**{**values, **given})
    db.session.add(message)
    db.session.commit()
    return message
