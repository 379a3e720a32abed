"""What can be put into a newsletter with one click, and what the composer needs to show the blocks that are in."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from dordt.media.images import Image, image_of
from dordt.media.models import MediaFile, MediaKind
from dordt.news.models import Article
from dordt.newsletters.models import Newsletter
from dordt.places import services as places
from dordt.shared.columns import like
from dordt.shared.formats import dutch_date_time
from dordt.shared.reading import rows
from dordt.staff.newsletters.composer.forms import AudienceChoices
from dordt.workgroups.models import Meeting, Workgroup

ARTICLES_SHOWN = 8
ARTICLES_FOUND = 30
PICTURES_SHOWN = 12
EARLIER_SHOWN = 100
Meetings = dict[str, list[tuple[str, str]]]  # per group by slug: id and words


@dataclass(frozen=True)
class Offers:
    """What stands under 'Voeg toe'; next_meeting: per group by slug, in words."""

    articles: Sequence[Article]
    has_more_articles: bool
    groups: Sequence[Workgroup]
    next_meeting: dict[str, str]
    pictures: Sequence[tuple[MediaFile, Image]]


def offers(words: str, picture_words: str, *, at: datetime) -> Offers:
    """words: what the titles of the articles hold, or what is said of the pictures; none shows the newest."""
    most = ARTICLES_FOUND if words else ARTICLES_SHOWN
    articles = rows(Article.titled(Article.published(at), words).limit(most + 1))
    meetings = rows(Meeting.upcoming(at))
    return Offers(
        articles=articles[:most],
        has_more_articles=len(articles) > most,
        groups=rows(Workgroup.all()),
        next_meeting={meeting.workgroup.slug: _words(meeting) for meeting in reversed(meetings)},
        pictures=[(media, image) for media in rows(_found_pictures(picture_words)) if (image := image_of(media))],
    )


def meetings_to_choose(newsletter: Newsletter, *, at: datetime) -> Meetings:
    """Of each group what is still to come, and what a block names already."""
    named = [block.meeting for block in newsletter.blocks if block.meeting and block.meeting.ends_at <= at]
    found: Meetings = defaultdict(list)
    for meeting in [*named, *rows(Meeting.upcoming(at))]:
        choice = (str(meeting.id), _words(meeting) + (" (al geweest)" if meeting.ends_at <= at else ""))
        if choice not in found[meeting.workgroup.slug]:
            found[meeting.workgroup.slug].append(choice)
    return found


def audience_choices(newsletter: Newsletter) -> AudienceChoices:
    """What can be chosen for a newsletter; an earlier one is there once it was started."""
    started = Newsletter.in_room().where(Newsletter.mail_id.is_not(None)).limit(EARLIER_SHOWN)
    earlier = list(rows(started))
    if newsletter.not_to and newsletter.not_to not in earlier:
        earlier.append(newsletter.not_to)
    return AudienceChoices(
        places.neighbourhood_choices(),
        places.topic_choices(),
        [(str(each.number), f"Nieuwsbrief {each.number}: {each.subject}") for each in earlier],
    )


def pictures(keys: Iterable[str]) -> dict[str, Image]:
    """The pictures with these keys."""
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


def _words(meeting: Meeting) -> str:
    return f"{dutch_date_time(meeting.starts_at)}: {meeting.title}"
