"""The composer after a button: the blocks in their order, what is kept, and what the page shows beside the form."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from flask import render_template, request

from dordt.newsletters import checks
from dordt.newsletters.content import rendering
from dordt.newsletters.content.block_content import MOST_BLOCKS
from dordt.newsletters.content.block_kinds import BLOCK_TYPES, BlockContent, BlockKind, from_picture, with_own_picture
from dordt.newsletters.content.services import editing
from dordt.newsletters.content.services.editing import Removed
from dordt.newsletters.models import Newsletter
from dordt.newsletters.sending import audience
from dordt.shared.problems import NotAllowed
from dordt.shared.tokens import without_tokens
from dordt.staff.newsletters.composer.choices import offers, pictures
from dordt.staff.newsletters.composer.forms import TOO_MANY, BlockForm, NewsletterForm
from dordt.staff.newsletters.labels import audience_summary


@dataclass(frozen=True)
class Arrangement:
    """The blocks in their order, what can be put back, and the id on the page where the editor goes on."""

    blocks: Sequence[BlockContent]
    removed: Removed | None
    target: str = ""

    def moved(self, place: int, step: int) -> "Arrangement":
        """One block up (-1) or down (1); at the end of the row it stays."""
        to = min(max(place + step, 0), len(self.blocks) - 1)
        rest = [block for index, block in enumerate(self.blocks) if index != place]
        name = "up" if step < 0 else "down"
        return Arrangement([*rest[:to], self.blocks[place], *rest[to:]], self.removed, f"{name}-{to}")

    def without(self, place: int) -> "Arrangement":
        """One block less, which can be put back."""
        rest = [block for index, block in enumerate(self.blocks) if index != place]
        return Arrangement(rest, Removed(place, self.blocks[place]), "weggehaald")

    def put_back(self) -> "Arrangement":
        """The block that was taken out last, where it stood."""
        if self.removed is None:
            return self
        place = min(self.removed.position, len(self.blocks))
        return Arrangement([*self.blocks[:place], self.removed.block, *self.blocks[place:]], None, f"blok-{place}")

    def added(self, block: BlockContent, place: int | None = None) -> "Arrangement":
        """A new block, as the last one or at a place."""
        at = len(self.blocks) if place is None else place
        return Arrangement([*self.blocks[:at], block, *self.blocks[at:]], self.removed, f"blok-{at}")

    def changed(self, place: int, block: BlockContent) -> "Arrangement":
        """Another block in the place of one."""
        blocks = [*self.blocks[:place], block, *self.blocks[place + 1 :]]
        return Arrangement(blocks, self.removed, f"blok-{place}")


SAVE, SHOW = "save", "view"  # the buttons that end a piece of work: what was taken out is then gone
UPLOAD = "upload"


def keep_uploads(form: NewsletterForm, *, at: datetime) -> None:
    """Take the pictures in that came along, and put them in their blocks by key: they need not be chosen twice."""
    for block in form.blocks:
        if block.upload.content:
            kept = editing.keep_picture(block.upload.content, block.upload.filename, at=at)
            _replace_picture(block, form.stored.blocks, kept.key)


def arranged(form: NewsletterForm, removed: Removed | None, button: str, *, at: datetime) -> Arrangement:
    """The blocks after the button: `up:2`, `remove:2`, `add:article:het-park`, … Raises NotAllowed."""
    verb, _, rest = button.partition(":")
    now = Arrangement(form.content().blocks, None if verb in {SAVE, SHOW} else removed)
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


def _at_block(now: Arrangement, verb: str, place: int) -> Arrangement:
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


def _added(now: Arrangement, what: str, *, at: datetime) -> Arrangement:
    """An opening comes first, everything else last."""
    kind, _, name = what.partition(":")
    if kind not in set(BlockKind):
        return now
    block_type = BLOCK_TYPES[BlockKind(kind)]
    return now.added(block_type.filled(name, at=at), 0 if block_type.is_opening else None)


def _with_new_picture(form: NewsletterForm, now: Arrangement, *, is_asked: bool, at: datetime) -> Arrangement:
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


LOOKS = {
    "smal-licht": "Telefoon",
    "breed-licht": "Breed",
    "smal-donker": "Telefoon, donker",
    "breed-donker": "Breed, donker",
}
FIRST_LOOK = "smal-licht"


def whole(newsletter: Newsletter, form: NewsletterForm, *, at: datetime) -> dict[str, Any]:
    """All that the page of the composer needs."""
    return (
        _beside(newsletter, at=at)
        | _within(newsletter, form, at=at)
        | {"audience_summary": audience_summary(_reach(newsletter, form))}
    )


def fragments(newsletter: Newsletter, form: NewsletterForm, *, is_whole: bool, at: datetime) -> dict[str, str]:
    """The parts of the page that composer.js replaces, by name; the blocks and what can be added only when asked."""
    beside = _beside(newsletter, at=at)
    found = {"findings": render_template("staff/newsletters/_findings.html", **beside), "text": beside["text"]}
    if is_whole:
        within = _within(newsletter, form, at=at)
        found["blocks"] = render_template("staff/newsletters/_blocks.html", **within)
        found["choices"] = render_template("staff/newsletters/_offers.html", **within)
    return found


def look_after(button: str) -> str | None:
    """What the preview shows after a button: what it asks for, or what it showed."""
    verb, _, look = button.partition(":")
    wanted = look if verb == "look" else request.args.get("voorbeeld", "")
    return wanted if wanted in LOOKS and wanted != FIRST_LOOK else None


def searched(name: str) -> str:
    """The words that an article or a picture is searched by: typed just now, or before the page was opened anew."""
    return (request.form.get(name) or request.args.get(name, "")).strip()[:200]


def _beside(newsletter: Newsletter, *, at: datetime) -> dict[str, Any]:
    return {
        "newsletter": newsletter,
        "findings": checks.findings(newsletter, at=at),
        "text": without_tokens(rendering.draft_of(newsletter).text),
        "look": look_after("") or FIRST_LOOK,
        "looks": LOOKS,
    }


def _within(newsletter: Newsletter, form: NewsletterForm, *, at: datetime) -> dict[str, Any]:
    return {
        "newsletter": newsletter,
        "form": form,
        "removed": editing.removed_from(newsletter),
        "pictures": pictures(block.media.data or "" for block in form.blocks),
        "offers": offers(searched("zoek"), searched("beeld"), at=at),
        "searched": {name: searched(name) for name in ("zoek", "beeld")},
        "block_types": BLOCK_TYPES,
    }


def _reach(newsletter: Newsletter, form: NewsletterForm) -> audience.AudienceCount:
    """Of the choice in the form, when it is one."""
    is_choice = not any(form[name].errors for name in ("neighbourhoods", "topics", "not_to"))
    return audience.count(audience.choice_named(**form.audience()) if is_choice else newsletter)
