"""Approving, planning, starting, pausing and stopping a newsletter. Each function here commits once."""

import logging
from datetime import datetime

from dordt.accounts.models import StaffMember
from dordt.extensions import db
from dordt.mailer.ledger import outbox
from dordt.mailer.models import MailKind
from dordt.newsletters import checks
from dordt.newsletters.content import rendering
from dordt.newsletters.models import PAUSED_BY_STAFF, Newsletter, NewsletterState
from dordt.newsletters.sending import audience, policy
from dordt.newsletters.sending.audience import RecipientStatus
from dordt.newsletters.sending.plans import NOT_STARTED, TOO_LATE, Plan, notes, plan_of
from dordt.newsletters.transitions import lock_for_freeze, locked, log, read_mail_anew, step
from dordt.shared.formats import dutch_date_time
from dordt.shared.problems import NotAllowed
from dordt.shared.transactions import reading

STARTED = {NewsletterState.SENDING, NewsletterState.PAUSED, NewsletterState.SENT}
logger = logging.getLogger(__name__)


def approve_newsletter(number: int, *, at: datetime, by: StaffMember | None = None, version: int | None = None) -> bool:
    """It may be sent as it is now; `by` is None for the operator at the command line. `version`: which edit was seen.

    Returns False, and does nothing, when it was approved before and that approval stands: two clicks are one approval.
    Raises NotAllowed when something stands in the way, somebody changed it meanwhile, or `by` changed it last.
    """
    newsletter = locked(number)
    if policy.stands(newsletter):
        db.session.rollback()
        return False
    if newsletter.state not in policy.APPROVED_STATES:
        step(newsletter, NewsletterState.APPROVED)
    if version is not None and version != newsletter.edit_version:
        raise NotAllowed("Deze nieuwsbrief is intussen veranderd. Bekijk hem opnieuw en keur hem dan goed.")
    policy.require_second_person(newsletter, by)
    checks.require_ready(newsletter, at=at)
    newsletter.approved_at = max(at, newsletter.updated_at)  # clocks of two machines differ
    newsletter.approved_by_id = by.id if by else None
    log(policy.action_of(newsletter), newsletter, by, at=at)
    db.session.commit()
    return True


def start_newsletter(number: int, *, at: datetime, by: StaffMember | None = None) -> bool:
    """Freeze the audience and let the post room begin, in one transaction.

    Returns False, and does nothing, when it was started before: two clicks are one newsletter.
    Raises NotAllowed when its approval does not stand, it is not in order any more, it cannot be left, or nobody would
    get it.
    """
    lock_for_freeze()
    newsletter = locked(number)
    if newsletter.state in STARTED:
        db.session.rollback()
        return False
    begin(newsletter, at=at, by=by)
    db.session.commit()
    return True


def begin(newsletter: Newsletter, *, at: datetime, by: StaffMember | None) -> None:
    """Freeze the audience of a newsletter whose row is locked, while all hold still; commits nothing.

    Raises NotAllowed, and then the caller rolls back.
    """
    step(newsletter, NewsletterState.SENDING)
    policy.require_approval(newsletter)
    checks.require_ready(newsletter, at=at)
    draft = rendering.draft_of(newsletter)
    checks.require_way_out(draft)
    mail = outbox.freeze(draft, audience.of(newsletter), kind=MailKind.NEWSLETTER, list_id=audience.LIST_ID, at=at)
    audience.require_readers(newsletter, mail)
    newsletter.exclusions = audience.left_out_before(newsletter) | {
        RecipientStatus.SUPPRESSED.value: mail.excluded_count
    }
    newsletter.mail, newsletter.started_at = mail, at
    log("newsletter.started", newsletter, by, at=at, frozen=mail.frozen_count)


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


def pause_newsletter(number: int, *, at: datetime, by: StaffMember | None = None) -> None:
    """Nothing more leaves, but for what is on its way; resuming goes on where it stopped."""
    newsletter = locked(number)
    was_paused_by_post = newsletter.was_paused_by_post
    step(newsletter, NewsletterState.PAUSED)
    if newsletter.mail and not was_paused_by_post:  # or the words of the relay are lost
        outbox.pause(newsletter.mail, PAUSED_BY_STAFF)
    log("newsletter.paused", newsletter, by, at=at)
    db.session.commit()


def resume_newsletter(number: int, *, at: datetime, by: StaffMember | None = None) -> None:
    """Go on after a pause, also one of the post room itself. Raises NotAllowed when it was not paused."""
    newsletter = locked(number)
    if not newsletter.is_standing_still or newsletter.mail is None:
        raise NotAllowed("Deze nieuwsbrief staat niet stil. Er valt dus niets te hervatten.")
    newsletter.state = NewsletterState.SENDING
    outbox.resume(newsletter.mail)
    log("newsletter.resumed", newsletter, by, at=at)
    db.session.commit()


def cancel_newsletter(number: int, *, at: datetime, by: StaffMember | None = None) -> None:
    """Stop for good: what has not left yet never leaves."""
    newsletter = locked(number)
    step(newsletter, NewsletterState.CANCELLED)
    stopped = outbox.cancel(newsletter.mail) if newsletter.mail else 0
    log("newsletter.cancelled", newsletter, by, at=at, stopped=stopped)
    db.session.commit()


def follow_post(*, at: datetime) -> None:
    """Note what the post room did by itself: everything sent, or paused after too many refusals."""
    for newsletter in db.session.scalars(Newsletter.on_their_way().with_for_update(of=Newsletter)).all():
        read_mail_anew(newsletter)
        if newsletter.is_standing_still:
            newsletter.state = NewsletterState.PAUSED
        if newsletter.mail_id and outbox.is_finished(newsletter.mail_id):
            newsletter.state, newsletter.sent_at = NewsletterState.SENT, at
            log("newsletter.sent", newsletter, None, at=at)
    db.session.commit()


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
    lock_for_freeze()
    newsletter = locked(number)
    if plan_of(newsletter) != plan:  # somebody changed it in between
        db.session.rollback()
        return
    try:
        begin(newsletter, at=at, by=None)
        db.session.commit()
    except NotAllowed as refused:
        db.session.rollback()
        newsletter = locked(number)
        if plan_of(newsletter) == plan:  # nobody changed it in between
            _note_once(NOT_STARTED, newsletter, plan, at, reason=str(refused))
        db.session.rollback()


def _note_once(action: str, newsletter: Newsletter, plan: Plan, at: datetime, **detail: object) -> None:
    """Say it when it happens, not again every minute."""
    last = db.session.scalars(notes(newsletter, plan).limit(1)).one_or_none()
    if last is None or last.action != action or last.detail.get("reason") != detail.get("reason"):
        logger.warning("Newsletter %d did not start as planned: %s", newsletter.number, action)
        log(action, newsletter, None, at=at, **detail)
    db.session.commit()
