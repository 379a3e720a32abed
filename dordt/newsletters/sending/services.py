"""Approving, planning, starting, pausing and stopping a newsletter. Each function here commits once."""

import logging
from collections.abc import Callable
from datetime import datetime

from dordt.accounts.authorization import asks, require
from dordt.accounts.models import StaffMember
from dordt.accounts.rights import Right
from dordt.audit import services as audit
from dordt.extensions import db
from dordt.mailer.ledger import outbox
from dordt.mailer.models import MailKind
from dordt.newsletters import checks
from dordt.newsletters.checks import PreparedNewsletter
from dordt.newsletters.content import rendering
from dordt.newsletters.models import PAUSED_BY_STAFF, Newsletter, NewsletterState
from dordt.newsletters.sending import audience, policy
from dordt.newsletters.sending.audience import RecipientStatus
from dordt.newsletters.sending.plans import Plan, plan_of
from dordt.newsletters.transitions import (
    end_plan,
    give_number,
    lock_for_freeze,
    locked,
    log,
    newsletter_numbered,
    read_mail_anew,
    require_transition,
    transition,
)
from dordt.shared.database import reading
from dordt.shared.formats import dutch_date_time
from dordt.shared.problems import ChangedMeanwhile, NotAllowed
from dordt.shared.reading import read_only

STARTED = {NewsletterState.SENDING, NewsletterState.PAUSED, NewsletterState.SENT}
CHANGED = "Deze nieuwsbrief is intussen veranderd."
logger = logging.getLogger(__name__)


@asks(Right.APPROVE_NEWSLETTER)
def approve_newsletter(
    newsletter_id: int, *, at: datetime, by: StaffMember | None = None, version: int | None = None
) -> bool:
    """It may be sent as it is now; `by` is None for the operator at the command line. `version`: which edit was seen.

    Returns False, and does nothing, when it was approved before and that approval holds: two clicks are one approval.
    Raises NotAllowed when something stands in the way, somebody changed it meanwhile, or `by` changed it last.
    """

    def is_to_do(newsletter: Newsletter) -> bool:
        if policy.holds(newsletter):
            return False
        if newsletter.state not in policy.APPROVED_STATES:
            require_transition(newsletter, NewsletterState.APPROVED)
        _require_seen(newsletter, version)
        policy.require_second_person(newsletter, by)
        return True

    checked = _checked_and_locked(newsletter_id, is_to_do, asked=(by, Right.APPROVE_NEWSLETTER), at=at)
    if checked is None:
        return False
    newsletter, _prepared = checked
    if newsletter.state not in policy.APPROVED_STATES:
        newsletter.state = NewsletterState.APPROVED
    newsletter.approved_at = max(at, newsletter.updated_at)  # clocks of two machines differ
    newsletter.approved_by_id = by.id if by else None
    log(policy.action_of(newsletter), newsletter, by, at=at)
    db.session.commit()
    return True


@asks(Right.SEND_NEWSLETTER)
def start_newsletter(
    newsletter_id: int, *, at: datetime, by: StaffMember | None = None, version: int | None = None
) -> bool:
    """Freeze the audience and let the mailer begin, in one transaction. `version`: which edit was seen.

    Returns False, and does nothing, when it was started before: it is idempotent.
    Raises NotAllowed when its approval does not hold, a check fails, it has no unsubscribe link, or nobody would
    get it.
    """

    def is_to_do(newsletter: Newsletter) -> bool:
        if newsletter.state not in STARTED:
            _require_seen(newsletter, version)
        return _is_to_start(newsletter)

    checked = _checked_and_locked(newsletter_id, is_to_do, asked=(by, Right.SEND_NEWSLETTER), at=at, for_freeze=True)
    if checked is None:
        return False
    _freeze(*checked, at=at, by=by)
    db.session.commit()
    return True


@asks(Right.SEND_NEWSLETTER)
def plan_newsletter(
    newsletter_id: int, plan: Plan, *, at: datetime, by: StaffMember | None = None, version: int | None = None
) -> None:
    """Let it start by itself; a plan that stood before is replaced. `version`: which edit was seen.

    Raises NotAllowed when it was not approved, something stands in its way, or the moments cannot be.
    """

    def is_to_do(newsletter: Newsletter) -> bool:
        _require_seen(newsletter, version)
        if newsletter.state != NewsletterState.SCHEDULED:
            require_transition(newsletter, NewsletterState.SCHEDULED)
        problem = plan.start_problem(at) or plan.latest_problem()
        if problem:
            raise NotAllowed(problem)
        policy.require_approval(newsletter)
        return True

    checked = _checked_and_locked(newsletter_id, is_to_do, asked=(by, Right.SEND_NEWSLETTER), at=at)
    if checked is None:
        return
    newsletter, _prepared = checked
    newsletter.state = NewsletterState.SCHEDULED
    end_plan(newsletter)
    newsletter.scheduled_at, newsletter.latest_start_at = plan.starts_at, plan.latest_at
    starts, latest = dutch_date_time(plan.starts_at), dutch_date_time(plan.latest_at)
    log("newsletter.scheduled", newsletter, by, at=at, starts=starts, latest=latest)
    db.session.commit()


