"""Blocks that fill themselves from what stands on the site: one click, and an article or a group is in."""

from collections.abc import Sequence
from datetime import datetime

from dordt.extensions import db
from dordt.news.models import Article
from dordt.newsletters.block_models import BlockKind
from dordt.newsletters.content import BlockContent
from dordt.shared.problems import NotAllowed
from dordt.workgroups.models import Meeting, Workgroup


def from_article(article: Article) -> BlockContent:
    """The block of an article: its title, intro and picture, to be edited in place."""
    return BlockContent(
        BlockKind.ARTICLE,
        title=article.title,
        text=article.intro,
        article=article.slug,
        media=article.image.key if article.image else "",
        alt=article.image_alt,
        is_decorative=not article.image_alt,
    )


def from_workgroup(group: Workgroup, *, at: datetime) -> BlockContent:
    """The block of a work group, with its next meeting if one is planned."""
    meeting = db.session.scalars(Meeting.upcoming(at, group.id).limit(1)).first()
    return BlockContent(
        BlockKind.WORKGROUP,
        title=group.name,
        text=group.summary,
        workgroup=group.slug,
        meeting_id=meeting.id if meeting else None,
    )


def written(intro: str, articles: Sequence[str], *, at: datetime) -> list[BlockContent]:
    """An intro and articles by slug, each once, as blocks. Raises NotAllowed when an article is not on the site."""
    wanted = list(dict.fromkeys(articles))
    found = {
        article.slug: article for article in db.session.scalars(Article.published(at).where(Article.slug.in_(wanted)))
    }
    missing = [slug for slug in wanted if slug not in found]
    if missing:
        raise NotAllowed(f"Niet op de site: {', '.join(missing)}. Kies alleen berichten die gepubliceerd zijn.")
    first = [BlockContent(BlockKind.INTRO, text=intro)] if intro.strip() else []
    return first + [from_article(found[slug]) for slug in wanted]
