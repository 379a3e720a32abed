"""What can be put into a newsletter with one click, and what the composer needs to show the blocks that are in."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from dordt.media.images import Image, image_of
from dordt.media.models import MediaFile, MediaKind
from dordt.news.models import Article
from dordt.newsletters.models import Newsletter
from dordt.shared.formats import dutch_date_time
from dordt.shared.reading import rows
from dordt.workgroups.models import Meeting, Workgroup

ARTICLES_SHOWN = 8
ARTICLES_FOUND = 30
PICTURES_SHOWN = 12
Meetings = dict[str, list[tuple[str, str]]]  # per group by slug: id and words


@dataclass(frozen=True)
class Offers:
    """What stands under 'Voeg toe'; next_meeting: per group by slug, in words."""

    articles: Sequence[Article]
    has_more_articles: bool
    groups: Sequence[Workgroup]
    next_meeting: dict[str, str]
    pictures: Sequence[tuple[MediaFile, Image]]


def offers(words: str, *, at: datetime) -> Offers:
    """words: what the titles of the articles hold; none shows the newest."""
    most = ARTICLES_FOUND if words else ARTICLES_SHOWN
    articles = rows(Article.titled(Article.published(at), words).limit(most + 1))
    meetings = rows(Meeting.upcoming(at))
    return Offers(
        articles=articles[:most],
        has_more_articles=len(articles) > most,
        groups=rows(Workgroup.all()),
        next_meeting={meeting.workgroup.slug: _words(meeting) for meeting in reversed(meetings)},
        pictures=[(media, image) for media in rows(_newest_pictures()) if (image := image_of(media))],
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


def pictures(keys: Iterable[str]) -> dict[str, Image]:
    """The pictures with these keys."""
    found = rows(MediaFile.with_keys([key for key in keys if key], MediaKind.IMAGE))
    return {media.key: image for media in found if (image := image_of(media))}


def _newest_pictures() -> "sa.Select[MediaFile]":
    is_picture = MediaFile.kind == MediaKind.IMAGE
    return (
        sa.select(MediaFile)
        .where(is_picture)
        .order_by(MediaFile.created_at.desc(), MediaFile.id.desc())
        .limit(PICTURES_SHOWN)
    )


def _words(meeting: Meeting) -> str:
    return f"{dutch_date_time(meeting.starts_at)}: {meeting.title}"
