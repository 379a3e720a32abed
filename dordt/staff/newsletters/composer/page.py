"""What the page of the composer shows: the preview, what the checks say, what can be put in with one click."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask import render_template, request

from dordt.media.images import Image, image_of
from dordt.media.models import MediaFile, MediaKind
from dordt.news.models import Article
from dordt.newsletters import checks
from dordt.newsletters.content.block_kinds import BLOCK_TYPES
from dordt.newsletters.content.services import editing
from dordt.newsletters.models import Newsletter
from dordt.newsletters.sending import audience
from dordt.shared.columns import like
from dordt.shared.links import without_tokens
from dordt.shared.reading import rows
from dordt.staff.newsletters.composer.forms import NewsletterForm
from dordt.staff.newsletters.composer.state import FIRST_LOOK, LOOKS, look_after, meeting_words
from dordt.staff.newsletters.labels import audience_summary
from dordt.workgroups.models import Meeting, Workgroup

ARTICLES_SHOWN = 8
ARTICLES_FOUND = 30
PICTURES_SHOWN = 12


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
    return (request.form.get(name) or request.args.get(name, "")).strip()[:200]


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
    query = sa.select(MediaFile).where(MediaFile.kind == MediaKind.IMAGE)
    for word in words.split():
        said = sa.select(Article.image_id).where(_holds(Article.image_alt, word) | _holds(Article.title, word))
        query = query.where(
            _holds(MediaFile.filename, word) | MediaFile.id.in_(said.where(Article.image_id.is_not(None)))
        )
    return query.order_by(MediaFile.created_at.desc(), MediaFile.id.desc()).limit(PICTURES_SHOWN)


def _holds(column: Any, word: str) -> "sa.ColumnElement[bool]":
    found: sa.ColumnElement[bool] = column.ilike(like(word), escape="\\")
    return found
