"""Which step a message may take, in one table, and what each step asks for."""

from enum import StrEnum

from dordt.contact.models import MessageStatus, Outcome

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

# The text of a step to one of these is mailed to the resident; all other texts are for staff alone.
TOLD = frozenset({Status.WAITING_FOR_RESIDENT, Status.ANSWERED, Status.DECLINED})

TAKEN = "Deze stap kan niet meer. Misschien was een collega u voor: bekijk het bericht opnieuw."
ADMINISTRATOR_ONLY = "Alleen een beheerder kan een ongewenst bericht terugzetten."
OUTCOME_MISSING = "Kies wat de uitkomst is."
ANSWER_MISSING = "Schrijf wat u aan de inwoner laat weten."
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
    if to in TOLD and not needs_no_answer and not text:
        return ANSWER_MISSING
    return REASON_MISSING if _needs_reason(current, to) and not text else None


def _needs_reason(current: MessageStatus, to: MessageStatus) -> bool:
    """Reopening and hiding leave a reason behind for colleagues."""
    return TYPES[current] is not StatusType.OPEN or TYPES[to] is StatusType.HIDDEN
