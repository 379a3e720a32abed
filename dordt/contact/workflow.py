"""Which step a message may take, in one table, what each step asks for, and the day on which an answer is due.

Nothing here commits.
"""

from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache

import holidays

from dordt.contact.labels import label_of
from dordt.contact.models import ClosedDay, Message, MessageStatus, Outcome
from dordt.extensions import db
from dordt.places.models import Topic
from dordt.shared.clock import AMSTERDAM
from dordt.shared.formats import dutch_date_time

Status = MessageStatus


class StatusType(StrEnum):
    """What reports count by."""

    OPEN = "open"
    CLOSED = "closed"
    HIDDEN = "hidden"


TYPES: dict[MessageStatus, StatusType] = {
    Status.NEW: StatusType.OPEN,
    Status.IN_PROGRESS: StatusType.OPEN,
    Status.WAITING_FOR_RESIDENT: StatusType.OPEN,
    Status.WAITING_FOR_TEAM: StatusType.OPEN,
    Status.ANSWERED: StatusType.CLOSED,
    Status.DECLINED: StatusType.CLOSED,
    Status.UNWANTED: StatusType.HIDDEN,
}
_WORKING = frozenset({Status.IN_PROGRESS, Status.WAITING_FOR_RESIDENT, Status.WAITING_FOR_TEAM})
_ENDS = frozenset({Status.ANSWERED, Status.DECLINED, Status.UNWANTED})

STEPS: dict[MessageStatus, frozenset[MessageStatus]] = {
    Status.NEW: _WORKING | _ENDS,
    Status.IN_PROGRESS: (_WORKING | _ENDS) - {Status.IN_PROGRESS},
    Status.WAITING_FOR_RESIDENT: (_WORKING | _ENDS) - {Status.WAITING_FOR_RESIDENT},
    Status.WAITING_FOR_TEAM: (_WORKING | _ENDS) - {Status.WAITING_FOR_TEAM},
    Status.ANSWERED: frozenset({Status.IN_PROGRESS}),
    Status.DECLINED: frozenset({Status.IN_PROGRESS}),
    Status.UNWANTED: frozenset({Status.NEW}),
}

# From these a message is taken up again, and a new term begins.
RESTING = (Status.WAITING_FOR_RESIDENT, Status.ANSWERED, Status.DECLINED)
# The text of a step to one of these is mailed to the resident; all other texts are for staff alone.
MAILED = frozenset({Status.WAITING_FOR_RESIDENT, Status.ANSWERED, Status.DECLINED})

USUAL_WORKING_DAYS = 5  # for a message whose theme was taken away
SATURDAY = 5
LIBERATION_DAY = (5, 5)  # in every year (Algemene termijnenwet, article 3); the package has it once in five

TAKEN = "Deze stap kan niet meer. Misschien was een collega u voor: bekijk het bericht opnieuw."
TAKES_NOTHING = "Bij dit bericht kunt u niets toevoegen. Heeft u een andere vraag? Stuur een nieuw bericht."
UNSEEN = (
    "Er is niets verstuurd en niets veranderd: er kwam intussen iets bij. Het staat hierboven, met ‘Nieuw’ ervoor. "
    "Uw tekst staat er nog. Verstuur hem opnieuw als hij dan nog klopt."
)
MAY_NOT_CLOSE = "Uw rol mag geen berichten sluiten. Vraag een collega om dit bericht af te ronden."
ADMINISTRATOR_ONLY = "Alleen een beheerder kan een ongewenst bericht terugzetten."
OUTCOME_MISSING = "Kies wat de uitkomst is."
ANSWER_MISSING = "Schrijf wat u aan de bewoner laat weten."
ANSWER_TOO_MUCH = "U koos ‘Geen antwoord nodig’. Kies een andere uitkomst, of maak het antwoord leeg."
REASON_MISSING = "Schrijf waarom u deze stap zet. Alleen medewerkers lezen dit."


def of_type(kind: StatusType) -> list[MessageStatus]:
    """The statuses of one type."""
    return [status for status, its_type in TYPES.items() if its_type is kind]


def refusal(
    current: MessageStatus, to: MessageStatus, *, outcome: Outcome | None, text: str, administers: bool
) -> str | None:
    """Why this step may not be taken, in Dutch for the screen; None when it may."""
    if to not in STEPS[current]:
        return TAKEN
    if current is Status.UNWANTED and not administers:
        return ADMINISTRATOR_ONLY
    is_closing = TYPES[to] is StatusType.CLOSED
    if is_closing and outcome is None:
        return OUTCOME_MISSING
    needs_no_answer = is_closing and outcome is Outcome.NO_ANSWER_NEEDED
    if to in MAILED and needs_no_answer is bool(text):
        return ANSWER_TOO_MUCH if text else ANSWER_MISSING
    return REASON_MISSING if _needs_reason(current, to) and not text else None


def who_was_first(message: Message) -> str:
    """Who took the last step and when, for somebody whose own step came too late."""
    last = next((entry for entry in reversed(message.entries) if entry.status), None)
    if last is None:
        return TAKEN
    who = last.author.name if last.author else "Een oud-collega"
    step = f"{who} zette dit bericht op {dutch_date_time(last.at)} op ‘{label_of(message)}’."
    return f"{step} Daarom is er niets verstuurd en niets veranderd. Uw tekst staat er nog."


def _needs_reason(current: MessageStatus, to: MessageStatus) -> bool:
    """Reopening and hiding leave a reason behind for colleagues."""
    return TYPES[current] is not StatusType.OPEN or TYPES[to] is StatusType.HIDDEN


def move(message: Message, to: MessageStatus, *, outcome: Outcome | None, at: datetime) -> None:
    """Set the status and all that goes with it; whether the step is allowed is the caller's to ask."""
    is_closed = TYPES[to] is StatusType.CLOSED
    if message.status in RESTING and TYPES[to] is StatusType.OPEN:
        message.reply_by_on = reply_by(message.topic, at)
    message.status, message.updated_at = to, at
    message.outcome = outcome if is_closed else None
    message.closed_at = at if is_closed else None


def reply_by(topic: Topic | None, at: datetime) -> date:
    """The day on which somebody who writes now has an answer at the latest."""
    days = topic.reply_working_days if topic else USUAL_WORKING_DAYS
    today = at.astimezone(AMSTERDAM).date()
    closed = db.session.scalars(ClosedDay.since(today).with_only_columns(ClosedDay.day))
    return add_working_days(today, days, closed=frozenset(closed))


def add_working_days(start: date, count: int, *, closed: frozenset[date] = frozenset()) -> date:
    """The day that comes `count` working days after `start`, which itself is not counted.

    closed: days on which the gemeente does not work, besides weekends and public holidays.
    """
    day = start
    while count > 0:
        day += timedelta(days=1)
        count -= is_working_day(day) and day not in closed
    return day


def is_working_day(day: date) -> bool:
    """Whether this is no weekend and no public holiday."""
    return day.weekday() < SATURDAY and day not in _holidays(day.year)


@lru_cache(maxsize=16)
def _holidays(year: int) -> frozenset[date]:
    """A whole year at once: the package's own table grows while it is read, which two threads may not share."""
    free = holidays.country_holidays("NL", years=year, expand=False)
    return frozenset({*free, date(year, *LIBERATION_DAY)})
