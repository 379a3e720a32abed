"""How transactions begin: on SQLite at once with the write lock, except where only reading is done."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import sqlalchemy as sa
from flask import Flask, request
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.pool import ConnectionPoolEntry

READING_METHODS = {"GET", "HEAD", "OPTIONS"}
_only_reads: ContextVar[bool] = ContextVar("only_reads", default=False)

PRAGMAS = ("journal_mode=WAL", "foreign_keys=ON", "busy_timeout=15000", "synchronous=FULL", "temp_store=MEMORY")


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


def _note_method() -> None:
    _only_reads.set(request.method in READING_METHODS)


def _set_pragmas(connection: sqlite3.Connection, _entry: ConnectionPoolEntry | Any) -> None:
    connection.isolation_level = None  # the driver's own BEGIN is deferred; ours is not
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN" if _only_reads.get() else "BEGIN IMMEDIATE")
