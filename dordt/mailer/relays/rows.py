"""The row of a relay, which all workers share: read, locked, written. Commits nothing."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from dordt.extensions import db
from dordt.mailer.models import MailRelay
from dordt.mailer.relays.token_bucket import Tokens
from dordt.shared.columns import INSERTS
from dordt.shared.transactions import reading


class Row(NamedTuple):
    """What the table holds of one relay, but for its id."""

    name: str
    second_tokens: float = 0.0
    hour_tokens: float = 0.0
    day_tokens: float = 0.0
    filled_at: datetime | None = None
    slowed_to: float | None = None
    slowed_at: datetime | None = None
    failures: int = 0
    closed_until: datetime | None = None
    problem: str | None = None
    problem_at: datetime | None = None

    @property
    def tokens(self) -> Tokens:
        """What is in its buckets."""
        return Tokens(self.second_tokens, self.hour_tokens, self.day_tokens, self.filled_at)

    def holding(self, tokens: Tokens) -> "Row":
        """With this in its buckets."""
        second, hour, day, filled_at = tokens
        return self._replace(second_tokens=second, hour_tokens=hour, day_tokens=day, filled_at=filled_at)


_COLUMNS = [getattr(MailRelay, name) for name in Row._fields]


def glance(names: Collection[str]) -> dict[str, Row]:
    """Read the rows on a connection of its own, so that no transaction is left open."""
    with reading(), db.engine.connect() as connection:
        return _found(connection.execute(_of(names)).all())


def read(names: Collection[str]) -> dict[str, Row]:
    """Read the rows in the present transaction."""
    return _found(db.session.execute(_of(names)).all())


def locked(names: Sequence[str]) -> dict[str, Row]:
    """The rows of all our relays, locked until the caller commits, and made when they are missing.

    All of them, in one order: two workers that each want another one first would wait for each other.
    """
    query = _of(names).with_for_update()
    rows = _found(db.session.execute(query).all())
    if len(rows) < len(names):
        insert = INSERTS[db.session.get_bind().dialect.name](MailRelay)
        new = insert.values([_without_none(Row(name)) for name in sorted(names)])
        db.session.execute(new.on_conflict_do_nothing(index_elements=["name"]))
        rows = _found(db.session.execute(query).all())
    return rows


def write(row: Row) -> None:
    """Store a locked row."""
    db.session.execute(sa.update(MailRelay).where(MailRelay.name == row.name).values(**row._asdict()))


def _of(names: Collection[str]) -> "sa.Select[Any]":
    return sa.select(*_COLUMNS).where(MailRelay.name.in_(names)).order_by(MailRelay.name)


def _found(rows: "Sequence[sa.Row[Any]]") -> dict[str, Row]:
    return {row.name: Row(*row) for row in rows}


def _without_none(row: Row) -> dict[str, Any]:
    return {name: value for name, value in row._asdict().items() if value is not None}
