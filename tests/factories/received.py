"""Mail that came in, with valid defaults."""

from hashlib import sha256
from itertools import count
from typing import Any

from dordt.extensions import db
from dordt.mailer.models import InboundKind, InboundMail
from dordt.shared import clock

_numbers = count(1)
RAW = b"From: Piet <piet@voorbeeld.nl>\r\nSubject: Een vraag\r\n\r\nWanneer is de volgende avond?\r\n"


def make_received(raw: bytes = RAW, **given: Any) -> InboundMail:
    """A mail that nobody understood, committed."""
    values = {
        "digest": sha256(raw + str(next(_numbers)).encode()).hexdigest(),
        "source": "imap",
        "sender": "Piet <piet@voorbeeld.nl>",
        "subject": "Een vraag",
        "kind": InboundKind.UNKNOWN,
        "received_at": clock.now(),
    }
    mail = InboundMail(raw=raw, **{**values, **given})
    db.session.add(mail)
    db.session.commit()
    return mail
