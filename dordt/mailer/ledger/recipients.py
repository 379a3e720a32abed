"""Who has received a mail, as a condition for a domain's own select."""

from typing import Any

import sqlalchemy as sa

from dordt.mailer.models import Delivery, DeliveryState, Mail, MailKind, MailState

# Nothing of the mail came to these; what was refused or stopped may go to them another time.
NOT_RECEIVED = (DeliveryState.CANCELLED, DeliveryState.FAILED, DeliveryState.SUPPRESSED)

WAITING = (DeliveryState.QUEUED, DeliveryState.LEASED, DeliveryState.DEFERRED)


def has_received(mail_id: int, recipient: Any) -> "sa.ColumnElement[bool]":
    """Whether this recipient received that mail, may have received it, or is still to get it."""
    mine = sa.exists().where(Delivery.mail_id == mail_id, Delivery.recipient == recipient)
    was_stopped = sa.exists().where(Mail.id == mail_id, Mail.state == MailState.CANCELLED)
    never_leaves = sa.and_(Delivery.state.in_(WAITING), was_stopped)
    return mine.where(Delivery.state.not_in(NOT_RECEIVED), ~never_leaves)


def has_received_newsletter(key: Any) -> "sa.ColumnElement[bool]":
    """Whether some newsletter came to this address key, or may have come."""
    mine = sa.exists().where(Delivery.address_key == key, Delivery.state.not_in((*NOT_RECEIVED, *WAITING)))
    return mine.where(Mail.id == Delivery.mail_id, Mail.kind == MailKind.NEWSLETTER)


def has_recipients(mail_id: Any) -> "sa.ColumnElement[bool]":
    """Whether anybody received that mail, may have received it, or is still to get it."""
    return sa.exists().where(Delivery.mail_id == mail_id, Delivery.state.not_in(NOT_RECEIVED))
