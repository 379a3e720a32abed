"""What search engines read: every public page, which the accessibility checks walk too, and what is left alone."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from dordt.news.models import Article, count_by_year
from dordt.newsletters.models import Newsletter
from dordt.shared.links import absolute
from dordt.workgroups.models import Workgroup

PAGES = (
    *("site.home", "news.index", "news.archive", "workgroups.index", "contact.write", "subscribers.subscribe"),
    *("newsletters.archive", "site.accessibility", "site.privacy", "site.cookies"),
)
STAFF = "/beheer/"
SitemapEntry = tuple[str, datetime | None]


def entries(
    articles: Sequence[Article],
    archived: Sequence[datetime | None],
    groups: Sequence[Workgroup],
    newsletters: Sequence[Newsletter],
) -> list[SitemapEntry]:
    """Address and last change, where we know it, of each page."""
    return [
        *((absolute(endpoint), None) for endpoint in PAGES),
        *((absolute("news.article", slug=article.slug), _changed(article)) for article in articles),
        *((absolute("news.archive_year", year=year), None) for year, _count in count_by_year(archived)),
        *_of_groups(groups),
        *((absolute("newsletters.show", number=each.number), each.dated_at) for each in newsletters),
    ]


def closed_to_robots(rules: Iterable[str]) -> list[str]:
    """The beginnings of addresses that are not for search engines: staff pages, and pages whose address is a key."""
    with_token = {rule.partition("<token>")[0] for rule in rules if "<token>" in rule}
    return sorted({STAFF} | {start for start in with_token if not start.startswith(STAFF)})


def _changed(article: Article) -> datetime:
    """A change made before its publication was seen by nobody."""
    return max(article.updated_at, article.published_at or article.updated_at)


def _of_groups(groups: Sequence[Workgroup]) -> Iterator[SitemapEntry]:
    for group in groups:
        yield absolute("workgroups.show", slug=group.slug), None
        if group.is_open:
            yield absolute("workgroups.join", slug=group.slug), None
