"""How views read: whole lists, one page of a list, or one row or the page 404."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import sqlalchemy as sa
from flask import abort

from dordt.extensions import db
from dordt.shared import database
from dordt.shared.requests import whole_number

Row = TypeVar("Row")
PER_PAGE = 20
HIGHEST_PAGE = 100_000


@dataclass(frozen=True)
class Page(Generic[Row]):
    """One page of a list: its rows, its number (from 1), and how many pages and rows there are in all."""

    items: Sequence[Row]
    number: int
    pages: int
    total: int

    @property
    def previous(self) -> int | None:
        """The number of the page before this one."""
        return self.number - 1 if self.number > 1 else None

    @property
    def next(self) -> int | None:
        """The number of the page after this one."""
        return self.number + 1 if self.number < self.pages else None


@contextmanager
def read_only() -> Iterator[None]:
    """Let go of what was locked, and lock nothing in this block: for what is slow, in a request that may write.

    On SQLite everybody who writes would wait for it. Rows are read again in the block, and once more after it.
    """
    db.session.rollback()
    try:
        with database.reading():
            yield
    finally:
        db.session.rollback()


def rows(query: "sa.Select[Row]") -> Sequence[Row]:
    return db.session.scalars(query).all()


def page(query: "sa.Select[Row]", number: str | int | None, *, per_page: int = PER_PAGE) -> "Page[Row]":
    """One page of a query; `number` comes from the address (`pagina`) and may be anything.

    A page past the end, or something that is no number, is answered 404.
    """
    wanted = _page_number(number)
    total = db.session.scalar(sa.select(sa.func.count()).select_from(query.order_by(None).subquery())) or 0
    pages = max(1, -(-total // per_page))
    if wanted > pages:
        abort(404)
    items = db.session.scalars(query.limit(per_page).offset((wanted - 1) * per_page)).all()
    return Page(items, wanted, pages, total)


def page_of_many(query: "sa.Select[Row]", number: str | int | None, *, per_page: int = PER_PAGE) -> "Page[Row]":
    """One page of a list that is too long to count: `pages` goes one further than this one when there is more.

    `number` and its answer 404 are as for `page`; `total` counts up to the end of this page.
    """
    wanted = _page_number(number)
    before = (wanted - 1) * per_page
    found = db.session.scalars(query.limit(per_page + 1).offset(before)).all()
    if not found and wanted > 1:
        abort(404)
    items = found[:per_page]
    return Page(items, wanted, wanted + int(len(found) > per_page), before + len(items))


def tally(query: "sa.Select[Any, int]") -> dict[Any, int]:
    """The counts of a query that gives a value and its count in each row."""
    return {row[0]: row[1] for row in db.session.execute(query)}


def row_or_404(query: "sa.Select[Row]") -> Row:
    """The one row of a query, or the page 404."""
    found = db.session.scalars(query).first()
    if found is None:
        abort(404)
    return found


def count(query: "sa.Select[Any]") -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(query.order_by(None).subquery())) or 0


def _page_number(given: str | int | None) -> int:
    number = whole_number(str(given or 1))
    if not number or number > HIGHEST_PAGE:
        abort(404)
    return number
