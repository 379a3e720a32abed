"""Which deliveries a member of staff asked to see."""

import sqlalchemy as sa

from dordt.mailer.models import Delivery, DeliveryState, Mail, MailEvent, MailKind
from dordt.shared.columns import like


def deliveries(*, state: str, kind: str, words: str, with_addresses: bool) -> "sa.Select[Delivery]":
    """The deliveries in one state and of one kind, the newest first; unknown filters leave all in."""
    query = sa.select(Delivery).join(Delivery.mail).options(sa.orm.contains_eager(Delivery.mail))
    if state in list(DeliveryState):
        query = query.where(Delivery.state == DeliveryState(state))
    if kind in list(MailKind):
        query = query.where(Mail.kind == MailKind(kind))
    for word in words.split():
        query = query.where(_holds(like(word), with_addresses=with_addresses))
    return query.order_by(Delivery.id.desc())


def one(delivery_id: int) -> "sa.Select[Delivery]":
    """One delivery with its mail."""
    return sa.select(Delivery).where(Delivery.id == delivery_id).options(sa.orm.joinedload(Delivery.mail))


def events(delivery_id: int) -> "sa.Select[MailEvent]":
    """What was heard of a delivery, the latest first."""
    return sa.select(MailEvent).where(MailEvent.delivery_id == delivery_id).order_by(MailEvent.id.desc())


def _holds(pattern: str, *, with_addresses: bool) -> "sa.ColumnElement[bool]":
    in_subject = Mail.subject.ilike(pattern, escape="\\")
    return sa.or_(in_subject, Delivery.address.ilike(pattern, escape="\\")) if with_addresses else in_subject
