"""What a domain may ask about whom a mail reached or would reach, as a condition for its own select."""

from typing import Any

import sqlalchemy as sa

from dordt.extensions import db
from dordt.mailer.models import Delivery, DeliveryState, Mail, MailKind, MailState, Suppression, SuppressionScope
from dordt.mailer.suppressing import is_suppressed, is_suppressed_for

# Nothing of the mail came to whoever stands here; what was refused or stopped may go to them another time.
NOT_REACHED = (DeliveryState.CANCELLED, DeliveryState.FAILED, DeliveryState.SUPPRESSED)

WAITING = (DeliveryState.QUEUED, DeliveryState.LEASED, DeliveryState.DEFERRED)


def got(mail_id: int, recipient: Any) -> "sa.ColumnElement[bool]":
    """Whether this recipient got that mail, may have got it, or is still to get it."""
    mine = sa.exists().where(Delivery.mail_id == mail_id, Delivery.recipient == recipient)
    was_stopped = sa.exists().where(Mail.id == mail_id, Mail.state == MailState.CANCELLED)
    never_leaves = sa.and_(Delivery.state.in_(WAITING), was_stopped)
    return mine.where(Delivery.state.not_in(NOT_REACHED), ~never_leaves)


def got_newsletter(key: Any) -> "sa.ColumnElement[bool]":
    """Whether some newsletter came to this address key, or may have come."""
    mine = sa.exists().where(Delivery.address_key == key, Delivery.state.not_in((*NOT_REACHED, *WAITING)))
    return mine.where(Mail.id == Delivery.mail_id, Mail.kind == MailKind.NEWSLETTER)


def reached_anybody(mail_id: Any) -> "sa.ColumnElement[bool]":
    """Whether somebody got that mail, may have got it, or is still to get it."""
    return sa.exists().where(Delivery.mail_id == mail_id, Delivery.state.not_in(NOT_REACHED))


def is_left_out(key: Any, kind: MailKind, list_id: str) -> "sa.ColumnElement[bool]":
    """Whether a mail of this kind leaves this address out when it is frozen."""
    return is_suppressed_for(key, kind, list_id)


def gets_nothing(key: str) -> bool:
    """Whether mail of every kind is kept from this address key, also a mail to it alone."""
    everything = sa.literal(SuppressionScope.ALL, Suppression.scope.type)
    return bool(db.session.scalar(sa.select(is_suppressed(sa.literal(key), kind=everything, list_id=sa.literal("")))))
