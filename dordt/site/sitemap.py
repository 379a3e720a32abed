"""Every public page, for search engines and for the accessibility checks that walk them."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from dordt.news import archive
from dordt.news.models import Article
from dordt.newsletters.models import Newsletter
from dordt.shared.links import absolute
from dordt.workgroups.models import Workgroup

PAGES = (
    *("site.home", "news.index", "news.archive", "workgroups.index", "contact.write", "subscribers.subscribe"),
    *("newsletters.archive", "site.accessibility", "site.privacy", "site.cookies"),
)
Entry = tuple[str, datetime | None]


def entries(
    articles: Sequence[Article],
    archived: Sequence[datetime | None],
    groups: Sequence[Workgroup],
    newsletters: Sequence[Newsletter],
) -> list[Entry]:
    """Address and last change, where we know it, of each page."""
    return [
        *((absolute(endpoint), None) for endpoint in PAGES),
        *((absolute("news.article", slug=article.slug), _changed(article)) for article in articles),
        *((absolute("news.archive_year", year=year), None) for year, _count in archive.years(archived)),
        *_of_groups(groups),
        *((absolute("newsletters.show", number=each.number), each.dated_at) for each in newsletters),
    ]


def _changed(article: Article) -> datetime:
    """A change made before its publication was seen by nobody."""
    return max(article.updated_at, article.published_at or article.updated_at)


def _of_groups(groups: Sequence[Workgroup]) -> Iterator[Entry]:
    for group in groups:
        yield absolute("workgroups.show", slug=group.slug), None
        if group.is_open:
            yield absolute("workgroups.join", slug=group.slug), None
