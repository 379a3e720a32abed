"""Writing, publishing and withdrawing articles."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from dordt.accounts.authorization import asks
from dordt.accounts.models import StaffMember
from dordt.accounts.rights import Right
from dordt.audit import services as audit
from dordt.extensions import db
from dordt.media import services as media_services
from dordt.media.models import MediaFile
from dordt.news.models import Article, ArticleState, Attachment
from dordt.places import services as places
from dordt.shared.problems import ChangedMeanwhile, DomainError, NotFound


class SlugTaken(DomainError):
    """Another article has this slug."""


class EditedMeanwhile(ChangedMeanwhile):
    """Somebody else saved this article after the editor opened it."""

    def __init__(self) -> None:
        super().__init__("Iemand anders heeft dit nieuwsbericht intussen gewijzigd.")


@dataclass(frozen=True)
class Content:
    """All that an editor writes of an article; wijken and topics by slug."""

    title: str
    slug: str
    intro: str
    body: str
    neighbourhoods: Sequence[str] = ()
    topics: Sequence[str] = ()
    image: MediaFile | None = None
    image_alt: str = ""
    image_caption: str = ""
    attachments: Sequence[tuple[MediaFile, str]] = field(default=())
    published_at: datetime | None = None


def import_article(content: Content, *, at: datetime) -> tuple[Article, bool]:
    """Publish an article from a file, or update the one with its slug; the second value says whether it is new."""
    article = db.session.scalars(sa.select(Article).where(Article.slug == content.slug)).first()
    is_new = article is None
    article = article or _blank(None, at=at)
    _fill(article, content, at=at)
    db.session.add(article)
    article.state = ArticleState.PUBLISHED
    _log("article.imported", article, None, at=at)
    _commit()
    return article, is_new


@asks(Right.PUBLISH)
def keep_image(content: bytes, filename: str, *, by: StaffMember, at: datetime) -> MediaFile:
    """Take a picture in at once, so that it is still there when the rest of the form has to be done again."""
    kept = media_services.add_image(content, filename, at=at)
    db.session.commit()
    return kept


@asks(Right.PUBLISH)
def keep_document(content: bytes, filename: str, *, by: StaffMember, at: datetime) -> MediaFile:
    """As keep_image, for a PDF."""
    kept = media_services.add_document(content, filename, at=at)
    db.session.commit()
    return kept


@asks(Right.PUBLISH)
def create_article(content: Content, *, by: StaffMember, at: datetime, publish: bool = False) -> Article:
    """Add an article. Raises SlugTaken."""
    article = _blank(by, at=at)
    _fill(article, content, at=at)
    db.session.add(article)
    _log("article.created", article, by, at=at)
    if publish:
        _publish(article, by, at=at)
    _commit()
    return article


@asks(Right.PUBLISH)
def save_article(
    article_id: int, content: Content, *, edit_version: int, by: StaffMember, at: datetime, publish: bool = False
) -> Article:
    """Write an editor's version over the stored one. Raises SlugTaken, and EditedMeanwhile unless it is still the one
    that the editor opened."""
    article = _taken(article_id, edit_version)
    _fill(article, content, at=at)
    _log("article.saved", article, by, at=at)
    if publish:
        _publish(article, by, at=at)
    _commit()
    return article


@asks(Right.PUBLISH)
def publish_article(article_id: int, *, edit_version: int, by: StaffMember, at: datetime) -> Article:
    """Show an article to residents: now, or from the moment that the editor chose. A second time changes nothing.

    Raises EditedMeanwhile unless it is still the version that the editor saw, or published already.
    """
    article = _taken(article_id, edit_version, or_in=ArticleState.PUBLISHED)
    if article.state != ArticleState.PUBLISHED:
        _publish(article, by, at=at)
        article.edit_version += 1
    db.session.commit()
    return article


@asks(Right.PUBLISH)
def withdraw_article(article_id: int, *, edit_version: int, by: StaffMember, at: datetime) -> Article:
    """Take an article off the site; editors keep it, for the record. A second time changes nothing.

    Raises EditedMeanwhile unless it is still the version that the editor saw, or withdrawn already.
    """
    article = _taken(article_id, edit_version, or_in=ArticleState.ARCHIVED)
    if article.state == ArticleState.PUBLISHED:
        article.state = ArticleState.ARCHIVED
        article.updated_at = at
        article.edit_version += 1
        _log("article.withdrawn", article, by, at=at)
    db.session.commit()
    return article


def _blank(by: StaffMember | None, *, at: datetime) -> Article:
    return Article(author_id=by.id if by else None, created_at=at, edit_version=0, state=ArticleState.DRAFT)


def _existing(article_id: int) -> Article:
    article = db.session.get(Article, article_id)
    if article is None:
        raise NotFound("article", article_id)
    return article


def _taken(article_id: int, edit_version: int, *, or_in: ArticleState | None = None) -> Article:
    """Lock the row while it is still the version that the editor opened, or in a state where nothing is left to do.

    Of two who act at once, one is told: raises EditedMeanwhile.
    """
    is_same = Article.edit_version == edit_version
    if or_in:
        is_same = sa.or_(is_same, Article.state == or_in)
    lock = (
        sa.update(Article)
        .where(Article.id == article_id, is_same)
        .values(updated_at=Article.updated_at)
        .returning(Article.id)
    )
    locked = db.session.scalar(lock)
    article = _existing(article_id)
    if locked is None:
        db.session.rollback()
        raise EditedMeanwhile
    return article


def _fill(article: Article, content: Content, *, at: datetime) -> None:
    article.title, article.intro, article.body = content.title, content.intro, content.body
    if not article.has_address:
        article.slug = content.slug
    article.neighbourhoods = places.neighbourhoods(content.neighbourhoods)
    article.topics = places.topics(content.topics)
    article.image = content.image
    article.image_alt = content.image_alt if content.image else ""
    article.image_caption = content.image_caption if content.image else ""
    article.attachments = [Attachment(media=media, title=title) for media, title in content.attachments]
    _set_moment(article, content.published_at, at=at)
    article.updated_at = at
    article.edit_version += 1


def _set_moment(article: Article, moment: datetime | None, *, at: datetime) -> None:
    """What residents can read keeps its moment; who takes away the one that is still to come has a draft again."""
    if moment is None and article.is_out(at):
        return
    article.published_at = moment
    if moment is None and article.state == ArticleState.PUBLISHED:
        article.state = ArticleState.DRAFT


def _publish(article: Article, by: StaffMember, *, at: datetime) -> None:
    article.published_at = article.published_at or at
    if article.state != ArticleState.PUBLISHED:
        article.state = ArticleState.PUBLISHED
        _log("article.published", article, by, at=at)


def _log(action: str, article: Article, by: StaffMember | None, *, at: datetime) -> None:
    _flush()
    audit.record(action, subject=article, by=by, at=at, slug=article.slug)


def _flush() -> None:
    try:
        db.session.flush()
    except IntegrityError as twice:
        db.session.rollback()
        if "slug" not in str(twice.orig):
            raise
        raise SlugTaken from twice


def _commit() -> None:
    _flush()
    db.session.commit()
