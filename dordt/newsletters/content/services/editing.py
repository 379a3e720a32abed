"""Writing a newsletter: by more than one person, saved while one types, with what was taken out put back."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.exc import IntegrityError

from dordt.accounts.authorization import asks
from dordt.accounts.models import StaffMember
from dordt.accounts.rights import Right
from dordt.extensions import db
from dordt.media import services as media
from dordt.media.models import MediaFile
from dordt.newsletters.content.block_content import NewsletterContent, as_json, content_of, from_json, is_same, rows_of
from dordt.newsletters.content.block_kinds import BlockContent
from dordt.newsletters.models import Newsletter, NewsletterState
from dordt.newsletters.transitions import end_approval, locked, log, newsletter_numbered, placeholder, transition
from dordt.places import services as places
from dordt.shared.problems import ChangedMeanwhile, NotAllowed

EDITING_SESSION = timedelta(minutes=30)


class EditedMeanwhile(ChangedMeanwhile):
    """Somebody saved this newsletter after the editor opened it."""


class ApprovedMeanwhile(NotAllowed):
    """It is approved or planned: changing it ends that, which nobody may do without knowing."""


@dataclass(frozen=True)
class Removed:
    """The block that was taken out last, and where it stood."""

    position: int
    block: BlockContent


@asks(Right.SEND_NEWSLETTER)
def create_newsletter(content: NewsletterContent, *, at: datetime, by: StaffMember | None = None) -> Newsletter:
    """Add a draft. Raises NotAllowed when it names an article, group or picture that is gone."""
    newsletter = _added(at=at, by=by)
    _fill(newsletter, content, at=at)
    log("newsletter.created", newsletter, by, at=at)
    db.session.commit()
    return newsletter


@asks(Right.SEND_NEWSLETTER)
def edit_newsletter(
    newsletter_id: int, content: NewsletterContent, *, at: datetime, by: StaffMember | None = None
) -> None:
    """Change what it says; an approval no longer holds.

    Raises NotAllowed once it was started or cancelled, or when it names an article, group or picture that is gone.
    """
    newsletter = locked(newsletter_id)
    if newsletter.state != NewsletterState.DRAFT:
        transition(newsletter, NewsletterState.DRAFT)
        end_approval(newsletter)
    if not _is_same_session(newsletter, by, at=at):
        log("newsletter.edited", newsletter, by, at=at)
    _fill(newsletter, content, at=at)
    newsletter.edited_by_id, newsletter.edit_version = by.id if by else None, newsletter.edit_version + 1
    db.session.commit()


def removed_from(newsletter: Newsletter) -> Removed | None:
    row = newsletter.removed_block
    return Removed(int(row["position"]), from_json(row["block"])) if row else None


@asks(Right.SEND_NEWSLETTER)
def save_draft(
    newsletter_id: int,
    content: NewsletterContent,
    removed: Removed | None,
    *,
    opened: int,
    at: datetime,
    by: StaffMember,
) -> None:
    """Keep what was written. Nothing different is no change: who saved last then stays as it was.

    opened: the edit_version that the editor began with. removed: what can be put back from now on.
    Raises ApprovedMeanwhile, EditedMeanwhile, or NotAllowed when it can no longer be changed or names what is gone.
    """
    newsletter = locked(newsletter_id)
    _require_draft(newsletter)
    newsletter.removed_block = {"position": removed.position, "block": as_json(removed.block)} if removed else None
    if is_same(content, content_of(newsletter)):
        db.session.commit()
        return
    if newsletter.edit_version != opened:
        db.session.rollback()
        raise EditedMeanwhile("Deze nieuwsbrief is intussen in een ander venster of door een ander bewaard.")
    try:
        edit_newsletter(newsletter_id, content, at=at, by=by)
    except NotAllowed:
        db.session.rollback()  # or the page that says so would show it half-changed
        raise


@asks(Right.SEND_NEWSLETTER)
def reopen_newsletter(newsletter_id: int, *, at: datetime, by: StaffMember) -> None:
    """Take an approval or a plan back, so that it can be changed. Of a draft nothing is taken back."""
    newsletter = locked(newsletter_id)
    if newsletter.state != NewsletterState.DRAFT:
        transition(newsletter, NewsletterState.DRAFT)
        end_approval(newsletter)
        log("newsletter.reopened", newsletter, by, at=at)
    db.session.commit()


@asks(Right.SEND_NEWSLETTER)
def keep_picture(content: bytes, filename: str, *, by: StaffMember, at: datetime) -> MediaFile:
    """Take a picture in at once, so that it is still there when the rest of the form has to be done again."""
    kept = media.add_image(content, filename, at=at)
    db.session.commit()
    return kept


def _require_draft(newsletter: Newsletter) -> None:
    if newsletter.state == NewsletterState.DRAFT:
        return
    can_be_edited = newsletter.can_be_edited
    db.session.rollback()
    if can_be_edited:
        raise ApprovedMeanwhile("Deze nieuwsbrief is intussen goedgekeurd. Wat u typt, wordt niet bewaard.")
    raise NotAllowed("Deze nieuwsbrief is al verstuurd of gestopt. U kunt hem niet meer veranderen.")


def _is_same_session(newsletter: Newsletter, by: StaffMember | None, *, at: datetime) -> bool:
    """Whether they go on writing: the composer saves while one types, and the log has one line for that."""
    goes_on = by is not None and newsletter.edited_by_id == by.id and newsletter.state == NewsletterState.DRAFT
    return goes_on and at - newsletter.updated_at < EDITING_SESSION


def _added(*, at: datetime, by: StaffMember | None) -> Newsletter:
    """A new row without a number; when somebody else takes its placeholder at once, with the one after it."""
    try:
        with db.session.begin_nested():
            newsletter = Newsletter(number=placeholder(), created_at=at, created_by_id=by.id if by else None)
            newsletter.updated_at, newsletter.edited_by_id = at, by.id if by else None
            db.session.add(newsletter)
    except IntegrityError:
        return _added(at=at, by=by)
    return newsletter


def _fill(newsletter: Newsletter, content: NewsletterContent, *, at: datetime) -> None:
    newsletter.subject, newsletter.preheader, newsletter.updated_at = content.subject, content.preheader, at
    newsletter.neighbourhoods = places.neighbourhoods(content.neighbourhoods)
    newsletter.topics = places.topics(content.topics)
    newsletter.not_to = newsletter_numbered(content.not_to) if content.not_to else None
    newsletter.blocks[:] = rows_of(content.blocks)
    newsletter.blocks.reorder()  # type: ignore[attr-defined]  # it is an OrderingList
