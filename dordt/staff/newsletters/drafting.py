"""From what stands in the composer, and the button that was pressed, to what is kept."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from dordt.newsletters.block_models import BlockKind
from dordt.newsletters.content import filling
from dordt.newsletters.content.block_content import MOST_BLOCKS, BlockContent
from dordt.newsletters.content.services import editing
from dordt.newsletters.content.services.editing import Removed
from dordt.shared.problems import NotAllowed
from dordt.staff.newsletters.arranging import Arrangement
from dordt.staff.newsletters.block_form import BlockForm
from dordt.staff.newsletters.compose_form import TOO_MANY, NewsletterForm

SAVE, SHOW = "bewaar", "bekijk"  # the buttons that end a piece of work: what was taken out is then gone
UPLOAD = "upload"


def keep_uploads(form: NewsletterForm, *, at: datetime) -> None:
    """Take the pictures in that came along, and put them in their blocks by key: they need not be chosen twice."""
    for block in form.blocks:
        if block.upload.content:
            kept = editing.keep_picture(block.upload.content, block.upload.filename, at=at)
            _replace_picture(block, form.stored.blocks, kept.key)


def arranged(form: NewsletterForm, removed: Removed | None, button: str, *, at: datetime) -> Arrangement:
    """The blocks after the button: `omhoog:2`, `weg:2`, `voeg-toe:article:het-park`, … Raises NotAllowed."""
    verb, _, rest = button.partition(":")
    now = Arrangement(form.content().blocks, None if verb in {SAVE, SHOW} else removed)
    now = _with_new_picture(form, now, is_asked=verb == UPLOAD, at=at)
    if verb == "zet-terug":
        now = now.put_back()
    elif verb == "voeg-toe":
        now = _added(now, rest, at=at)
    elif (place := form.place_of(rest)) is not None:
        now = _at_block(now, verb, place)
    if len(now.blocks) > MOST_BLOCKS:
        raise NotAllowed(TOO_MANY)
    return now


def _at_block(now: Arrangement, verb: str, place: int) -> Arrangement:
    if verb in {"omhoog", "omlaag"}:
        return now.moved(place, -1 if verb == "omhoog" else 1)
    if verb == "weg":
        return now.without(place)
    block = now.blocks[place]
    if verb == "zonder-beeld":
        return now.changed(place, replace(block, media="", alt="", is_decorative=False))
    if verb == "met-beeld":
        return now.changed(place, filling.with_own_picture(block))
    return now


def _added(now: Arrangement, what: str, *, at: datetime) -> Arrangement:
    """An intro comes first, everything else last."""
    kind, _, name = what.partition(":")
    if kind not in set(BlockKind):
        return now
    block = filling.filled(BlockKind(kind), name, at=at)
    return now.added(block, 0 if block.kind is BlockKind.INTRO else None)


def _with_new_picture(form: NewsletterForm, now: Arrangement, *, is_asked: bool, at: datetime) -> Arrangement:
    if not form.new_picture.content and is_asked:
        raise NotAllowed("Kies eerst een afbeelding op uw computer of telefoon.")
    if not form.new_picture.content:
        return now
    kept = editing.keep_picture(form.new_picture.content, form.new_picture.filename, at=at)
    return now.added(filling.from_picture(kept))


def _replace_picture(block: BlockForm, stored: Sequence[BlockContent], key: str) -> None:
    """Another picture needs other words, unless they were written just now."""
    is_old_alt = any(each.media == block.media.data and each.alt == block.alt.data for each in stored)
    if is_old_alt and block.media.data != key:
        block.alt.data = ""
    block.media.data = key
