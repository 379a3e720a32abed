"""What an editor writes: subject, preheader, blocks, and for whom it is; and the same as rows."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import sqlalchemy as sa

from dordt.extensions import db
from dordt.media.models import MediaFile, MediaKind
from dordt.news.models import Article
from dordt.newsletters.content.block_kinds import BLOCK_TYPES, BlockContent, BlockKind
from dordt.newsletters.models import Newsletter, NewsletterBlock
from dordt.shared.problems import NotAllowed
from dordt.workgroups.models import Meeting, Workgroup

MOST_BLOCKS = 40


@dataclass(frozen=True)
class NewsletterContent:
    """A newsletter as it is written; neighbourhoods and topics by slug, none of them means everybody.

    not_to: the id of an earlier newsletter; who got that one does not get this one.
    """

    subject: str
    preheader: str
    blocks: Sequence[BlockContent] = ()
    neighbourhoods: Sequence[str] = ()
    topics: Sequence[str] = ()
    not_to: int | None = None


def content_of(newsletter: Newsletter) -> NewsletterContent:
    return NewsletterContent(
        subject=newsletter.subject,
        preheader=newsletter.preheader,
        blocks=[content_of_block(block) for block in newsletter.blocks],
        neighbourhoods=[each.slug for each in newsletter.neighbourhoods],
        topics=[each.slug for each in newsletter.topics],
        not_to=newsletter.not_to_id,
    )


def content_of_block(block: NewsletterBlock) -> BlockContent:
    return BlockContent(
        kind=block.kind,
        title=block.title,
        text=block.text,
        url=block.url,
        alt=block.alt,
        is_decorative=block.is_decorative,
        article=block.article.slug if block.article else "",
        workgroup=block.workgroup.slug if block.workgroup else "",
        meeting_id=block.meeting_id,
        media=block.media.key if block.media else "",
    )


def rows_of(contents: Sequence[BlockContent]) -> list[NewsletterBlock]:
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


def is_same(one: NewsletterContent, other: NewsletterContent) -> bool:
    """Whether a reader and the audience would see no difference: white space at the ends is none."""
    return _tidied_content(one) == _tidied_content(other)


def as_json(block: BlockContent) -> dict[str, Any]:
    return asdict(tidied(block))


def from_json(row: Mapping[str, Any]) -> BlockContent:
    return BlockContent(**{**row, "kind": BlockKind(row["kind"])})


def tidied(block: BlockContent) -> BlockContent:
    """The block with only what counts for its kind, and no white space around its texts."""
    has_picture = bool(block.media)
    counted = {
        name: _stripped(getattr(block, name))
        for name in BLOCK_TYPES[block.kind].columns
        if has_picture or name not in {"alt", "is_decorative"}
    }
    return BlockContent(block.kind, **counted)


def _tidied_content(content: NewsletterContent) -> NewsletterContent:
    return replace(
        content,
        subject=content.subject.strip(),
        preheader=content.preheader.strip(),
        blocks=tuple(tidied(block) for block in content.blocks),
        neighbourhoods=tuple(sorted(content.neighbourhoods)),
        topics=tuple(sorted(content.topics)),
    )


def _stripped(value: Any) -> Any:
    return value.replace("\r\n", "\n").strip() if isinstance(value, str) else value


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
