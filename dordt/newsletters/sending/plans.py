"""Planned starts: when a newsletter starts by itself, and why it did not."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from dordt.newsletters.models import Newsletter, NewsletterState
from dordt.shared.formats import dutch_date_time

DEFAULT_WINDOW = timedelta(hours=2)
SHORTEST_WINDOW = timedelta(minutes=5)  # the worker looks every minute
TAKES = timedelta(minutes=2)  # from the planned moment until somebody may wonder


@dataclass(frozen=True)
class Plan:
    """When it starts, and the last moment at which it may still start by itself; both in UTC."""

    starts_at: datetime
    latest_at: datetime

    def start_problem(self, at: datetime) -> str | None:
        """What is wrong with the start."""
        return None if self.starts_at > at else "Dit moment is al voorbij. Kies een dag en een tijd die nog komen."

    def latest_problem(self) -> str | None:
        """What is wrong with the last moment."""
        if self.latest_at - self.starts_at >= SHORTEST_WINDOW:
            return None
        return f"Kies een moment na de start, op zijn vroegst {dutch_date_time(self.starts_at + SHORTEST_WINDOW)}."


@dataclass(frozen=True)
class PlanStatus:
    """How it is with a plan at some moment. reason: why it did not start, once it should have."""

    plan: Plan
    is_late: bool
    reason: str | None = None

    @property
    def label(self) -> str:
        """What the list calls it."""
        if self.is_late:
            return "Te laat: beslis zelf"
        return "Kon niet beginnen" if self.reason else "Gepland"


def plan_of(newsletter: Newsletter) -> Plan | None:
    """What was planned, if it is planned."""
    if newsletter.state != NewsletterState.SCHEDULED or newsletter.scheduled_at is None:
        return None
    return Plan(newsletter.scheduled_at, newsletter.latest_start_at or newsletter.scheduled_at + DEFAULT_WINDOW)


def status_of(newsletter: Newsletter, *, at: datetime) -> PlanStatus | None:
    """How it is with its plan, if it has one."""
    plan = plan_of(newsletter)
    if plan is None:
        return None
    is_late = at > plan.latest_at
    is_overdue = at > plan.starts_at + TAKES
    return PlanStatus(plan, is_late, newsletter.start_refusal or (_silence(is_late) if is_overdue or is_late else None))


def statuses(newsletters: Iterable[Newsletter], *, at: datetime) -> Mapping[int, PlanStatus]:
    """By id, of those that are planned."""
    found = ((newsletter.id, status_of(newsletter, at=at)) for newsletter in newsletters)
    return {newsletter_id: status for newsletter_id, status in found if status}


def _silence(is_late: bool) -> str:
    """What it must have been when nothing was noted."""
    if is_late:
        return "Het programma dat de nieuwsbrief verstuurt, draaide toen niet, of er is een back-up teruggezet."
    return "Het programma dat de nieuwsbrief verstuurt, draait niet. Vraag uw beheerder om ‘mailer run’ te starten."
