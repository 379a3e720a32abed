"""Blocks that fill themselves from what stands on the site: one click, and an article or a group is in."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa

from dordt.extensions import db
from dordt.media.models import MediaFile, MediaKind
from dordt.news.models import Article
from dordt.newsletters.block_models import BlockKind
from dordt.newsletters.content.block_content import BlockContent
from dordt.shared.problems import NotAllowed
from dordt.workgroups.models import Meeting, Workgroup

OUTCOME_TITLE = "Wat deden wij met uw inbreng?"


def filled(kind: BlockKind, name: str, *, at: datetime) -> BlockContent:
    """A new block; `name` is the slug of an article or a group, or the key of a picture, and else counts for nothing.

    Raises NotAllowed when what it names is not there.
    """
    if kind is BlockKind.ARTICLE:
        return from_article(_published(name, at=at))
    if kind is BlockKind.WORKGROUP:
        return from_workgroup(_group(name), at=at)
    if kind is BlockKind.IMAGE:
        return from_picture(_picture(name))
    return BlockContent(kind, title=OUTCOME_TITLE if kind is BlockKind.OUTCOME else "")


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
    return BlockContent(
        BlockKind.WORKGROUP,
        title=group.name,
        text=group.summary,
        workgroup=group.slug,
        meeting_id=next_meeting(group, at=at),
    )


def from_picture(media: MediaFile) -> BlockContent:
    """The block of a picture, with what an article says of it."""
    users = sa.select(Article.image_alt).where(Article.image_id == media.id, Article.image_alt != "")
    said = db.session.scalars(users.order_by(Article.id.desc()).limit(1)).first()
    return BlockContent(BlockKind.IMAGE, media=media.key, alt=said or "")


def with_own_picture(block: BlockContent) -> BlockContent:
    """The block of an article with the picture that the article has now."""
    article = db.session.scalars(sa.select(Article).where(Article.slug == block.article)).one_or_none()
    if article is None:
        return block
    own = from_article(article)
    return replace(block, media=own.media, alt=own.alt, is_decorative=own.is_decorative)


def next_meeting(group: Workgroup, *, at: datetime) -> int | None:
    """The id of the first meeting that has not ended yet."""
    meeting = db.session.scalars(Meeting.upcoming(at, group.id).limit(1)).first()
    return meeting.id if meeting else None


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


def _published(slug: str, *, at: datetime) -> Article:
    article = db.session.scalars(Article.published(at).where(Article.slug == slug)).one_or_none()
    if article is None:
        raise NotAllowed("Dit bericht staat niet op de site. Kies een bericht dat gepubliceerd is.")
    return article


def _group(slug: str) -> Workgroup:
    group = db.session.scalars(Workgroup.called(slug)).one_or_none()
    if group is None:
        raise NotAllowed("Deze werkgroep bestaat niet meer. Kies een andere.")
    return group


def _picture(key: str) -> MediaFile:
    media = db.session.scalars(MediaFile.with_keys([key], MediaKind.IMAGE)).one_or_none()
    if media is None:
        raise NotAllowed("Deze afbeelding is er niet meer. Kies een andere.")
    return media
