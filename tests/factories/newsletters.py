"""Newsletters with valid defaults."""

from typing import Any

from dordt.extensions import db
from dordt.news.models import Article
from dordt.newsletters import services
from dordt.newsletters.models import Newsletter, NewsletterState
from dordt.newsletters.services import NewsletterContent
from dordt.shared import clock


def make_newsletter(
    state: NewsletterState = NewsletterState.DRAFT, *, articles: tuple[Article, ...] = (), **given: Any
) -> Newsletter:
    """A newsletter as an editor writes it; the state is set as it is, without the steps towards it."""
    values = {
        "subject": "Nieuws uit uw wijk",
        "preheader": "Het park is klaar.",
        "intro": "Beste lezer,\n\nHet park is klaar.",
    }
    content = NewsletterContent(**{**values, **given}, articles=[article.slug for article in articles])
    newsletter = services.create_newsletter(content, at=clock.now())
    newsletter.state = state
    db.session.commit()
    return newsletter
