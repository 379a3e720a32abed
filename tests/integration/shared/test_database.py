"""On SQLite a writing transaction waits its turn for the write lock."""

import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from dordt.extensions import db
from dordt.shared import database
from tests.support.databases import build_app, migrated


@pytest.fixture
def sqlite_app(new_folder: Callable[[str], Path]) -> Flask:
    app = build_app(new_folder(f"transactions-{time.monotonic_ns()}"))
    migrated(app)
    return app


def lock(app: Flask) -> sqlite3.Connection:
    """Somebody else who writes."""
    other = sqlite3.connect(app.config["DATA_DIR"] / "dordt.sqlite", isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    return other


def test_whoever_writes_waits_until_the_other_is_done(sqlite_app: Flask) -> None:
    other = lock(sqlite_app)
    release = threading.Timer(0.3, other.rollback)
    started_at = time.monotonic()
    release.start()

    with sqlite_app.app_context(), database.writing():
        timeout = db.session.scalar(sa.text("PRAGMA busy_timeout"))
        db.session.rollback()

    assert time.monotonic() - started_at >= 0.3
    assert timeout == database.WRITE_LOCK_TIMEOUT * 1000  # what comes after the beginning waits by SQLite itself
    other.close()


def test_whoever_only_reads_waits_for_nobody(sqlite_app: Flask) -> None:
    other = lock(sqlite_app)

    with sqlite_app.app_context(), database.reading():
        assert db.session.scalar(sa.text("SELECT count(*) FROM neighbourhood")) == 0
        db.session.rollback()

    other.close()


def test_the_wait_for_the_write_lock_ends(sqlite_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "WRITE_LOCK_TIMEOUT", 0.1)
    other = lock(sqlite_app)

    with sqlite_app.app_context(), database.writing(), pytest.raises(sa.exc.OperationalError, match="locked"):
        db.session.scalar(sa.text("SELECT 1"))

    other.close()
