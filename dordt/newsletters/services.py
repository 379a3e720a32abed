"""Writing, approving and sending newsletters."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from dordt.accounts.models import StaffMember
from dordt.extensions import db
from dordt.mailer.ledger import outbox
from dordt.mailer.models import MailKind
from dordt.newsletters import audience, checks, policy
from dordt.newsletters.audience import Fate
from dordt.newsletters.content import blocks, rendering
from dordt.newsletters.content.block_content import NewsletterContent
from dordt.newsletters.holding import hold_still
from dordt.newsletters.models import PAUSED_BY_STAFF, Newsletter, NewsletterState
from dordt.newsletters.steps import locked, log, read_mail_anew, step, unknown
from dordt.places import services as places
from dordt.shared.problems import NotAllowed

SITTING = timedelta(minutes=30)
STARTED = {NewsletterState.SENDING, NewsletterState.PAUSED, NewsletterState.SENT}


def newsletter_numbered(number: int) -> Newsletter:
    """The newsletter with this number. Raises NotFound."""
    found = db.session.scalars(Newsletter.numbered(number)).one_or_none()
    if found is None:
        raise unknown(number)
    return found


def create_newsletter(content: NewsletterContent, *, at: datetime, by: StaffMember | None = None) -> Newsletter:
    """Add a draft with the next number. Raises NotAllowed when it names an article, group or picture that is gone."""
    newsletter = _numbered(at=at, by=by)
    _fill(newsletter, content, at=at)
    log("newsletter.created", newsletter, by, at=at)
    db.session.commit()
    return newsletter


def edit_newsletter(number: int, content: NewsletterContent, *, at: datetime, by: StaffMember | None = None) -> None:
    """Change what it says; an approval no longer holds.

    Raises NotAllowed once it was started or cancelled, or when it names an article, group or picture that is gone.
    """
    newsletter = locked(number)
    if newsletter.state != NewsletterState.DRAFT:
        step(newsletter, NewsletterState.DRAFT)
        end_approval(newsletter)
    if not _is_same_sitting(newsletter, by, at=at):
        log("newsletter.edited", newsletter, by, at=at)
    _fill(newsletter, content, at=at)
    newsletter.edited_by_id, newsletter.edit_version = by.id if by else None, newsletter.edit_version + 1
    db.session.commit()


def end_approval(newsletter: Newsletter) -> None:
    """Forget who approved it and when it was to start; commits nothing."""
    newsletter.approved_by_id = newsletter.approved_at = None
    newsletter.scheduled_at = newsletter.latest_start_at = None


def _is_same_sitting(newsletter: Newsletter, by: StaffMember | None, *, at: datetime) -> bool:
    """Whether this person goes on writing: the composer saves while one types, and the log has one line for that."""
    goes_on = by is not None and newsletter.edited_by_id == by.id and newsletter.state == NewsletterState.DRAFT
    return goes_on and at - newsletter.updated_at < SITTING


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
    hold_still()
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
    newsletter.exclusions = audience.left_out_before(newsletter) | {Fate.SUPPRESSED.value: mail.excluded_count}
    newsletter.mail, newsletter.started_at = mail, at
    log("newsletter.started", newsletter, by, at=at, frozen=mail.frozen_count)


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


def _numbered(*, at: datetime, by: StaffMember | None) -> Newsletter:
    """A new row with the next number; when somebody else takes that number at the same moment, the one after it."""
    number = (db.session.scalar(sa.select(sa.func.max(Newsletter.number))) or 0) + 1
    try:
        with db.session.begin_nested():
            newsletter = Newsletter(number=number, created_at=at, created_by_id=by.id if by else None)
            newsletter.updated_at, newsletter.edited_by_id = at, by.id if by else None
            db.session.add(newsletter)
    except IntegrityError:
        return _numbered(at=at, by=by)
    return newsletter


def _fill(newsletter: Newsletter, content: NewsletterContent, *, at: datetime) -> None:
    newsletter.subject, newsletter.preheader, newsletter.updated_at = content.subject, content.preheader, at
    newsletter.neighbourhoods = places.neighbourhoods(content.neighbourhoods)
    newsletter.topics = places.topics(content.topics)
    newsletter.not_to = newsletter_numbered(content.not_to) if content.not_to else None
    newsletter.blocks[:] = blocks.built(content.blocks)
    newsletter.blocks.reorder()  # type: ignore[attr-defined]  # it is an OrderingList
