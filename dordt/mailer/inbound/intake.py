"""Taking in one mail: stored and acted on in one transaction, once, however often it comes."""

import hashlib
import logging
from dataclasses import replace
from datetime import datetime
from typing import Protocol

import sqlalchemy as sa
from sqlalchemy.exc import InterfaceError, OperationalError

from dordt.extensions import db
from dordt.mailer.inbound.classify import UNKNOWN, Classification, Correlation, classify, correlate
from dordt.mailer.inbound.mime import MOST_READ, ParsedMail, clean, read
from dordt.mailer.models import (
    Delivery,
    DeliveryState,
    InboundKind,
    InboundMail,
    Mail,
    MailEventKind,
    MailKind,
    SuppressionCause,
    SuppressionScope,
)
from dordt.mailer.suppression import bounces
from dordt.mailer.suppression import list as suppression_list
from dordt.mailer.suppression.bounces import BounceClass
from dordt.shared.database import insert_into

LARGEST = 25 * 1024 * 1024  # octets
LONGEST = 400  # characters of sender and subject
logger = logging.getLogger(__name__)
# A bounce may be quicker than the worker that still writes down what the relay said.
WENT_OUT = (DeliveryState.ACCEPTED, DeliveryState.SENDING, DeliveryState.UNCERTAIN, DeliveryState.DEFERRED)
EVENTS = {InboundKind.DELAY: MailEventKind.DELAYED, InboundKind.AUTO_REPLY: MailEventKind.AUTO_REPLIED}


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
    """On any failure the mail is kept for staff: refused, its sender would offer it for days and then drop it."""
    try:
        with db.session.begin_nested():
            found = correlate(mail)
            key, leaves = (found.address_key, found.wants_to_leave) if found else ("", False)
            result = classify(mail, address_key=key, wants_to_leave=leaves)
            return found, result, handle(result, found, at=at)
    except (OperationalError, InterfaceError):
        raise  # the database: it may pass
    except Exception as problem:
        logger.error("Inbound mail was not handled (%s): kept for staff", type(problem).__name__)
        return None, replace(UNKNOWN, detail=f"not understood: {type(problem).__name__}"), False


class Unsubscribe(Protocol):
    """Ends the subscription behind mail of a kind; the caller commits, together with the mail that asked for it."""

    def __call__(self, recipient: int, list_id: str, /, *, mail_id: int, at: datetime) -> bool:
        """Return whether this recipient of this list is known; when they left already nothing changes, and it is true.

        mail_id: the mail to whose unsubscribe address was written.
        """


_unsubscribers: dict[MailKind, Unsubscribe] = {}


def on_unsubscribe(kind: MailKind, function: Unsubscribe) -> None:
    """Register what a domain does when somebody unsubscribes by mail from mail of this kind."""
    _unsubscribers[kind] = function


def handle(mail: Classification, about: Correlation | None, *, at: datetime) -> bool:
    """Do what a mail asks for; False when a member of staff must look."""
    if mail.kind is InboundKind.UNKNOWN:
        return False
    if about is None or not about.is_signed:
        return mail.kind in EVENTS  # anybody can write the rest: without our signature it is only kept
    match mail.kind:
        case InboundKind.BOUNCE | InboundKind.SOFT_BOUNCE:
            _bounce(mail, about, at=at)
        case InboundKind.COMPLAINT:
            _complaint(mail, about, at=at)
        case InboundKind.UNSUBSCRIBE:
            return _unsubscribe(about, at=at)
        case _:
            bounces.record_event(about.delivery_id, EVENTS[mail.kind], mail.detail, at=at)
    return True


def _bounce(mail: Classification, about: Correlation, *, at: datetime) -> None:
    words, delivery_id, key = mail.detail or "", about.delivery_id, about.address_key
    bounces.lock_address(key)
    _move(delivery_id, WENT_OUT, DeliveryState.BOUNCED)
    if mail.bounce_class is BounceClass.GONE:
        bounces.record_event(delivery_id, MailEventKind.BOUNCED, words, at=at)
        bounces.suppress_gone(key, words, delivery_id=delivery_id, at=at)
        return
    bounces.record_event(delivery_id, MailEventKind.SOFT_BOUNCED, words, at=at)
    if mail.bounce_class is not BounceClass.OURS:
        bounces.suppress_if_too_often(key, words, delivery_id=delivery_id, at=at)


def _complaint(mail: Classification, about: Correlation, *, at: datetime) -> None:
    """No newsletter and no group mail any more; what somebody asks for, as a receipt, still comes."""
    bounces.lock_address(about.address_key)
    _move(about.delivery_id, (*WENT_OUT, DeliveryState.BOUNCED), DeliveryState.COMPLAINED)
    bounces.record_event(about.delivery_id, MailEventKind.COMPLAINED, mail.detail, at=at)
    for scope in (SuppressionScope.NEWSLETTER, SuppressionScope.GROUP):
        suppression_list.add(
            about.address_key,
            scope=scope,
            cause=SuppressionCause.COMPLAINT,
            reason=mail.detail or "",
            delivery_id=about.delivery_id,
            at=at,
        )


def _unsubscribe(about: Correlation, *, at: datetime) -> bool:
    columns = sa.select(Mail.id, Mail.kind, Mail.list_id, Delivery.recipient).join(Delivery.mail)
    sent = db.session.execute(columns.where(Delivery.id == about.delivery_id)).one()
    unsubscribe = _unsubscribers.get(sent.kind)
    if unsubscribe is None or not unsubscribe(sent.recipient, sent.list_id or "", mail_id=sent.id, at=at):
        return False
    bounces.record_event(about.delivery_id, MailEventKind.UNSUBSCRIBED, None, at=at)
    return True


def _move(delivery_id: int, before: tuple[DeliveryState, ...], after: DeliveryState) -> None:
    """In one statement: of two reports at once the second finds what the first one left."""
    ours = sa.update(Delivery).where(Delivery.id == delivery_id, Delivery.state.in_(before))
    moved = ours.values(state=after, lease_owner=None, lease_until=None)
    db.session.execute(moved, execution_options={"synchronize_session": False})
