"""Where the news ends and the archive begins, and its years."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa

from dordt.news.models import Article
from dordt.shared.clock import AMSTERDAM

LAST_DAY = 28  # every month has it


def border(at: datetime, months: int) -> datetime:
    """What was published before this moment stands in the archive: so many months before `at`."""
    day = at.astimezone(AMSTERDAM)
    month = day.year * 12 + day.month - 1 - months
    return day.replace(year=month // 12, month=month % 12 + 1, day=min(day.day, LAST_DAY))


def archived(at: datetime, months: int) -> "sa.Select[Article]":
    """The archive, newest first."""
    return Article.published(at).where(Article.published_at < border(at, months))


def recent(at: datetime, months: int) -> "sa.Select[Article]":
    """The news, newest first."""
    return Article.published(at).where(Article.published_at >= border(at, months))


def of_year(query: "sa.Select[Article]", year: int) -> "sa.Select[Article]":
    """Only what was published in this year, as Amsterdam counts it. `year` is 1 to 9998."""
    first, next_first = (datetime(each, 1, 1, tzinfo=AMSTERDAM) for each in (year, year + 1))
    return query.where(Article.published_at >= first, Article.published_at < next_first)


def moments(query: "sa.Select[Article]") -> "sa.Select[datetime | None]":
    """When each of these articles was published: enough to count years."""
    return query.with_only_columns(Article.published_at).order_by(None)


def years(published: Iterable[datetime | None]) -> list[tuple[int, int]]:
    """The years, newest first, with their number of articles."""
    counts = Counter(moment.astimezone(AMSTERDAM).year for moment in published if moment)
    return sorted(counts.items(), reverse=True)
