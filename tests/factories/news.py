"""Articles with valid defaults."""

from datetime import timedelta
from itertools import count
from typing import Any

from dordt.extensions import db
from dordt.news.models import Article, ArticleState
from dordt.shared import clock

_numbers = count(1)


def make_article(**given: Any) -> Article:
    """An article that everybody can read since yesterday."""
    number, now = next(_numbers), clock.now()
    values: dict[str, Any] = {
        "slug": f"bericht-{number}",
        "title": f"Bericht {number} uit de wijk",
        "intro": "Bewoners tekenen mee aan het park.",
        "body": "Op dinsdag praten wij verder.\n",
        "state": ArticleState.PUBLISHED,
        "published_at": now - timedelta(days=1),
        "created_at": now - timedelta(days=2),
        "updated_at": now - timedelta(days=2),
    }
    article = Article(**{**values, **given})
    db.session.add(article)
    db.session.commit()
    return article
