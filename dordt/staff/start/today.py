"""What needs somebody today, from all sections."""

from datetime import date, datetime, timedelta

import sqlalchemy as sa

from dordt.contact.models import Message, MessageStatus
from dordt.mailer.models import IS_TROUBLED, Delivery, DeliveryState, literally
from dordt.newsletters.models import Newsletter, NewsletterState
from dordt.workgroups.models import Membership, MembershipState

RECENT = timedelta(days=14)
UNDERWAY = (
    NewsletterState.DRAFT,
    NewsletterState.APPROVED,
    NewsletterState.SCHEDULED,
    NewsletterState.SENDING,
    NewsletterState.PAUSED,
)


def new_messages() -> "sa.Select[Message]":
    """Messages that nobody took up, the one to answer first on top."""
    return Message.with_status(MessageStatus.NEW).order_by(Message.reply_by_on, Message.id)


def overdue_messages(today: date) -> "sa.Select[Message]":
    """Messages whose day of answer has passed."""
    return sa.select(Message).where(Message.overdue(today)).order_by(Message.reply_by_on, Message.id)


def requested_memberships(coordinator_id: int | None) -> "sa.Select[Membership]":
    """People who wait for a decision, the one who waits longest on top; of all groups, or those of one coordinator."""
    waiting = Membership.of_groups(coordinator_id).where(Membership.state == MembershipState.REQUESTED)
    return waiting.order_by(None).order_by(Membership.confirmed_at, Membership.id)


def newsletters_underway(at: datetime) -> "sa.Select[Newsletter]":
    """Newsletters that are not finished: those that should have started on top, then the one worked on last."""
    should_have_started = Newsletter.id.in_(Newsletter.due(at).order_by(None).with_only_columns(Newsletter.id))
    underway = sa.select(Newsletter).where(Newsletter.state.in_(UNDERWAY))
    return underway.order_by(should_have_started.desc(), Newsletter.updated_at.desc())


def troubled_deliveries(at: datetime) -> "sa.Select[Delivery]":
    """Mail of the last weeks that did not arrive, or may not have; who complained did get it."""
    recent = (literally(IS_TROUBLED), Delivery.state != DeliveryState.COMPLAINED, Delivery.created_at > at - RECENT)
    return sa.select(Delivery).where(*recent).order_by(Delivery.id.desc())