@asks(Right.SEND_NEWSLETTER)
def withdraw_plan(newsletter_id: int, *, at: datetime, by: StaffMember | None = None) -> None:
    """It stays approved, and starts no more by itself. Raises NotAllowed when it was not planned."""
    newsletter = locked(newsletter_id)
    if newsletter.state != NewsletterState.SCHEDULED:
        raise NotAllowed("Deze nieuwsbrief is niet gepland. Er valt dus niets in te trekken.")
    transition(newsletter, NewsletterState.APPROVED)
    end_plan(newsletter)
    log("newsletter.unscheduled", newsletter, by, at=at)
    db.session.commit()


def start_due(*, at: datetime) -> None:
    """Start what was planned for now; two workers that do so at once start it once.

    What is too late stays as it is for a person to decide: a backup that was put back sends nothing by itself.
    """
    with reading():
        ids = db.session.scalars(Newsletter.due(at)).all()
        db.session.rollback()
    for newsletter_id in ids:
        try:
            _start_planned(newsletter_id, at)
        except Exception:  # the next one has its own turn, and this one its next
            logger.exception("Newsletter %d: planned start failed, trying again every minute", newsletter_id)
            db.session.rollback()


@asks(Right.SEND_NEWSLETTER)
def pause_newsletter(newsletter_id: int, *, at: datetime, by: StaffMember | None = None) -> None:
    """Nothing more leaves, but for what is on its way; resuming goes on where it stopped."""
    newsletter = locked(newsletter_id)
    was_paused_by_mailer = newsletter.was_paused_by_mailer
    transition(newsletter, NewsletterState.PAUSED)
    if newsletter.mail and not was_paused_by_mailer:  # or the words of the relay are lost
        outbox.pause(newsletter.mail, PAUSED_BY_STAFF)
    log("newsletter.paused", newsletter, by, at=at)
    db.session.commit()


@asks(Right.SEND_NEWSLETTER)
def resume_newsletter(newsletter_id: int, *, at: datetime, by: StaffMember | None = None) -> None:
    """Go on after a pause, also one of the mailer itself. Raises NotAllowed when it was not paused."""
    newsletter = locked(newsletter_id)
    if not newsletter.is_paused or newsletter.mail is None:
        raise NotAllowed("Deze nieuwsbrief staat niet stil. Er valt dus niets te hervatten.")
    newsletter.state = NewsletterState.SENDING
    outbox.resume(newsletter.mail)
    log("newsletter.resumed", newsletter, by, at=at)
    db.session.commit()


@asks(Right.SEND_NEWSLETTER)
def cancel_newsletter(
    newsletter_id: int, *, at: datetime, by: StaffMember | None = None, version: int | None = None
) -> None:
    """Stop for good: what has not left yet never leaves. `version`: which edit was seen."""
    newsletter = locked(newsletter_id)
    _require_seen(newsletter, version)
    transition(newsletter, NewsletterState.CANCELLED)
    stopped = outbox.cancel(newsletter.mail) if newsletter.mail else 0
    log("newsletter.cancelled", newsletter, by, at=at, stopped=stopped)
    db.session.commit()


def follow_mailer(*, at: datetime) -> None:
    """Note what the mailer did by itself: everything sent, or paused after too many refusals."""
    for newsletter in db.session.scalars(Newsletter.on_their_way().with_for_update(of=Newsletter)).all():
        read_mail_anew(newsletter)
        if newsletter.is_paused:
            newsletter.state = NewsletterState.PAUSED
        if newsletter.mail_id and outbox.is_finished(newsletter.mail_id):
            newsletter.state, newsletter.sent_at = NewsletterState.SENT, at
            log("newsletter.sent", newsletter, None, at=at)
    db.session.commit()


@asks(Right.ADMINISTER)
def set_second_person(second_person: bool, *, at: datetime, by: StaffMember) -> bool:
    """Turn the rule of two people on or off; tells whether that was a change."""
    found = policy.locked(at=at)
    if found.second_person == second_person:
        db.session.rollback()
        return False
    found.second_person, found.changed_at, found.changed_by_id = second_person, at, by.id
    value = "on" if second_person else "off"
    audit.record("newsletter.policy_changed", subject=found, by=by, at=at, second_person=value)
    db.session.commit()
    return True


