"""Articles and what hangs on them."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from dateutil.relativedelta import relativedelta
from sqlalchemy.ext.orderinglist import ordering_list
from sqlalchemy.orm import Mapped, mapped_column, relationship

from dordt.media.models import MediaFile
from dordt.places.models import Neighbourhood, Topic
from dordt.shared.clock import AMSTERDAM
from dordt.shared.database import Base, Slug, Text, Title, foreign_key, state_column
from dordt.shared.search import each_word, holds

article_neighbourhood = sa.Table(
    "article_neighbourhood",
    Base.metadata,
    sa.Column("article_id", sa.ForeignKey("article.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("neighbourhood_id", sa.ForeignKey("neighbourhood.id", ondelete="CASCADE"), primary_key=True, index=True),
)
article_topic = sa.Table(
    "article_topic",
    Base.metadata,
    sa.Column("article_id", sa.ForeignKey("article.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("topic_id", sa.ForeignKey("topic.id", ondelete="CASCADE"), primary_key=True, index=True),
)
SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
LONGEST = 120
TAKEN_WORDS = {"archief", "wijk", "bevestigen", "afmelden"}


class ArticleState(StrEnum):
    """draft → published → archived, and back to published. What residents can read also depends on the time."""

    DRAFT = "draft"
    REVIEW = "review"  # stored by nobody yet: for articles that a second person reads before they are published
    SCHEDULED = "scheduled"  # stored by nobody yet: `state_at` calls a published article so until its moment comes
    PUBLISHED = "published"
    ARCHIVED = "archived"  # withdrawn


class Attachment(Base):
    """A document under an article."""

    __tablename__ = "article_attachment"
    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = foreign_key("article.id", ondelete="CASCADE")
    media_id: Mapped[int] = foreign_key("media_file.id")
    title: Mapped[Title]
    position: Mapped[int] = mapped_column(default=0)
    media: Mapped[MediaFile] = relationship(lazy="joined")


class Article(Base):
    """A news article; its address never changes, also when it is archived."""

    __tablename__ = "article"
    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[Slug] = mapped_column(unique=True)
    title: Mapped[Title]
    intro: Mapped[Text]
    body: Mapped[Text]  # Markdown
    state: Mapped[ArticleState] = state_column(ArticleState, default=ArticleState.DRAFT)
    published_at: Mapped[datetime | None] = mapped_column(index=True)
    image_id: Mapped[int | None] = foreign_key("media_file.id")
    image_alt: Mapped[str] = mapped_column(sa.String(500), default="")
    image_caption: Mapped[str] = mapped_column(sa.String(500), default="")
    author_id: Mapped[int | None] = foreign_key("staff_member.id", ondelete="SET NULL")
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    edit_version: Mapped[int] = mapped_column(default=1)  # two editors at once: the second is told

    image: Mapped[MediaFile | None] = relationship(lazy="joined")
    neighbourhoods: Mapped[list[Neighbourhood]] = relationship(
        secondary=article_neighbourhood, order_by=Neighbourhood.position, lazy="selectin"
    )
    topics: Mapped[list[Topic]] = relationship(secondary=article_topic, order_by=Topic.position, lazy="selectin")
    attachments: Mapped[list[Attachment]] = relationship(
        order_by=Attachment.position,
        collection_class=ordering_list("position"),
        cascade="all, delete-orphan",
        lazy="selectin",
    )

    @classmethod
    def published(cls, at: datetime) -> "sa.Select[Article]":
        """What residents can read at this moment, newest first."""
        is_out = sa.and_(cls.state == ArticleState.PUBLISHED, cls.published_at <= at)
        return sa.select(cls).where(is_out).order_by(cls.published_at.desc(), cls.id.desc())

    @classmethod
    def recent(cls, at: datetime, months: int) -> "sa.Select[Article]":
        """The news: what is published and not in the archive yet, newest first."""
        return cls.published(at).where(cls.published_at >= archived_before(at, months))

    @classmethod
    def archived(cls, at: datetime, months: int) -> "sa.Select[Article]":
        return cls.published(at).where(cls.published_at < archived_before(at, months))

    @classmethod
    def of_year(cls, query: "sa.Select[Article]", year: int) -> "sa.Select[Article]":
        """Of these articles those published in this year, as Amsterdam counts it. `year` is 1 to 9998."""
        first, next_first = (datetime(each, 1, 1, tzinfo=AMSTERDAM) for each in (year, year + 1))
        return query.where(cls.published_at >= first, cls.published_at < next_first)

    @classmethod
    def publication_times(cls, query: "sa.Select[Article]") -> "sa.Select[datetime | None]":
        """When each of these articles was published: enough for `count_by_year`."""
        return query.with_only_columns(cls.published_at).order_by(None)

    @classmethod
    def about(cls, query: "sa.Select[Article]", *, neighbourhood: str, topic: str) -> "sa.Select[Article]":
        """Of these articles those about one wijk and one topic, by slug; an empty slug leaves all."""
        if neighbourhood:
            query = query.where(cls.neighbourhoods.any(Neighbourhood.slug == neighbourhood))
        return query.where(cls.topics.any(Topic.slug == topic)) if topic else query

    @classmethod
    def related_to(cls, article: "Article", at: datetime) -> "sa.Select[Article]":
        """What else is about the same topics or wijken, newest first."""
        same_topic = cls.topics.any(Topic.id.in_([topic.id for topic in article.topics]))
        same_place = cls.neighbourhoods.any(Neighbourhood.id.in_([wijk.id for wijk in article.neighbourhoods]))
        return cls.published(at).where(cls.id != article.id, same_topic | same_place)

    @classmethod
    def for_editors(cls, *states: ArticleState, words: str = "") -> "sa.Select[Article]":
        """What editors work on, what was changed last first: in these states, or all; with these words in its title."""
        query = cls.titled(sa.select(cls).order_by(cls.updated_at.desc(), cls.id.desc()), words)
        return query.where(cls.state.in_(states)) if states else query

    @classmethod
    def titled(cls, query: "sa.Select[Article]", words: str) -> "sa.Select[Article]":
        """Of these articles those with each of these words in their title; no words leave all."""
        return query.where(each_word(words, lambda word: holds(word, cls.title)))

    @classmethod
    def numbered(cls, article_id: int) -> "sa.Select[Article]":
        return sa.select(cls).where(cls.id == article_id)

    @property
    def has_address(self) -> bool:
        """Whether its address may be known outside: from then on it never changes."""
        return self.state != ArticleState.DRAFT

    def is_out(self, at: datetime) -> bool:
        """Whether residents can read it: the same rule as `published`."""
        return self.state == ArticleState.PUBLISHED and self.published_at is not None and self.published_at <= at

    def state_at(self, at: datetime) -> ArticleState:
        """The state as editors see it."""
        is_waiting = self.state == ArticleState.PUBLISHED and not self.is_out(at)
        return ArticleState.SCHEDULED if is_waiting else self.state


def archived_before(at: datetime, months: int) -> datetime:
    """What was published before this moment stands in the archive: so many months before `at`."""
    border: datetime = at.astimezone(AMSTERDAM) - relativedelta(months=months)
    return border


def count_by_year(published: Iterable[datetime | None]) -> list[tuple[int, int]]:
    """The years, newest first, with their number of articles."""
    counts = Counter(moment.astimezone(AMSTERDAM).year for moment in published if moment)
    return sorted(counts.items(), reverse=True)


def slug_from(title: str) -> str:
    """A proposal: 'Één jaar Het Tuinhuis!' becomes 'een-jaar-het-tuinhuis'."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return "-".join(re.findall(r"[a-z0-9]+", plain))[:LONGEST].strip("-")


def is_well_formed(slug: str) -> bool:
    """Small letters, digits, and single hyphens between them."""
    return len(slug) <= LONGEST and SLUG.fullmatch(slug) is not None


def reserved(rules: Iterable[str]) -> set[str]:
    """Words that no slug may be: the first segments of the addresses that the site has itself, and a few more."""
    return TAKEN_WORDS | {rule.split("/")[1] for rule in rules} - {""}
