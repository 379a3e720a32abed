"""What an editor has before them: the form, and after a button the order of the blocks and what is kept."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from flask import request

from dordt.newsletters.content.block_content import MOST_BLOCKS, content_of
from dordt.newsletters.content.block_kinds import BLOCK_TYPES, BlockContent, BlockKind, from_picture, with_own_picture
from dordt.newsletters.content.services import editing
from dordt.newsletters.content.services.editing import Removed
from dordt.newsletters.models import Newsletter
from dordt.places import services as places
from dordt.shared.formats import dutch_date_time
from dordt.shared.problems import NotAllowed
from dordt.shared.reading import rows
from dordt.staff.newsletters.composer.forms import TOO_MANY, AudienceChoices, BlockForm, Meetings, NewsletterForm
from dordt.workgroups.models import Meeting

EARLIER_SHOWN = 100
SAVE, SHOW = "save", "view"  # the buttons that end a piece of work: what was taken out is then gone
UPLOAD = "upload"
LOOKS = {
    "smal-licht": "Telefoon",
    "breed-licht": "Breed",
    "smal-donker": "Telefoon, donker",
    "breed-donker": "Breed, donker",
}
FIRST_LOOK = "smal-licht"


@dataclass(frozen=True)
class BlockOrder:
    """The blocks in their order, what can be put back, and the id on the page where the editor goes on."""

    blocks: Sequence[BlockContent]
    removed: Removed | None
    target: str = ""

    def moved(self, place: int, step: int) -> "BlockOrder":
        """One block up (-1) or down (1); at the end of the row it stays."""
        to = min(max(place + step, 0), len(self.blocks) - 1)
        rest = [block for index, block in enumerate(self.blocks) if index != place]
        name = "up" if step < 0 else "down"
        return BlockOrder([*rest[:to], self.blocks[place], *rest[to:]], self.removed, f"{name}-{to}")

    def without(self, place: int) -> "BlockOrder":
        """One block less, which can be put back."""
        rest = [block for index, block in enumerate(self.blocks) if index != place]
        return BlockOrder(rest, Removed(place, self.blocks[place]), "weggehaald")

    def put_back(self) -> "BlockOrder":
        if self.removed is None:
            return self
        place = min(self.removed.position, len(self.blocks))
        return BlockOrder([*self.blocks[:place], self.removed.block, *self.blocks[place:]], None, f"blok-{place}")

    def added(self, block: BlockContent, place: int | None = None) -> "BlockOrder":
        """A new block, as the last one or at a place."""
        at = len(self.blocks) if place is None else place
        return BlockOrder([*self.blocks[:at], block, *self.blocks[at:]], self.removed, f"blok-{at}")

    def changed(self, place: int, block: BlockContent) -> "BlockOrder":
        blocks = [*self.blocks[:place], block, *self.blocks[place + 1 :]]
        return BlockOrder(blocks, self.removed, f"blok-{place}")


def form_of(newsletter: Newsletter, *, at: datetime, **given: Any) -> NewsletterForm:
    """The form as it was posted, or as the newsletter is kept."""
    choices = _audience_choices(newsletter), _meetings(newsletter, at=at)
    return NewsletterForm(content_of(newsletter), newsletter.edit_version, *choices, **given)


def keep_uploads(form: NewsletterForm, *, at: datetime) -> None:
    """Take the pictures in that came along, and put them in their blocks by key: they need not be chosen twice."""
    for block in form.blocks:
        if block.upload.content:
            kept = editing.keep_picture(block.upload.content, block.upload.filename, at=at)
            _replace_picture(block, form.stored.blocks, kept.key)


def order_after(form: NewsletterForm, removed: Removed | None, button: str, *, at: datetime) -> BlockOrder:
    """The blocks after the button: `up:2`, `remove:2`, `add:article:het-park`, … Raises NotAllowed."""
    verb, _, rest = button.partition(":")
    now = BlockOrder(form.content().blocks, None if verb in {SAVE, SHOW} else removed)
    now = _with_new_picture(form, now, is_asked=verb == UPLOAD, at=at)
    if verb == "restore":
        now = now.put_back()
    elif verb == "add":
        now = _added(now, rest, at=at)
    elif (place := form.place_of(rest)) is not None:
        now = _at_block(now, verb, place)
    if len(now.blocks) > MOST_BLOCKS:
        raise NotAllowed(TOO_MANY)
    return now


def look_after(button: str) -> str | None:
    verb, _, look = button.partition(":")
    wanted = look if verb == "look" else request.args.get("voorbeeld", "")
    return wanted if wanted in LOOKS and wanted != FIRST_LOOK else None


def meeting_words(meeting: Meeting) -> str:
    return f"{dutch_date_time(meeting.starts_at)}: {meeting.title}"


def _meetings(newsletter: Newsletter, *, at: datetime) -> Meetings:
    """Of each group what is still to come, and what a block names already."""
    named = [block.meeting for block in newsletter.blocks if block.meeting and block.meeting.ends_at <= at]
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for meeting in [*named, *rows(Meeting.upcoming(at))]:
        choice = (str(meeting.id), meeting_words(meeting) + (" (al geweest)" if meeting.ends_at <= at else ""))
        if choice not in found[meeting.workgroup.slug]:
            found[meeting.workgroup.slug].append(choice)
    return found


def _audience_choices(newsletter: Newsletter) -> AudienceChoices:
    """What can be chosen for a newsletter; an earlier one is there once it was started."""
    started = Newsletter.newest_first().where(Newsletter.mail_id.is_not(None)).limit(EARLIER_SHOWN)
    earlier = list(rows(started))
    if newsletter.not_to and newsletter.not_to not in earlier:
        earlier.append(newsletter.not_to)
    return AudienceChoices(
        places.neighbourhood_choices(),
        places.topic_choices(),
        [(str(each.number), f"Nieuwsbrief {each.number}: {each.subject}") for each in earlier],
    )


def _at_block(now: BlockOrder, verb: str, place: int) -> BlockOrder:
    if verb in {"up", "down"}:
        return now.moved(place, -1 if verb == "up" else 1)
    if verb == "remove":
        return now.without(place)
    block = now.blocks[place]
    if verb == "no-picture":
        return now.changed(place, replace(block, media="", alt="", is_decorative=False))
    if verb == "own-picture":
        return now.changed(place, with_own_picture(block))
    return now


def _added(now: BlockOrder, what: str, *, at: datetime) -> BlockOrder:
    """An opening comes first, everything else last."""
    kind, _, name = what.partition(":")
    if kind not in set(BlockKind):
        return now
    block_type = BLOCK_TYPES[BlockKind(kind)]
    return now.added(block_type.filled(name, at=at), 0 if block_type.is_opening else None)


def _with_new_picture(form: NewsletterForm, now: BlockOrder, *, is_asked: bool, at: datetime) -> BlockOrder:
    if not form.new_picture.content and is_asked:
        raise NotAllowed("Kies eerst een afbeelding op uw computer of telefoon.")
    if not form.new_picture.content:
        return now
    kept = editing.keep_picture(form.new_picture.content, form.new_picture.filename, at=at)
    return now.added(from_picture(kept))


def _replace_picture(block: BlockForm, stored: Sequence[BlockContent], key: str) -> None:
    """Another picture needs other words, unless they were written just now."""
    is_old_alt = any(each.media == block.media.data and each.alt == block.alt.data for each in stored)
    if is_old_alt and block.media.data != key:
        block.alt.data = ""
    block.media.data = key
