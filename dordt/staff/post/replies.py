"""Which mail that came in belongs with which message of a resident; staff decide, nothing is put together by itself."""

from collections.abc import Sequence
from email.utils import parseaddr
from typing import Any

import sqlalchemy as sa

from dordt.contact.models import Message, MessageStatus, references_in
from dordt.contact.workflow import StatusType, of_type
from dordt.mailer.inbound.mime import MailPreview
from dordt.mailer.models import Delivery, InboundKind, InboundMail, Mail
from dordt.shared.addresses import AddressRefused, address_key
from dordt.shared.reading import rows
from dordt.shared.search import Condition, each_word, fold, holds

OPEN = of_type(StatusType.OPEN)
MOST = 10


def messages_for(mail: InboundMail, preview: MailPreview) -> Sequence[Message]:
    """The messages whose number stands in a mail or in ours that it answers, and what is open of its sender."""
    answered = (
        sa.select(Mail.subject).join(Delivery, Delivery.mail_id == Mail.id).where(Delivery.id == mail.delivery_id)
    )
    numbers = references_in("\n".join([mail.subject, preview.text, *rows(answered)]))
    is_of_sender = sa.and_(Message.email_key == _sender_key(mail), Message.status.in_(OPEN))
    meant = sa.select(Message).where(sa.or_(Message.reference.in_(numbers), is_of_sender))
    known = meant.where(Message.status != MessageStatus.UNWANTED)
    return rows(known.order_by(Message.created_at.desc(), Message.id.desc()).limit(MOST))


def mails_for(message: Message) -> list[InboundMail]:
    """What waits for somebody and names this message, answers our mail about it, or is of its writer while open."""
    about = sa.select(Delivery.id).join(Delivery.mail).where(Delivery.address_key == message.email_key)
    answers = InboundMail.delivery_id.in_(about.where(_quotes(message, Mail.subject)))
    names = _quotes(message, InboundMail.subject)
    is_open, of_writer = message.status in OPEN, holds(fold(message.email_key), InboundMail.sender)
    waiting = InboundMail.waiting().where(InboundMail.kind == InboundKind.UNKNOWN)
    named = set(rows(waiting.where(sa.or_(answers, names)).limit(MOST)))
    theirs = rows(waiting.where(of_writer).limit(MOST)) if is_open else []
    named |= {mail for mail in theirs if _sender_key(mail) == message.email_key}
    return sorted(named, key=lambda mail: mail.id)


def _quotes(message: Message, subject: Any) -> Condition:
    """Whether the number stands there, in capitals or not, with dashes or with spaces."""
    return each_word(message.reference.replace("-", " "), lambda part: holds(part, subject))


def _sender_key(mail: InboundMail) -> str:
    try:
        return address_key(parseaddr(mail.sender)[1])
    except AddressRefused:
        return ""
