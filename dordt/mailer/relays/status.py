"""How the relays are doing: the row of each that all workers share, and what operators and staff see of it.

Commits nothing.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from flask import current_app

from dordt.extensions import db
from dordt.mailer.models import MailRelay
from dordt.mailer.relays import Limits, limits_from, relays_from
from dordt.mailer.relays.limits import CircuitBreaker, Throttle, Tokens
from dordt.shared.database import insert_into, reading


class RelayRow(NamedTuple):
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

    def with_tokens(self, tokens: Tokens) -> "RelayRow":
        """With this in its buckets."""
        second, hour, day, filled_at = tokens
        return self._replace(second_tokens=second, hour_tokens=hour, day_tokens=day, filled_at=filled_at)


_COLUMNS = [getattr(MailRelay, name) for name in RelayRow._fields]


def read_apart(names: Collection[str]) -> dict[str, RelayRow]:
    """Read the rows on a connection of its own, so that no transaction is left open."""
    with reading(), db.engine.connect() as connection:
        return _found(connection.execute(_of(names)).all())


def read(names: Collection[str]) -> dict[str, RelayRow]:
    """Read the rows in the current transaction."""
    return _found(db.session.execute(_of(names)).all())


def locked(names: Sequence[str]) -> dict[str, RelayRow]:
    """The rows of all our relays, locked until the caller commits, and made when they are missing.

    All of them, in one order: two workers that each want another one first would wait for each other.
    """
    query = _of(names).with_for_update()
    rows = _found(db.session.execute(query).all())
    if len(rows) < len(names):
        insert = insert_into(MailRelay)
        new = insert.values([_without_none(RelayRow(name)) for name in sorted(names)])
        db.session.execute(new.on_conflict_do_nothing(index_elements=["name"]))
        rows = _found(db.session.execute(query).all())
    return rows


def write(row: RelayRow) -> None:
    """Store a locked row."""
    db.session.execute(sa.update(MailRelay).where(MailRelay.name == row.name).values(**row._asdict()))


def _of(names: Collection[str]) -> "sa.Select[Any]":
    return sa.select(*_COLUMNS).where(MailRelay.name.in_(names)).order_by(MailRelay.name)


def _found(rows: "Sequence[sa.Row[Any]]") -> dict[str, RelayRow]:
    return {row.name: RelayRow(*row) for row in rows}


def _without_none(row: RelayRow) -> dict[str, Any]:
    return {name: value for name, value in row._asdict().items() if value is not None}


@dataclass(frozen=True)
class RelayStatus:
    """One relay; `problem` is the last one, with its moment, even when all is well again."""

    name: str
    is_backup: bool
    limits: Limits
    closed_until: datetime | None = None  # None: it may be used
    slowed_to: float | None = None  # messages per second now; None: at full speed
    problem: str | None = None
    problem_at: datetime | None = None


def statuses(*, at: datetime) -> list[RelayStatus]:
    """The relays in the order in which they are used."""
    relays, limits = relays_from(current_app.config), limits_from(current_app.config)
    found = read([relay.name for relay in relays])
    return [_status(found.get(relay.name, RelayRow(relay.name)), relay.is_backup, limits, at) for relay in relays]


def _status(row: RelayRow, is_backup: bool, limits: Limits, at: datetime) -> RelayStatus:
    breaker = CircuitBreaker.stored(row.failures, row.closed_until)
    throttle = Throttle(row.slowed_to, row.slowed_at) if row.slowed_to and row.slowed_at else None
    return RelayStatus(
        row.name,
        is_backup,
        limits,
        closed_until=breaker.pause.until if breaker.pause.is_on(at) else None,
        slowed_to=throttle.rate(limits.per_second, at=at) if throttle else None,
        problem=row.problem,
        problem_at=row.problem_at,
    )
