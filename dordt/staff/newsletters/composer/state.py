"""The composer: the order of the blocks after a button, what is kept, and what its page shows and offers."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask import render_template, request

from dordt.accounts.models import StaffMember
from dordt.media.images import Image, image_of
from dordt.media.models import MediaFile, MediaKind
from dordt.news.models import Article
from dordt.newsletters import checks
from dordt.newsletters.content.block_content import MOST_BLOCKS, content_of
from dordt.newsletters.content.block_kinds import BLOCK_TYPES, BlockContent, BlockKind, from_picture, with_own_picture
from dordt.newsletters.content.services import editing
from dordt.newsletters.content.services.editing import Removed
from dordt.newsletters.models import Newsletter
from dordt.newsletters.sending import audience
from dordt.places import services as places
from dordt.shared.formats import capital, dutch_date_time
from dordt.shared.links import without_tokens
from dordt.shared.problems import NotAllowed
from dordt.shared.reading import rows
from dordt.shared.search import each_word, holds, words_of
from dordt.staff.newsletters.composer.forms import TOO_MANY, AudienceChoices, BlockForm, Meetings, NewsletterForm
from dordt.staff.newsletters.labels import audience_summary
from dordt.workgroups.models import Meeting, Workgroup

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
ARTICLES_SHOWN = 8
ARTICLES_FOUND = 30
PICTURES_SHOWN = 12


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


def keep_uploads(form: NewsletterForm, *, by: StaffMember, at: datetime) -> None:
    """Take the pictures in that came along, and put them in their blocks by key: they need not be chosen twice."""
    for block in form.blocks:
        if block.upload.content:
            kept = editing.keep_picture(block.upload.content, block.upload.filename, by=by, at=at)
            _replace_picture(block, form.stored.blocks, kept.key)


def order_after(
    form: NewsletterForm, removed: Removed | None, button: str, *, by: StaffMember, at: datetime
) -> BlockOrder:
    """The blocks after the button: `up:2`, `remove:2`, `add:article:het-park`, … Raises NotAllowed."""
    verb, _, rest = button.partition(":")
    now = BlockOrder(form.content().blocks, None if verb in {SAVE, SHOW} else removed)
    now = _with_new_picture(form, now, is_asked=verb == UPLOAD, by=by, at=at)
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
    earlier = list(rows(Newsletter.with_number().limit(EARLIER_SHOWN)))
    if newsletter.not_to and newsletter.not_to not in earlier:
        earlier.append(newsletter.not_to)
    return AudienceChoices(
        places.neighbourhood_choices(),
        places.topic_choices(),
        [(str(each.id), capital(f"{each.name}: {each.subject}" if each.has_number else each.name)) for each in earlier],
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


def _with_new_picture(
    form: NewsletterForm, now: BlockOrder, *, is_asked: bool, by: StaffMember, at: datetime
) -> BlockOrder:
    if not form.new_picture.content and is_asked:
        raise NotAllowed("Kies eerst een afbeelding op uw computer of telefoon.")
    if not form.new_picture.content:
        return now
    kept = editing.keep_picture(form.new_picture.content, form.new_picture.filename, by=by, at=at)
    return now.added(from_picture(kept))


def _replace_picture(block: BlockForm, stored: Sequence[BlockContent], key: str) -> None:
    """Another picture needs other words, unless they were written just now."""
    is_old_alt = any(each.media == block.media.data and each.alt == block.alt.data for each in stored)
    if is_old_alt and block.media.data != key:
        block.alt.data = ""
    block.media.data = key


@dataclass(frozen=True)
class Choices:
    """What stands under 'Voeg toe'; next_meeting: per group by slug, in words."""

    articles: Sequence[Article]
    has_more_articles: bool
    groups: Sequence[Workgroup]
    next_meeting: dict[str, str]
    pictures: Sequence[tuple[MediaFile, Image]]


def whole(newsletter: Newsletter, form: NewsletterForm, *, at: datetime) -> dict[str, Any]:
    summary = audience_summary(_audience_count(newsletter, form))
    return {**_beside(newsletter, at=at), **_within(newsletter, form, at=at), "audience_summary": summary}


def fragments(newsletter: Newsletter, form: NewsletterForm, *, is_whole: bool, at: datetime) -> dict[str, str]:
    """The parts of the page that composer.js replaces, by name; the blocks and what can be added only when asked."""
    beside = _beside(newsletter, at=at)
    findings = render_template("staff/newsletters/_checks.html", to_block="#blok-", **beside)
    found = {"findings": findings, "text": beside["text"]}
    if is_whole:
        within = _within(newsletter, form, at=at)
        found["blocks"] = render_template("staff/newsletters/_blocks.html", **within)
        found["choices"] = render_template("staff/newsletters/_choices.html", **within)
    return found


def _searched(name: str) -> str:
    """The words that an article or a picture is searched by: typed just now, or before the page was opened again."""
    return words_of(request.form.get(name) or request.args.get(name))


def _beside(newsletter: Newsletter, *, at: datetime) -> dict[str, Any]:
    prepared = checks.prepare(newsletter, at=at)
    return {
        "newsletter": newsletter,
        "findings": prepared.findings,
        "text": without_tokens(prepared.draft.text),
        "look": look_after("") or FIRST_LOOK,
        "looks": LOOKS,
    }


def _within(newsletter: Newsletter, form: NewsletterForm, *, at: datetime) -> dict[str, Any]:
    return {
        "newsletter": newsletter,
        "form": form,
        "removed": editing.removed_from(newsletter),
        "pictures": _pictures(block.media.data or "" for block in form.blocks),
        "choices": _choices(_searched("zoek"), _searched("beeld"), at=at),
        "searched": {name: _searched(name) for name in ("zoek", "beeld")},
        "block_types": BLOCK_TYPES,
    }


def _audience_count(newsletter: Newsletter, form: NewsletterForm) -> audience.AudienceCount:
    """Of the choice in the form, when it is one."""
    is_choice = not any(form[name].errors for name in ("neighbourhoods", "topics", "not_to"))
    return audience.count(audience.choice_named(**form.audience()) if is_choice else newsletter)


def _choices(words: str, picture_words: str, *, at: datetime) -> Choices:
    """words: what the titles of the articles hold, or what is said of the pictures; none shows the newest."""
    most = ARTICLES_FOUND if words else ARTICLES_SHOWN
    articles = rows(Article.titled(Article.published(at), words).limit(most + 1))
    meetings = rows(Meeting.upcoming(at))
    return Choices(
        articles=articles[:most],
        has_more_articles=len(articles) > most,
        groups=rows(Workgroup.all()),
        next_meeting={meeting.workgroup.slug: meeting_words(meeting) for meeting in reversed(meetings)},
        pictures=[(media, image) for media in rows(_found_pictures(picture_words)) if (image := image_of(media))],
    )


def _pictures(keys: Iterable[str]) -> dict[str, Image]:
    found = rows(MediaFile.with_keys([key for key in keys if key], MediaKind.IMAGE))
    return {media.key: image for media in found if (image := image_of(media))}


def _found_pictures(words: str) -> "sa.Select[MediaFile]":
    """The newest whose name, or what an article says of it, holds each of these words."""
    query = sa.select(MediaFile).where(MediaFile.kind == MediaKind.IMAGE, each_word(words, _is_about))
    return query.order_by(MediaFile.created_at.desc(), MediaFile.id.desc()).limit(PICTURES_SHOWN)


def _is_about(word: str) -> "sa.ColumnElement[bool]":
    said = sa.select(Article.image_id).where(holds(word, Article.image_alt, Article.title))
    return holds(word, MediaFile.filename) | MediaFile.id.in_(said.where(Article.image_id.is_not(None)))
