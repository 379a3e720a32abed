"""Taking in one mail: stored and acted on in one transaction, once, however often it comes."""

import hashlib
import logging
from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.exc import InterfaceError, OperationalError

from dordt.extensions import db
from dordt.mailer.inbound import handlers
from dordt.mailer.inbound.classify import UNKNOWN, Classification, Correlation, classify, correlate
from dordt.mailer.inbound.mime import MOST_READ, ParsedMail, clean, read
from dordt.mailer.models import InboundKind, InboundMail
from dordt.shared.database import insert_into

LARGEST = 25 * 1024 * 1024  # octets
LONGEST = 400  # characters of sender and subject
logger = logging.getLogger(__name__)


class MailRefused(ValueError):
    """This can never be taken in: it is empty or too large."""


def receive(raw: bytes, *, source: str, recipient: str = "", sender: str | None = None, at: datetime) -> bool:
    """Store a mail, do what it asks for, and commit; returns whether it was new.

    source: 'pipe' or 'imap'. recipient, sender: of the envelope, where they are known; "" is the sender of a bounce.
    Raises MailRefused, and the database's errors: then nothing was done, and the mail must be offered again.
    """
    if not raw.strip():
        raise MailRefused("it is empty")
    if len(raw) > LARGEST:
        raise MailRefused(f"it is larger than {LARGEST // 1024 // 1024} MB")
    try:
        stored = _store(raw, source, recipient, sender, at)
        db.session.commit()
    except BaseException:
        db.session.rollback()
        raise
    return stored


def _store(raw: bytes, source: str, recipient: str, sender: str | None, at: datetime) -> bool:
    mail = _read(raw, recipient, sender)
    row = {
        "digest": _digest(raw, recipient),
        "source": source,
        "raw": raw,
        "sender": clean(mail.header("From") or sender or "", LONGEST),
        "subject": clean(mail.header("Subject"), LONGEST),
        "kind": InboundKind.UNKNOWN,
        "received_at": at,
    }
    new = insert_into(InboundMail).values(row)
    stored = db.session.scalar(new.on_conflict_do_nothing().returning(InboundMail.id))
    if stored is None:
        return False
    correlation, classification, is_done = _understand(mail, at)
    understood = {
        "kind": classification.kind,
        "detail": classification.detail,
        "delivery_id": correlation and correlation.delivery_id,
        "handled_at": at if is_done else None,
    }
    db.session.execute(sa.update(InboundMail).where(InboundMail.id == stored).values(understood))
    return True


def _digest(raw: bytes, recipient: str) -> str:
    """The same words to two of our addresses are two mails."""
    return hashlib.sha256(
        raw + (b"\0" + recipient.lower().encode("utf-8", "replace") if recipient else b"")
    ).hexdigest()


def _read(raw: bytes, recipient: str, sender: str | None) -> ParsedMail:
    try:
        return read(raw, recipient=recipient, sender=sender)
    except Exception as problem:  # a stranger may send what no parser foresaw; kept it is all the same
        logger.warning("Inbound mail cannot be parsed (%s): kept for staff", type(problem).__name__)
        return replace(read(b"\n", recipient=recipient, sender=sender), written=raw[:MOST_READ].decode("latin-1"))


def _understand(mail: ParsedMail, at: datetime) -> tuple[Correlation | None, Classification, bool]:
    """What fails here leaves the mail for staff: its sender would offer it again for days, and then lose it."""
    try:
        with db.session.begin_nested():
            found = correlate(mail)
            key, leaves = (found.address_key, found.wants_to_leave) if found else ("", False)
            result = classify(mail, address_key=key, wants_to_leave=leaves)
            return found, result, handlers.handle(result, found, at=at)
    except (OperationalError, InterfaceError):
        raise  # the database: it may pass
    except Exception as problem:
        logger.error("Inbound mail was not handled (%s): kept for staff", type(problem).__name__)
        return None, replace(UNKNOWN, detail=f"not understood: {type(problem).__name__}"), False
