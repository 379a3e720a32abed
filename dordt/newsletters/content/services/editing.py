"""Writing on a draft by more than one person, saving while one types, and putting back what was taken out."""

from dataclasses import dataclass
from datetime import datetime

from dordt.accounts.models import StaffMember
from dordt.extensions import db
from dordt.media import services as media
from dordt.media.models import MediaFile
from dordt.newsletters import services
from dordt.newsletters.content.block_content import NewsletterContent, as_json, content_of, from_json, is_same
from dordt.newsletters.content.block_kinds import BlockContent
from dordt.newsletters.models import Newsletter, NewsletterState
from dordt.newsletters.transitions import end_approval, locked, log, step
from dordt.shared.problems import NotAllowed


class EditedMeanwhile(NotAllowed):
    """Somebody saved this newsletter after the editor opened it."""


class ApprovedMeanwhile(NotAllowed):
    """It is approved or planned: changing it ends that, which nobody may do without knowing."""


@dataclass(frozen=True)
class Removed:
    """The block that was taken out last, and where it stood."""

    position: int
    block: BlockContent


def removed_from(newsletter: Newsletter) -> Removed | None:
    """What can be put back."""
    row = newsletter.removed_block
    return Removed(int(row["position"]), from_json(row["block"])) if row else None


def save_draft(
    number: int, content: NewsletterContent, removed: Removed | None, *, opened: int, at: datetime, by: StaffMember
) -> None:
    """Keep what was written. Nothing different is no change: who saved last then stays as it was.

    opened: the edit_version that the editor began with. removed: what can be put back from now on.
    Raises ApprovedMeanwhile, EditedMeanwhile, or NotAllowed when it can no longer be changed or names what is gone.
    """
    newsletter = locked(number)
    _require_draft(newsletter)
    newsletter.removed_block = {"position": removed.position, "block": as_json(removed.block)} if removed else None
    if is_same(content, content_of(newsletter)):
        db.session.commit()
        return
    if newsletter.edit_version != opened:
        db.session.rollback()
        raise EditedMeanwhile("Deze nieuwsbrief is intussen in een ander venster of door een ander bewaard.")
    try:
        services.edit_newsletter(number, content, at=at, by=by)
    except NotAllowed:
        db.session.rollback()  # or the page that says so would show it half-changed
        raise


def reopen_newsletter(number: int, *, at: datetime, by: StaffMember) -> None:
    """Take an approval or a plan back, so that it can be changed. Of a draft nothing is taken back."""
    newsletter = locked(number)
    if newsletter.state != NewsletterState.DRAFT:
        step(newsletter, NewsletterState.DRAFT)
        end_approval(newsletter)
        log("newsletter.reopened", newsletter, by, at=at)
    db.session.commit()


def keep_picture(content: bytes, filename: str, *, at: datetime) -> MediaFile:
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
