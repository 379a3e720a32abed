"""Ways to begin that are not empty: the monthly newsletter, a copy of an earlier one, a template that was kept."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from dordt.accounts.models import StaffMember
from dordt.audit import services as audit
from dordt.extensions import db
from dordt.media.models import MediaFile, MediaKind
from dordt.news.models import Article
from dordt.newsletters.block_models import BlockKind, NewsletterBlock, NewsletterTemplate
from dordt.newsletters.content import filling
from dordt.newsletters.content.block_content import BlockContent, NewsletterContent, as_row, content_of, from_row
from dordt.newsletters.models import Newsletter, NewsletterState
from dordt.newsletters.services import newsletter_numbered
from dordt.shared.formats import dutch_date
from dordt.shared.problems import DomainError, NotFound
from dordt.workgroups.models import Meeting, Workgroup

SUBJECT = "newsletter_template"  # in the log
ARTICLES_A_MONTH = 3
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
    groups = [filling.from_workgroup(meeting.workgroup, at=at)] if meeting else []
    button = BlockContent(BlockKind.BUTTON, title="Bekijk alle werkgroepen en bijeenkomsten", url="/werkgroepen/")
    articles = [filling.from_article(article) for article in unread_articles(at=at)]
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
    content = replace(content_of(newsletter), not_to=newsletter.number if was_stopped else None)
    return _alive(content, at=at)


def of_template(template: NewsletterTemplate, *, at: datetime) -> StartingPoint:
    """What was kept in a template."""
    blocks = [from_row(row) for row in template.blocks]
    return _alive(NewsletterContent(template.subject, template.preheader, blocks), at=at)


def keep_template(number: int, name: str, *, at: datetime, by: StaffMember) -> NewsletterTemplate:
    """Keep a newsletter under a name, to begin with another time. Raises NameTaken, NotFound."""
    newsletter = newsletter_numbered(number)
    template = NewsletterTemplate(
        name=name,
        subject=newsletter.subject,
        preheader=newsletter.preheader,
        blocks=[as_row(block) for block in content_of(newsletter).blocks],
        created_at=at,
        created_by_id=by.id,
    )
    db.session.add(template)
    _settle(template, "newsletter_template.created", at=at, by=by)
    return template


def rename_template(template_id: int, name: str, *, at: datetime, by: StaffMember) -> None:
    """Call it something else. Raises NameTaken, NotFound."""
    template = _numbered(template_id)
    template.name = name
    _settle(template, "newsletter_template.renamed", at=at, by=by)


def remove_template(template_id: int, *, at: datetime, by: StaffMember) -> None:
    """Throw it away; the newsletters that began with it stay. Raises NotFound."""
    template = _numbered(template_id)
    _log(template, "newsletter_template.removed", at=at, by=by)
    db.session.delete(template)
    db.session.commit()


def _alive(content: NewsletterContent, *, at: datetime) -> StartingPoint:
    """Without what is no longer there; a meeting that is over becomes the next one of its group."""
    kept, gone = [], []
    for block in content.blocks:
        alive = _revived(block, at=at)
        if alive:
            kept.append(alive)
        else:
            gone.append(block.title or block.article or block.workgroup or "een afbeelding")
    return StartingPoint(replace(content, blocks=kept), gone)


def _revived(block: BlockContent, *, at: datetime) -> BlockContent | None:
    if block.media and not _is_there(MediaFile.with_keys([block.media], MediaKind.IMAGE)):
        block = replace(block, media="", alt="", is_decorative=False)
    if block.kind is BlockKind.IMAGE:
        return block if block.media else None
    if block.kind is BlockKind.ARTICLE:
        return block if _is_there(sa.select(Article).where(Article.slug == block.article)) else None
    if block.kind is BlockKind.WORKGROUP:
        return _with_next_meeting(block, at=at)
    return block


def _with_next_meeting(block: BlockContent, *, at: datetime) -> BlockContent | None:
    group = db.session.scalars(Workgroup.called(block.workgroup)).one_or_none()
    if group is None:
        return None
    upcoming = sa.select(Meeting.id).where(Meeting.id == block.meeting_id, Meeting.ends_at > at)
    if not block.meeting_id or _is_there(upcoming):
        return block
    return replace(block, meeting_id=filling.next_meeting(group, at=at))


def _is_there(query: "sa.Select[Any]") -> bool:
    return db.session.scalars(query).first() is not None


def _numbered(template_id: int) -> NewsletterTemplate:
    template = db.session.scalars(NewsletterTemplate.numbered(template_id)).one_or_none()
    if template is None:
        raise NotFound("Dit sjabloon bestaat niet meer.")
    return template


def _settle(template: NewsletterTemplate, action: str, *, at: datetime, by: StaffMember) -> None:
    try:
        db.session.flush()
    except IntegrityError as taken:
        db.session.rollback()
        raise NameTaken from taken
    _log(template, action, at=at, by=by)
    db.session.commit()


def _log(template: NewsletterTemplate, action: str, *, at: datetime, by: StaffMember) -> None:
    audit.record(action, subject=(SUBJECT, template.id), at=at, actor_id=by.id, actor_name=by.name)
