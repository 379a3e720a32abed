"""How far a newsletter is and when it will be done: read from the ledger, ready to be shown."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate

from dordt.mailer.labels import DELIVERY_LABELS
from dordt.mailer.ledger import outbox
from dordt.mailer.ledger.deliveries import Pace, next_attempt_at, pace, relay_problem
from dordt.mailer.ledger.outbox import RESENDABLE
from dordt.mailer.models import OPEN_STATES, DeliveryState, Mail, MailState
from dordt.shared.formats import dutch_number

State = DeliveryState
BAR = 1000  # how wide the whole bar is, in its own units
NARROWEST = 6  # so that one e-mail among a million can be seen
# The parts of the bar from left to right, and the states that each of them holds; what is queued is the empty rest.
PARTS: dict[str, tuple[State, ...]] = {
    "good": (State.ACCEPTED,),
    "bad": (State.FAILED, State.BOUNCED, State.COMPLAINED),
    "unsure": (State.UNCERTAIN,),
    "quiet": (State.SUPPRESSED, State.CANCELLED),
    "later": (State.DEFERRED,),
}
PART_OF = {state: name for name, states in PARTS.items() for state in states}
NOT_YET_STARTED = Pace(0.0, is_quiet=False)
FIRST_MINUTE = timedelta(minutes=1)  # so long nobody is worried that nothing was heard yet


@dataclass(frozen=True)
class BarPart:
    """One coloured part of the bar: where it begins and how wide it is."""

    name: str
    start: int
    width: int


@dataclass(frozen=True)
class StateCount:
    """How many stand in one state; `part` is the colour in the bar."""

    state: State
    label: str
    count: int
    part: str


@dataclass(frozen=True)
class Progress:
    """`counts` adds up to `total`, the audience as it was frozen; `left_out` was never part of it.

    next_attempt_at: when the first of those that wait may go. problem: the words of a relay that is left alone now.
    """

    total: int
    counts: Mapping[State, int]
    left_out: int
    at: datetime
    is_held: bool = False
    reason: str | None = None
    pace: Pace = NOT_YET_STARTED
    next_attempt_at: datetime | None = None
    problem: str | None = None

    @property
    def waiting(self) -> int:
        """How many are still to be tried."""
        return sum(self.counts.get(state, 0) for state in OPEN_STATES)

    @property
    def later(self) -> int:
        """How many of those were put off by the relay."""
        return self.counts.get(State.DEFERRED, 0)

    @property
    def ready(self) -> int:
        """How many could go now."""
        return self.waiting - self.later

    @property
    def done(self) -> int:
        """How many need nothing more."""
        return self.total - self.waiting

    @property
    def is_live(self) -> bool:
        """Whether the next look will tell something else."""
        return bool(self.waiting) and not self.is_held

    @property
    def is_stuck(self) -> bool:
        """Whether mail could go, and for a minute none did."""
        return self.is_live and bool(self.ready) and self.pace.is_quiet

    @property
    def lines(self) -> list[StateCount]:
        """A line for each state that occurs, in the order of a delivery's life."""
        found = ((state, label, self.counts.get(state, 0)) for state, label in DELIVERY_LABELS.items())
        return [StateCount(state, label, count, PART_OF.get(state, "rest")) for state, label, count in found if count]

    @property
    def resendable(self) -> list[StateCount]:
        """What a member of staff may send again."""
        return [line for line in self.lines if line.state in RESENDABLE]

    @property
    def parts(self) -> list[BarPart]:
        """The bar; a part that is there is never too narrow to be seen."""
        counts = {name: sum(self.counts.get(state, 0) for state in states) for name, states in PARTS.items()}
        widths = {name: max(NARROWEST, BAR * count // max(self.total, 1)) for name, count in counts.items() if count}
        if widths:  # the widest gives what the narrow ones took
            widest = max(widths, key=lambda name: widths[name])
            widths[widest] -= max(0, sum(widths.values()) - BAR)
        starts = accumulate(widths.values(), initial=0)
        return [BarPart(name, start, width) for (name, width), start in zip(widths.items(), starts, strict=False)]

    @property
    def pace_text(self) -> str:
        """'240 e-mails per seconde', or per minute when it is slow; empty when nothing moves."""
        each, unit = (self.pace.per_second, "seconde") if self.pace.per_second >= 1 else (self._per_minute, "minuut")
        count = round(each)
        return f"{dutch_number(count)} {'e-mail' if count == 1 else 'e-mails'} per {unit}" if count else ""

    @property
    def ends_at(self) -> datetime | None:
        """When what could go now will be gone, at this pace; what was put off comes after that."""
        if not (self.is_live and self.ready and self._per_minute >= 1):
            return None
        return self.at + timedelta(seconds=self.ready / self.pace.per_second)

    @property
    def time_left(self) -> str:
        """'ongeveer 12 minuten' until then."""
        return about(self.ends_at - self.at) if self.ends_at else ""

    @property
    def summary(self) -> str:
        """One sentence or two that say all, for whoever listens."""
        tally = f"{dutch_number(self.done)} van de {dutch_number(self.total)} e-mails zijn klaar."
        return f"{tally} Nog {self.time_left}." if self.time_left else tally

    @property
    def _per_minute(self) -> float:
        return self.pace.per_second * 60


def about(time: timedelta) -> str:
    """'ongeveer 12 minuten', 'ongeveer 3 uur': no more exact than anybody can know."""
    minutes = round(time.total_seconds() / 60)
    if minutes < 1:
        return "minder dan een minuut"
    if minutes < 90:
        return f"ongeveer {minutes} {'minuut' if minutes == 1 else 'minuten'}"
    return f"ongeveer {round(minutes / 60)} uur"


def progress_of(mail: Mail, *, at: datetime) -> Progress:
    """Counted now, from the ledger."""
    counts = outbox.progress(mail.id)
    is_going = mail.state is MailState.RUNNING and any(counts.get(state) for state in OPEN_STATES)
    now = pace(mail.id, at=at) if is_going else NOT_YET_STARTED
    if at - mail.created_at < FIRST_MINUTE:
        now = Pace(now.per_second, is_quiet=False)
    return Progress(
        total=mail.frozen_count,
        counts=counts,
        left_out=mail.excluded_count,
        at=at,
        is_held=mail.state is not MailState.RUNNING,
        reason=mail.state_reason,
        pace=now,
        next_attempt_at=next_attempt_at(mail.id) if is_going else None,
        problem=relay_problem(at=at) if is_going else None,
    )
