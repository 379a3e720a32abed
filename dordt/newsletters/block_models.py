"""The blocks that a newsletter is made of, and templates (sjablonen) of blocks to begin with."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from dordt.media.models import MediaFile
from dordt.news.models import Article
from dordt.shared.columns import Base, Text, Title, foreign_key, state_column
from dordt.workgroups.models import Meeting, Workgroup


class BlockKind(StrEnum):
    """What a block shows, and so which of its columns count."""

    INTRO = "intro"  # text
    ARTICLE = "article"  # article, and of it, edited in place: title, text, media, alt
    WORKGROUP = "workgroup"  # workgroup, title, text, meeting
    QUOTE = "quote"  # text, title: who said it
    IMAGE = "image"  # media, alt or is_decorative, title: what stands under it
    BUTTON = "button"  # title: what stands on it, url
    OUTCOME = "outcome"  # title, text, url: "wat deden wij met uw inbreng"
    TEXT = "text"  # title, text


class NewsletterBlock(Base):
    """One block in its place. What it says was copied from its article or group, so that it can be edited here."""

    __tablename__ = "newsletter_block"
    id: Mapped[int] = mapped_column(primary_key=True)
    newsletter_id: Mapped[int] = foreign_key("newsletter.id", ondelete="CASCADE")
    position: Mapped[int] = mapped_column(default=0)
    kind: Mapped[BlockKind] = state_column(BlockKind)
    title: Mapped[Title] = mapped_column(default="")
    text: Mapped[Text] = mapped_column(default="")  # Markdown; of an article, a quote or a group plain text
    url: Mapped[str] = mapped_column(sa.String(500), default="")
    alt: Mapped[str] = mapped_column(sa.String(500), default="")
    is_decorative: Mapped[bool] = mapped_column(default=False)
    article_id: Mapped[int | None] = foreign_key("article.id", ondelete="SET NULL")
    workgroup_id: Mapped[int | None] = foreign_key("workgroup.id", ondelete="SET NULL")
    meeting_id: Mapped[int | None] = foreign_key("meeting.id", ondelete="SET NULL")
    media_id: Mapped[int | None] = foreign_key("media_file.id")

    article: Mapped[Article | None] = relationship(lazy="joined")
    workgroup: Mapped[Workgroup | None] = relationship(lazy="joined")
    meeting: Mapped[Meeting | None] = relationship(lazy="joined")
    media: Mapped[MediaFile | None] = relationship(lazy="joined")


class NewsletterTemplate(Base):
    """A newsletter to begin with (sjabloon): subject, preheader and blocks, kept apart from any newsletter."""

    __tablename__ = "newsletter_template"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[Title] = mapped_column(unique=True)
    subject: Mapped[Title] = mapped_column(default="")
    preheader: Mapped[Title] = mapped_column(default="")
    blocks: Mapped[list[Any]] = mapped_column(sa.JSON, default=list)  # BlockContent as dicts
    created_at: Mapped[datetime]
    created_by_id: Mapped[int | None] = foreign_key("staff_member.id", ondelete="SET NULL")

    @classmethod
    def all(cls) -> "sa.Select[NewsletterTemplate]":
        """Every template, by name."""
        return sa.select(cls).order_by(cls.name)

    @classmethod
    def numbered(cls, template_id: int) -> "sa.Select[NewsletterTemplate]":
        """The template with this id."""
        return sa.select(cls).where(cls.id == template_id)
