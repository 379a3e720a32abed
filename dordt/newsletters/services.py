"""Making a newsletter, and changing what it says."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from dordt.accounts.models import StaffMember
from dordt.extensions import db
from dordt.newsletters.content import block_content
from dordt.newsletters.content.block_content import NewsletterContent
from dordt.newsletters.models import Newsletter, NewsletterState
from dordt.newsletters.transitions import end_approval, locked, log, step, unknown
from dordt.places import services as places

SITTING = timedelta(minutes=30)


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


def _is_same_sitting(newsletter: Newsletter, by: StaffMember | None, *, at: datetime) -> bool:
    """Whether this person goes on writing: the composer saves while one types, and the log has one line for that."""
    goes_on = by is not None and newsletter.edited_by_id == by.id and newsletter.state == NewsletterState.DRAFT
    return goes_on and at - newsletter.updated_at < SITTING


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
    newsletter.blocks[:] = block_content.rows_of(content.blocks)
    newsletter.blocks.reorder()  # type: ignore[attr-defined]  # it is an OrderingList