def _checked_and_locked(
    newsletter_id: int,
    is_to_do: Callable[[Newsletter], bool],
    *,
    at: datetime,
    asked: tuple[StaffMember | None, Right] = (None, Right.SEND_NEWSLETTER),
    for_freeze: bool = False,
) -> tuple[Newsletter, PreparedNewsletter] | None:
    """The row, locked, with the mail that was made of it; None when nothing is left to do.

    What takes time comes first, while no lock is held: the file store is asked and the mail rendered, and sign-ups
    wait for neither. Under the lock only `is_to_do` is asked once more, whether it is still the same edit, and whether
    `asked` still holds: who asks, and the right for it.
    is_to_do: False when somebody was first; raises NotAllowed when it may not be done. for_freeze: lock the list too.
    """
    with read_only():
        newsletter = newsletter_numbered(newsletter_id)
        if not is_to_do(newsletter):
            return None
        prepared = checks.prepare(newsletter, at=at)
        prepared.require_ready()
    if for_freeze:
        lock_for_freeze()
    require(*asked)
    newsletter = locked(newsletter_id)
    if not is_to_do(newsletter):
        db.session.rollback()
        return None
    if newsletter.edit_version != prepared.version:
        raise ChangedMeanwhile(f"{CHANGED} Bekijk hem opnieuw.")
    return newsletter, prepared


def _require_seen(newsletter: Newsletter, version: int | None) -> None:
    if version is not None and version != newsletter.edit_version:
        raise ChangedMeanwhile(f"{CHANGED} Er is niets gedaan. Bekijk hem zoals hij nu is, en kies dan.")


def _is_to_start(newsletter: Newsletter) -> bool:
    if newsletter.state in STARTED:
        return False
    require_transition(newsletter, NewsletterState.SENDING)
    policy.require_approval(newsletter)
    return True


def _freeze(newsletter: Newsletter, prepared: PreparedNewsletter, *, at: datetime, by: StaffMember | None) -> None:
    """Give it its number and copy its audience, locked with the list. Raises NotAllowed when nobody would get it."""
    give_number(newsletter)
    is_as_expected = newsletter.number == prepared.number  # another one may have started meanwhile
    draft = prepared.draft if is_as_expected else rendering.draft_of(newsletter, newsletter.number)
    mail = outbox.freeze(draft, audience.of(newsletter), kind=MailKind.NEWSLETTER, list_id=audience.LIST_ID, at=at)
    audience.require_readers(newsletter, mail)
    newsletter.exclusions = audience.left_out_before(newsletter) | {
        RecipientStatus.SUPPRESSED.value: mail.excluded_count
    }
    newsletter.state, newsletter.mail, newsletter.started_at = NewsletterState.SENDING, mail, at
    log("newsletter.started", newsletter, by, at=at, frozen=mail.frozen_count)


def _start_planned(newsletter_id: int, at: datetime) -> None:
    newsletter = locked(newsletter_id)
    plan = plan_of(newsletter)
    if plan is None or plan.starts_at > at:  # somebody else was first, or it was planned again
        db.session.rollback()
    elif at > plan.latest_at:
        _note_too_late(newsletter, at)
    else:
        _start_as_planned(newsletter_id, plan, at)


def _start_as_planned(newsletter_id: int, plan: Plan, at: datetime) -> None:
    def is_to_do(newsletter: Newsletter) -> bool:
        return plan_of(newsletter) == plan and _is_to_start(newsletter)

    try:
        checked = _checked_and_locked(newsletter_id, is_to_do, at=at, for_freeze=True)
        if checked is not None:
            _freeze(*checked, at=at, by=None)
            db.session.commit()
    except NotAllowed as refused:
        db.session.rollback()
        newsletter = locked(newsletter_id)
        if plan_of(newsletter) == plan:  # nobody changed it in between
            _note_refusal(newsletter, str(refused), at)
        db.session.rollback()


def _note_refusal(newsletter: Newsletter, reason: str, at: datetime) -> None:
    """Say it when it happens, not again every minute."""
    if newsletter.start_refusal != reason:
        newsletter.start_refusal, newsletter.start_refused_at = reason, at
        logger.warning("Newsletter %d: planned start refused, trying again every minute", newsletter.id)
        log("newsletter.not_started", newsletter, None, at=at, reason=reason)
    db.session.commit()


def _note_too_late(newsletter: Newsletter, at: datetime) -> None:
    if newsletter.too_late_at is None:
        newsletter.too_late_at = at
        logger.warning("Newsletter %d: too late for its planned start, waiting for a person", newsletter.id)
        log("newsletter.too_late", newsletter, None, at=at)
    db.session.commit()
