"""Planned newsletters: the worker starts each once, in its time, and tells why when it does not."""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from dordt.accounts.models import StaffMember
from dordt.audit.models import AuditEntry
from dordt.extensions import db
from dordt.newsletters import checks, policy, services
from dordt.newsletters.holding import hold_still
from dordt.newsletters.models import Newsletter, NewsletterState
from dordt.newsletters.steps import SUBJECT, locked, log, step
from dordt.shared.formats import dutch_date_time
from dordt.shared.problems import NotAllowed
from dordt.shared.transactions import reading

DEFAULT_WINDOW = timedelta(hours=2)
SHORTEST_WINDOW = timedelta(minutes=5)  # the worker looks every minute
TAKES = timedelta(minutes=2)  # from the planned moment until somebody may wonder
NOT_STARTED, TOO_LATE = "newsletter.not_started", "newsletter.too_late"
logger = logging.getLogger(__name__)


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
class Standing:
    """How it is with a plan at some moment. reason: why it did not start, once it should have."""

    plan: Plan
    is_late: bool
    reason: str | None = None

    @property
    def words(self) -> str:
        """What the list calls it."""
        if self.is_late:
            return "Te laat: beslis zelf"
        return "Kon niet beginnen" if self.reason else "Gepland"


def plan_newsletter(number: int, plan: Plan, *, at: datetime, by: StaffMember | None = None) -> None:
    """Let it start by itself; a plan that stood before is replaced.

    Raises NotAllowed when it was not approved, something stands in its way, or the moments cannot be.
    """
    newsletter = locked(number)
    if newsletter.state != NewsletterState.SCHEDULED:
        step(newsletter, NewsletterState.SCHEDULED)
    problem = plan.start_problem(at) or plan.latest_problem()
    if problem:
        raise NotAllowed(problem)
    policy.require_approval(newsletter)
    checks.require_ready(newsletter, at=at)
    newsletter.scheduled_at, newsletter.latest_start_at = plan.starts_at, plan.latest_at
    starts, latest = dutch_date_time(plan.starts_at), dutch_date_time(plan.latest_at)
    log("newsletter.scheduled", newsletter, by, at=at, starts=starts, latest=latest)
    db.session.commit()


def withdraw_plan(number: int, *, at: datetime, by: StaffMember | None = None) -> None:
    """It stays approved, and starts no more by itself. Raises NotAllowed when it was not planned."""
    newsletter = locked(number)
    if newsletter.state != NewsletterState.SCHEDULED:
        raise NotAllowed("Deze nieuwsbrief is niet gepland. Er valt dus niets in te trekken.")
    step(newsletter, NewsletterState.APPROVED)
    newsletter.scheduled_at = newsletter.latest_start_at = None
    log("newsletter.unscheduled", newsletter, by, at=at)
    db.session.commit()


def start_due(*, at: datetime) -> None:
    """Start what was planned for now; two workers that do so at once start it once.

    What is too late stays as it is for a person to decide: a backup that was put back sends nothing by itself.
    """
    with reading():
        numbers = db.session.scalars(Newsletter.due(at)).all()
        db.session.rollback()
    for number in numbers:
        try:
            _start_planned(number, at)
        except Exception:  # the next one has its own turn, and this one its next
            logger.exception("Newsletter %d could not be started as planned", number)
            db.session.rollback()


def plan_of(newsletter: Newsletter) -> Plan | None:
    """What was planned, if it is planned."""
    if newsletter.state != NewsletterState.SCHEDULED or newsletter.scheduled_at is None:
        return None
    return Plan(newsletter.scheduled_at, newsletter.latest_start_at or newsletter.scheduled_at + DEFAULT_WINDOW)


def standing_of(newsletter: Newsletter, *, at: datetime) -> Standing | None:
    """How it is with its plan, if it has one."""
    plan = plan_of(newsletter)
    if plan is None:
        return None
    is_late = at > plan.latest_at
    is_overdue = at > plan.starts_at + TAKES
    return Standing(plan, is_late, _noted(newsletter, plan) or (_silence(is_late) if is_overdue or is_late else None))


def standings(newsletters: Iterable[Newsletter], *, at: datetime) -> Mapping[int, Standing]:
    """By number, of those that are planned."""
    found = ((newsletter.number, standing_of(newsletter, at=at)) for newsletter in newsletters)
    return {number: standing for number, standing in found if standing}


def _start_planned(number: int, at: datetime) -> None:
    newsletter = locked(number)
    plan = plan_of(newsletter)
    if plan is None or plan.starts_at > at:  # somebody else was first, or it was planned anew
        db.session.rollback()
    elif at > plan.latest_at:
        _note_once(TOO_LATE, newsletter, plan, at)
    else:
        _start(number, plan, at)


def _start(number: int, plan: Plan, at: datetime) -> None:
    hold_still()
    newsletter = locked(number)
    if plan_of(newsletter) != plan:  # somebody changed it in between
        db.session.rollback()
        return
    try:
        services.begin(newsletter, at=at, by=None)
        db.session.commit()
    except NotAllowed as refused:
        db.session.rollback()
        newsletter = locked(number)
        if plan_of(newsletter) == plan:  # nobody changed it in between
            _note_once(NOT_STARTED, newsletter, plan, at, reason=str(refused))
        db.session.rollback()


def _note_once(action: str, newsletter: Newsletter, plan: Plan, at: datetime, **detail: object) -> None:
    """Say it when it happens, not again every minute."""
    last = db.session.scalars(_notes(newsletter, plan).limit(1)).one_or_none()
    if last is None or last.action != action or last.detail.get("reason") != detail.get("reason"):
        logger.warning("Newsletter %d did not start as planned: %s", newsletter.number, action)
        log(action, newsletter, None, at=at, **detail)
    db.session.commit()


def _noted(newsletter: Newsletter, plan: Plan) -> str | None:
    """The last reason for which this plan could not begin."""
    refused = _notes(newsletter, plan).where(AuditEntry.action == NOT_STARTED).limit(1)
    entry = db.session.scalars(refused).one_or_none()
    return str(entry.detail["reason"]) if entry else None


def _notes(newsletter: Newsletter, plan: Plan) -> "sa.Select[AuditEntry]":
    about = AuditEntry.about(SUBJECT, newsletter.id)
    return about.where(AuditEntry.action.in_([NOT_STARTED, TOO_LATE]), AuditEntry.at >= plan.starts_at)


def _silence(is_late: bool) -> str:
    """What it must have been when nothing was noted."""
    if is_late:
        return "Het programma dat de nieuwsbrief verstuurt, draaide toen niet, of er is een back-up teruggezet."
    return "Het programma dat de nieuwsbrief verstuurt, draait niet. Vraag uw beheerder om ‘mailer run’ te starten."
