"""What an editor writes: subject, preheader, blocks, and for whom it is."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from dordt.newsletters.block_models import BlockKind, NewsletterBlock
from dordt.newsletters.models import Newsletter

MOST_BLOCKS = 40
# What counts of a block of each kind; the rest is empty.
COLUMNS: dict[BlockKind, tuple[str, ...]] = {
    BlockKind.INTRO: ("text",),
    BlockKind.ARTICLE: ("title", "text", "article", "media", "alt", "is_decorative"),
    BlockKind.WORKGROUP: ("title", "text", "workgroup", "meeting_id"),
    BlockKind.QUOTE: ("text", "title"),
    BlockKind.IMAGE: ("media", "alt", "is_decorative", "title"),
    BlockKind.BUTTON: ("title", "url"),
    BlockKind.OUTCOME: ("title", "text", "url"),
    BlockKind.TEXT: ("title", "text"),
}


@dataclass(frozen=True)
class BlockContent:
    """One block; article and group by slug, the picture by the key of its file. BlockKind tells what counts."""

    kind: BlockKind
    title: str = ""
    text: str = ""
    url: str = ""
    alt: str = ""
    is_decorative: bool = False
    article: str = ""
    workgroup: str = ""
    meeting_id: int | None = None
    media: str = ""


@dataclass(frozen=True)
class NewsletterContent:
    """A newsletter as it is written; wijken and topics by slug, none of them means everybody.

    not_to: the number of an earlier newsletter; who got that one does not get this one.
    """

    subject: str
    preheader: str
    blocks: Sequence[BlockContent] = ()
    neighbourhoods: Sequence[str] = ()
    topics: Sequence[str] = ()
    not_to: int | None = None


def content_of(newsletter: Newsletter) -> NewsletterContent:
    """A stored newsletter as it was written."""
    return NewsletterContent(
        subject=newsletter.subject,
        preheader=newsletter.preheader,
        blocks=[content_of_block(block) for block in newsletter.blocks],
        neighbourhoods=[wijk.slug for wijk in newsletter.neighbourhoods],
        topics=[topic.slug for topic in newsletter.topics],
        not_to=newsletter.not_to.number if newsletter.not_to else None,
    )


def content_of_block(block: NewsletterBlock) -> BlockContent:
    """A stored block as it was written."""
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


def is_same(one: NewsletterContent, other: NewsletterContent) -> bool:
    """Whether a reader and the audience would see no difference: white space at the ends is none."""
    return _settled(one) == _settled(other)


def as_row(block: BlockContent) -> dict[str, Any]:
    """A block as JSON can hold it."""
    return asdict(tidied(block))


def from_row(row: Mapping[str, Any]) -> BlockContent:
    """A block that was kept as JSON."""
    return BlockContent(**{**row, "kind": BlockKind(row["kind"])})


def tidied(block: BlockContent) -> BlockContent:
    """The block with only what counts for its kind, and no white space around its texts."""
    has_picture = bool(block.media)
    counted = {
        name: _stripped(getattr(block, name))
        for name in COLUMNS[block.kind]
        if has_picture or name not in {"alt", "is_decorative"}
    }
    return BlockContent(block.kind, **counted)


def _settled(content: NewsletterContent) -> NewsletterContent:
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
