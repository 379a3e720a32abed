"""SQLite and PostgreSQL: columns that behave alike on both, what differs, and how transactions begin.

On SQLite a transaction begins at once with the write lock, except where only reading is done.
"""

import random
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any, ClassVar, cast

import sqlalchemy as sa
from flask import Flask, request
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Dialect, Engine
from sqlalchemy.orm import DeclarativeBase, MappedColumn, mapped_column, registry
from sqlalchemy.pool import ConnectionPoolEntry

from dordt.extensions import db
from dordt.shared import search

READING_METHODS = {"GET", "HEAD", "OPTIONS"}
_only_reads: ContextVar[bool] = ContextVar("only_reads", default=False)

WRITE_LOCK_TIMEOUT = 15.0  # seconds that a transaction waits for the write lock
RETRY_LOCK_AFTER = (0.001, 0.004)  # seconds
PRAGMAS = (
    "journal_mode=WAL",
    "foreign_keys=ON",
    f"busy_timeout={WRITE_LOCK_TIMEOUT * 1000:.0f}",
    "synchronous=FULL",
    "temp_store=MEMORY",
    "wal_autocheckpoint=8000",  # pages of 4 kB; the default of 1000 has a busy mail worker copy them all the time
)


class UtcMoment(sa.TypeDecorator[datetime]):
    """A moment in UTC, with its zone on both databases; SQLite gives moments back without one."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a moment without a zone, store the rest in UTC."""
        if value is not None and value.tzinfo is None:
            raise ValueError("a moment needs a zone")
        return value and value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the zone back that SQLite drops."""
        return value and (value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC))


class Base(DeclarativeBase):
    """The base of every model: moments in UTC and a name for each of the five kinds of constraint."""

    registry = registry(type_annotation_map={datetime: UtcMoment}, metadata=db.metadata)
    metadata: ClassVar[sa.MetaData] = registry.metadata


LARGEST_INTEGER = 2**31 - 1  # what an integer column holds on PostgreSQL
Name = Annotated[str, mapped_column(sa.String(120))]
Slug = Annotated[str, mapped_column(sa.String(120))]
Email = Annotated[str, mapped_column(sa.String(254))]
Phone = Annotated[str, mapped_column(sa.String(30))]
Title = Annotated[str, mapped_column(sa.String(200))]
Text = Annotated[str, mapped_column(sa.Text)]


def state_column(states: type[StrEnum], **options: Any) -> MappedColumn[Any]:
    """A column that stores the state's value: the same word in SQL, code and JSON."""
    values = sa.Enum(
        states,
        native_enum=False,
        create_constraint=False,
        length=30,
        values_callable=lambda kind: [state.value for state in kind],
    )
    return mapped_column(values, **options)


def foreign_key(target: str, **options: Any) -> MappedColumn[Any]:
    """A column that points at another table, by its name as a string, with an index."""
    on_delete = options.pop("ondelete", None)
    options.setdefault("index", True)
    return mapped_column(sa.ForeignKey(target, ondelete=on_delete), **options)


@contextmanager
def reading() -> Iterator[None]:
    """Within this block transactions take no write lock."""
    token = _only_reads.set(True)
    try:
        yield
    finally:
        _only_reads.reset(token)


@contextmanager
def writing() -> Iterator[None]:
    """Within this block transactions begin with the write lock: for the reading log, which a GET may write."""
    token = _only_reads.set(False)
    try:
        yield
    finally:
        _only_reads.reset(token)


def init_app(app: Flask, engine: Engine) -> None:
    """Set the pragmas, and begin IMMEDIATE wherever something may be written.

    A deferred transaction that turns into a writing one fails with "database is locked" at once, whatever the
    busy timeout says; one that begins IMMEDIATE waits its turn.
    """
    app.before_request(_note_method)
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "connect", _set_pragmas)
        sa.event.listen(engine, "begin", _begin)


def is_postgres() -> bool:
    """Whether this application stores its rows in PostgreSQL; otherwise it is SQLite."""
    return db.engine.dialect.name == "postgresql"


def insert_into(model: type[Any]) -> Any:
    """An INSERT that can say ON CONFLICT, which SQLAlchemy offers per database only."""
    return postgresql.insert(model) if is_postgres() else sqlite.insert(model)


def affected(result: "sa.Result[Any]") -> int:
    """How many rows an UPDATE or DELETE changed; the session's `execute` does not promise that it knows."""
    return cast("sa.CursorResult[Any]", result).rowcount


def _note_method() -> None:
    _only_reads.set(request.method in READING_METHODS)


def _set_pragmas(connection: sqlite3.Connection, _entry: ConnectionPoolEntry | Any) -> None:
    connection.isolation_level = None  # the driver's own BEGIN is deferred; ours is not
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
    search.add_to(connection)


def _begin(connection: Connection) -> None:
    if _only_reads.get():
        connection.exec_driver_sql("BEGIN")
    else:
        _begin_writing(connection)


def _begin_writing(connection: Connection) -> None:
    """Ask for the write lock at an even pace: SQLite asks less the longer it waits, so that latecomers overtake."""
    driver: Any = connection.connection.driver_connection
    give_up_at = time.monotonic() + WRITE_LOCK_TIMEOUT
    driver.execute("PRAGMA busy_timeout=0")
    try:
        while _is_taken(driver) and time.monotonic() < give_up_at:
            time.sleep(random.uniform(*RETRY_LOCK_AFTER))  # noqa: S311  (no secret)
        if not driver.in_transaction:
            connection.exec_driver_sql("BEGIN IMMEDIATE")  # the last try: raises what SQLAlchemy's callers know
    finally:
        driver.execute(f"PRAGMA busy_timeout={WRITE_LOCK_TIMEOUT * 1000:.0f}")


def _is_taken(driver: sqlite3.Connection) -> bool:
    """Begin, unless somebody else has the lock."""
    try:
        driver.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as problem:
        return problem.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
    return False
