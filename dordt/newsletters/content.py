"""What an editor writes: subject, preheader, blocks, and for whom it is."""

from collections.abc import Sequence
from dataclasses import dataclass

from dordt.newsletters.block_models import BlockKind, NewsletterBlock


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
