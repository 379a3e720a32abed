"""Row locks, state transitions and log lines of a newsletter. Nothing here commits."""

from datetime import datetime

import sqlalchemy as sa

from dordt.accounts.authorization import lock_rights
from dordt.accounts.models import StaffMember
from dordt.audit import services as audit
from dordt.extensions import db
from dordt.newsletters.labels import STATE_LABELS
from dordt.newsletters.models import Newsletter, NewsletterState
from dordt.shared.database import is_postgres
from dordt.shared.problems import NotAllowed, NotFound
from dordt.subscribers import services as subscribers

NEEDS_APPROVAL = {(NewsletterState.DRAFT, state) for state in (NewsletterState.SENDING, NewsletterState.SCHEDULED)}
SUBJECT = "newsletter"  # in the log


def newsletter_numbered(newsletter_id: int) -> Newsletter:
    """The newsletter with this id. Raises NotFound."""
    found = db.session.scalars(Newsletter.numbered(newsletter_id)).one_or_none()
    if found is None:
        raise _unknown(newsletter_id)
    return found


def locked(newsletter_id: int) -> Newsletter:
    """The row, locked and read again, so that two clicks at once do one thing. Raises NotFound."""
    query = Newsletter.numbered(newsletter_id).with_for_update(of=Newsletter).execution_options(populate_existing=True)
    found = db.session.scalars(query).one_or_none()
    if found is None:
        raise _unknown(newsletter_id)
    read_mail_anew(found)
    return found


def lock_for_freeze() -> None:
    """Begin a transaction in which nobody joins or leaves, no newsletter changes, and every question sees one moment.

    On PostgreSQL the locks come before the first question, for that fixes the moment. SQLite has one writer at a time.
    """
    db.session.rollback()
    if is_postgres():
        db.session.execute(sa.text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
        lock_rights()
        db.session.execute(sa.text("LOCK TABLE newsletter IN EXCLUSIVE MODE"))
    subscribers.lock_list()


def next_number() -> int:
    """What the newsletter that is started next is called; under `lock_for_freeze` nobody else is given it."""
    return db.session.scalars(Newsletter.last_number()).one() + 1


def placeholder() -> int:
    """What a newsletter without a number keeps instead of one."""
    return db.session.scalars(Newsletter.lowest_number()).one() - 1


def give_number(newsletter: Newsletter) -> None:
    """The next one, under `lock_for_freeze`. Drafts of before took numbers: whichever has this one loses it."""
    number = next_number()
    holder = sa.update(Newsletter).where(Newsletter.number == number, Newsletter.mail_id.is_(None))
    db.session.execute(holder.values(number=placeholder()))
    newsletter.number = number


def read_mail_anew(newsletter: Newsletter) -> None:
    """The mail as it is now, of a newsletter whose row is locked.

    A row for which PostgreSQL waited is read again, what was joined to it is not: a step would take the mail to stand
    as it did before somebody else changed it, and leave it like that.
    """
    if newsletter.mail is not None:
        db.session.refresh(newsletter.mail)


def require_transition(newsletter: Newsletter, state: NewsletterState) -> None:
    """Raises NotAllowed when this step is not in the table of transitions."""
    if not newsletter.may_become(state):
        now = STATE_LABELS[newsletter.state]
        what_first = " Laat hem eerst goedkeuren." if (newsletter.state, state) in NEEDS_APPROVAL else ""
        raise NotAllowed(f"Dat kan niet: de nieuwsbrief staat op ‘{now}’.{what_first}")


def transition(newsletter: Newsletter, state: NewsletterState) -> None:
    """Go to another state. Raises NotAllowed when that is not in the table of transitions."""
    require_transition(newsletter, state)
    newsletter.state = state


def end_approval(newsletter: Newsletter) -> None:
    newsletter.approved_by_id = newsletter.approved_at = None
    end_plan(newsletter)


def end_plan(newsletter: Newsletter) -> None:
    """Forget when it was to start, and why it did not."""
    newsletter.scheduled_at = newsletter.latest_start_at = None
    newsletter.start_refusal = newsletter.start_refused_at = newsletter.too_late_at = None


def log(action: str, newsletter: Newsletter, by: StaffMember | None, *, at: datetime, **detail: object) -> None:
    """Note what was done; by the system when `by` is None."""
    named = {"number": newsletter.number} if newsletter.has_number else {}
    audit.record(action, subject=newsletter, by=by, at=at, **named, **detail)


def _unknown(newsletter_id: int) -> NotFound:
    return NotFound("newsletter", newsletter_id)
