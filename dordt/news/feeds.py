"""The Atom feeds of news: all of it, or of one wijk."""

from collections.abc import Sequence
from datetime import UTC, datetime

from flask import render_template

from dordt.news.models import Article
from dordt.places.models import Neighbourhood
from dordt.shared import atom
from dordt.shared.links import absolute

ENTRIES = 20
BEGAN_AT = datetime(2026, 1, 1, tzinfo=UTC)


def of_articles(articles: Sequence[Article], neighbourhood: Neighbourhood | None = None) -> bytes:
    """These articles, each as a whole; of one wijk when that is given."""
    name, title = "nieuws", "Nieuws van Dordt aan Zet"
    link, address = absolute("news.index"), absolute("news.feed")
    if neighbourhood:
        slug = neighbourhood.slug
        name, title = f"nieuws/wijk/{slug}", f"Nieuws uit {neighbourhood.name} – Dordt aan Zet"
        link, address = absolute("news.index", wijk=slug), absolute("news.neighbourhood_feed", slug=slug)
    return atom.document(
        atom.Feed(
            id=atom.tag(BEGAN_AT, name),
            title=title,
            link=link,
            address=address,
            began_at=BEGAN_AT,
            entries=[_entry(article) for article in articles],
        )
    )


def _entry(article: Article) -> atom.Entry:
    published_at = article.published_at or article.updated_at
    return atom.Entry(
        id=atom.tag(article.created_at, f"nieuws/{article.slug}"),
        title=article.title,
        link=absolute("news.article", slug=article.slug),
        published_at=published_at,
        updated_at=max(article.updated_at, published_at),
        summary=article.intro,
        content=render_template("news/feed_entry.html", article=article),
        about=[
            *((wijk.slug, wijk.name) for wijk in article.neighbourhoods),
            *((topic.slug, topic.name) for topic in article.topics),
        ],
    )
