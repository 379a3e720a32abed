"""Ways to begin that are not empty: the monthly newsletter, a copy of an earlier one, a template that was kept."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from dordt.accounts.authorization import asks
from dordt.accounts.models import StaffMember
from dordt.accounts.rights import Right
from dordt.audit import services as audit
from dordt.extensions import db
from dordt.media.models import MediaFile, MediaKind
from dordt.news.importing import ImportProblem, read_front_matter
from dordt.news.models import Article
from dordt.newsletters.content.block_content import NewsletterContent, as_json, content_of, from_json
from dordt.newsletters.content.block_kinds import BLOCK_TYPES, BlockContent, BlockKind, from_article, from_workgroup
from dordt.newsletters.models import Newsletter, NewsletterBlock, NewsletterState, NewsletterTemplate
from dordt.newsletters.transitions import newsletter_numbered
from dordt.shared import typed_text
from dordt.shared.formats import dutch_date
from dordt.shared.problems import DomainError, NotAllowed, NotFound
from dordt.workgroups.models import Meeting

ARTICLES_A_MONTH = 3
FILE_FIELDS = {"subject", "preheader", "articles"}
LONGEST_LINE = 200  # characters, as the columns of subject and preheader
NEVER_READ = (NewsletterState.DRAFT, NewsletterState.CANCELLED)


class NameTaken(DomainError):
    """Another template has this name."""


@dataclass(frozen=True)
class StartingPoint:
    """What a new newsletter begins with; gone: what could not be taken over, in Dutch."""

    content: NewsletterContent
    gone: Sequence[str] = ()


def monthly(*, at: datetime) -> StartingPoint:
    """An intro, the newest articles that no reader got yet, the group that meets first, and a button."""
    month = dutch_date(at).split(" ", 1)[1]
    intro = BlockContent(BlockKind.INTRO, text=f"Beste lezer,\n\nDit is het nieuws van Dordt aan Zet van {month}.")
    meeting = db.session.scalars(Meeting.upcoming(at).limit(1)).first()
    groups = [from_workgroup(meeting.workgroup, at=at)] if meeting else []
    button = BlockContent(BlockKind.BUTTON, title="Bekijk alle werkgroepen en bijeenkomsten", url="/werkgroepen/")
    articles = [from_article(article) for article in unread_articles(at=at)]
    return StartingPoint(NewsletterContent(subject="", preheader="", blocks=[intro, *articles, *groups, button]))


def unread_articles(*, at: datetime) -> Sequence[Article]:
    """The newest on the site that stood in no newsletter that left, or is about to."""
    goes_out = sa.or_(Newsletter.state.not_in(NEVER_READ), Newsletter.mail_id.is_not(None))
    read = sa.select(NewsletterBlock.article_id).join(Newsletter, Newsletter.id == NewsletterBlock.newsletter_id)
    read = read.where(goes_out, NewsletterBlock.article_id.is_not(None))
    return db.session.scalars(Article.published(at).where(Article.id.not_in(read)).limit(ARTICLES_A_MONTH)).all()


def copy_of(newsletter: Newsletter, *, at: datetime) -> StartingPoint:
    """The same once more; of one that was stopped half-way, for those who did not get it."""
    was_stopped = newsletter.state == NewsletterState.CANCELLED and newsletter.mail_id is not None
    content = replace(content_of(newsletter), not_to=newsletter.id if was_stopped else None)
    return _revived(content, at=at)


def of_template(template: NewsletterTemplate, *, at: datetime) -> StartingPoint:
    blocks = [from_json(row) for row in template.blocks]
    return _revived(NewsletterContent(template.subject, template.preheader, blocks), at=at)


def from_articles(intro: str, articles: Sequence[str], *, at: datetime) -> list[BlockContent]:
    """An intro and articles by slug, each once, as blocks. Raises NotAllowed when an article is not on the site."""
    wanted = list(dict.fromkeys(articles))
    found = {
        article.slug: article for article in db.session.scalars(Article.published(at).where(Article.slug.in_(wanted)))
    }
    missing = [slug for slug in wanted if slug not in found]
    if missing:
        raise NotAllowed(f"Niet op de site: {', '.join(missing)}. Kies alleen nieuwsberichten die gepubliceerd zijn.")
    first = [BlockContent(BlockKind.INTRO, text=intro)] if intro.strip() else []
    return first + [from_article(found[slug]) for slug in wanted]


def read_file(path: Path, *, at: datetime) -> tuple[NewsletterContent, list[str]]:
    """What the file says, and the names of fields that we do not use.

    Raises ImportProblem, and NotAllowed when an article is not on the site.
    """
    fields, body = read_front_matter(path)
    content = NewsletterContent(
        subject=_line(fields, "subject"),
        preheader=_line(fields, "preheader"),
        blocks=from_articles(body.strip(), _slugs(fields.get("articles") or []), at=at),
    )
    if not content.subject:
        raise ImportProblem("subject", "is missing")
    if not content.blocks:
        raise ImportProblem("body", "write the intro below the front matter, or name articles")
    return content, sorted(set(fields) - FILE_FIELDS)


@asks(Right.SEND_NEWSLETTER)
def keep_template(newsletter_id: int, name: str, *, at: datetime, by: StaffMember) -> NewsletterTemplate:
    """Keep a newsletter under a name, to begin with another time. Raises NameTaken, NotFound."""
    newsletter = newsletter_numbered(newsletter_id)
    template = NewsletterTemplate(
        name=name,
        subject=newsletter.subject,
        preheader=newsletter.preheader,
        blocks=[as_json(block) for block in content_of(newsletter).blocks],
        created_at=at,
        created_by_id=by.id,
    )
    db.session.add(template)
    _commit_name(template, "newsletter_template.created", at=at, by=by)
    return template


@asks(Right.SEND_NEWSLETTER)
def rename_template(template_id: int, name: str, *, at: datetime, by: StaffMember) -> None:
    """Call it something else. Raises NameTaken, NotFound."""
    template = _numbered(template_id)
    template.name = name
    _commit_name(template, "newsletter_template.renamed", at=at, by=by)


@asks(Right.SEND_NEWSLETTER)
def remove_template(template_id: int, *, at: datetime, by: StaffMember) -> None:
    """Throw it away; the newsletters that began with it stay. Raises NotFound."""
    template = _numbered(template_id)
    audit.record("newsletter_template.removed", subject=template, by=by, at=at)
    db.session.delete(template)
    db.session.commit()


def _revived(content: NewsletterContent, *, at: datetime) -> StartingPoint:
    kept, gone = [], []
    for block in content.blocks:
        revived = BLOCK_TYPES[block.kind].revived(_without_lost_picture(block), at=at)
        if revived:
            kept.append(revived)
        else:
            gone.append(block.title or block.article or block.workgroup or "een afbeelding")
    return StartingPoint(replace(content, blocks=kept), gone)


def _without_lost_picture(block: BlockContent) -> BlockContent:
    if not block.media or db.session.scalars(MediaFile.with_keys([block.media], MediaKind.IMAGE)).first():
        return block
    return replace(block, media="", alt="", is_decorative=False)


def _numbered(template_id: int) -> NewsletterTemplate:
    template = db.session.scalars(NewsletterTemplate.numbered(template_id)).one_or_none()
    if template is None:
        raise NotFound("newsletter_template", template_id)
    return template


def _commit_name(template: NewsletterTemplate, action: str, *, at: datetime, by: StaffMember) -> None:
    try:
        db.session.flush()
    except IntegrityError as taken:
        db.session.rollback()
        raise NameTaken from taken
    audit.record(action, subject=template, by=by, at=at)
    db.session.commit()


def _line(fields: dict[str, Any], name: str) -> str:
    value = fields.get(name) or ""
    if not isinstance(value, str):
        raise ImportProblem(name, "must be a text")
    text = typed_text.one_line(value)
    if len(text) > LONGEST_LINE:
        raise ImportProblem(name, f"has {len(text)} characters, at most {LONGEST_LINE} fit")
    return text


def _slugs(value: Any) -> list[str]:
    given = [value] if isinstance(value, str) else value
    if not isinstance(given, list) or not all(isinstance(slug, str) for slug in given):
        raise ImportProblem("articles", "must be a list of slugs")
    return given
