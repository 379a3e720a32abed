"""Blocks as rows: what was written by slug and key becomes what the database holds."""

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from dordt.extensions import db
from dordt.media.models import MediaFile, MediaKind
from dordt.news.models import Article
from dordt.newsletters.block_models import NewsletterBlock
from dordt.newsletters.content.block_content import BlockContent
from dordt.shared.problems import NotAllowed
from dordt.workgroups.models import Meeting, Workgroup


def built(contents: Sequence[BlockContent]) -> list[NewsletterBlock]:
    """New rows in this order. Raises NotAllowed when an article, group or picture is not there any more."""
    articles = _found(Article, Article.slug, (content.article for content in contents))
    groups = _found(Workgroup, Workgroup.slug, (content.workgroup for content in contents))
    pictures = _found(MediaFile, MediaFile.key, (content.media for content in contents), kind=MediaKind.IMAGE)
    meetings = _found(Meeting, Meeting.id, (content.meeting_id for content in contents))
    return [
        NewsletterBlock(
            kind=content.kind,
            title=content.title,
            text=content.text,
            url=content.url,
            alt=content.alt,
            is_decorative=content.is_decorative,
            article=articles.get(content.article),
            workgroup=groups.get(content.workgroup),
            meeting=_of_group(meetings.get(content.meeting_id), content),
            media=pictures.get(content.media),
        )
        for content in contents
    ]


def _of_group(meeting: Meeting | None, content: BlockContent) -> Meeting | None:
    return meeting if meeting and meeting.workgroup.slug == content.workgroup else None


def _found(table: type[Any], key: Any, names: Iterable[str | int | None], **having: object) -> dict[Any, Any]:
    wanted = {name for name in names if name}
    if not wanted:
        return {}
    rows = db.session.scalars(sa.select(table).filter_by(**having).where(key.in_(wanted))).unique()
    found = {getattr(row, key.key): row for row in rows}
    gone = sorted(str(name) for name in wanted - set(found))
    if gone:
        raise NotAllowed(f"Bestaat niet meer: {', '.join(gone)}. Kies iets anders of haal het blok weg.")
    return found
