"""Newsletters with valid defaults."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from dordt.accounts.models import StaffMember
from dordt.extensions import db
from dordt.mailer.models import Delivery, DeliveryState
from dordt.news.models import Article
from dordt.newsletters.content.block_content import NewsletterContent
from dordt.newsletters.content.block_kinds import BlockContent
from dordt.newsletters.content.services import editing, starting_points
from dordt.newsletters.models import Newsletter, NewsletterState
from dordt.shared import clock
from tests.factories.mailer import make_newsletter as freeze_newsletter

APPROVED = {NewsletterState.APPROVED, NewsletterState.SCHEDULED}
STARTED = {NewsletterState.SENDING, NewsletterState.PAUSED, NewsletterState.SENT}


def make_newsletter(
    state: NewsletterState = NewsletterState.DRAFT,
    *,
    intro: str = "Beste lezer,\n\nHet park is klaar.",
    articles: Sequence[Article] = (),
    blocks: Sequence[BlockContent] = (),
    by: StaffMember | None = None,
    **given: Any,
) -> Newsletter:
    """A newsletter as an editor writes it; the state is set as it is, without the steps towards it.

    An approved one was approved at the command line.
    """
    values = {"subject": "Nieuws uit uw wijk", "preheader": "Het park is klaar.", **given}
    first = starting_points.from_articles(intro, [article.slug for article in articles], at=clock.now())
    content = NewsletterContent(**values, blocks=[*first, *blocks])
    newsletter = editing.create_newsletter(content, at=clock.now(), by=by)
    newsletter.state = state
    if state in APPROVED:
        newsletter.approved_at = newsletter.updated_at
    if state in STARTED:
        newsletter.number = highest_number() + 1
    db.session.commit()
    return newsletter


def highest_number() -> int:
    """Of those that were given one, with or without a mail; 0 when there is none."""
    return max(db.session.scalar(sa.select(sa.func.max(Newsletter.number))) or 0, 0)


def make_started_newsletter(count: int, *states: DeliveryState, started_ago: timedelta = timedelta()) -> Newsletter:
    """One that is being sent to `count` readers; the first of them stand in these states."""
    mail = freeze_newsletter(count, at=clock.now() - started_ago)
    newsletter = make_newsletter(NewsletterState.SENDING)
    newsletter.mail = mail
    found = db.session.scalars(sa.select(Delivery).where(Delivery.mail_id == mail.id).order_by(Delivery.id))
    for delivery, state in zip(found, states, strict=False):
        delivery.state = state
    db.session.commit()
    return newsletter
