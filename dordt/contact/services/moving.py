"""Moving a message from one status to another; nothing here commits."""

from datetime import date, datetime

from dordt.contact.models import Message, MessageStatus, Outcome
from dordt.contact.workflow import TYPES, StatusType
from dordt.contact.working_days import add_working_days
from dordt.places.models import Topic
from dordt.shared.clock import AMSTERDAM

USUAL_WORKING_DAYS = 5  # for a message whose theme was taken away
# From these a message is taken up again, and a new term begins.
RESTING = (MessageStatus.WAITING_FOR_RESIDENT, MessageStatus.ANSWERED, MessageStatus.DECLINED)


def reply_by(topic: Topic | None, at: datetime) -> date:
    """The day on which somebody who writes now has an answer at the latest."""
    days = topic.reply_working_days if topic else USUAL_WORKING_DAYS
    return add_working_days(at.astimezone(AMSTERDAM).date(), days)


def move(message: Message, to: MessageStatus, *, outcome: Outcome | None, at: datetime) -> None:
    """Set the status and all that goes with it; whether the step is allowed is the caller's to ask."""
    is_closed = TYPES[to] is StatusType.CLOSED
    if message.status in RESTING and TYPES[to] is StatusType.OPEN:
        message.reply_by_on = reply_by(message.topic, at)
    message.status, message.updated_at = to, at
    message.outcome = outcome if is_closed else None
    message.closed_at = at if is_closed else None
