"""Wakes a worker: the database is the truth, so a wake-up that is lost costs a few seconds and no mail.

The queue is Huey's, in a file beside SQLite, or in PostgreSQL when the data is there.
"""

import hashlib
import hmac
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import Any

import psycopg
import sqlalchemy as sa
from flask import Flask, current_app
from huey import Huey, crontab
from huey.registry import Message
from huey.serializer import Serializer
from huey.storage import PostgresStorage, SqliteStorage
from sqlalchemy.orm import Session

from dordt.extensions import db

NAME = "dordt"
TABLES_LOCK = 20_270_302  # any number that nothing else locks
QUEUE_FILE = "queue.sqlite"
PENDING = "pending_wakeups"  # in the session: what is enqueued after the commit


class Wakeup(StrEnum):
    """What a worker is woken for; the value is the name of the task in the queue."""

    DELIVERY = "deliver"
    JOBS = "background_jobs"


DELIVERY, JOBS = Wakeup.DELIVERY, Wakeup.JOBS


def enqueue(wakeup: Wakeup) -> None:
    """Wake a worker once the current transaction has been committed; forgotten when it is rolled back."""
    db.session.info.setdefault(PENDING, set()).add(wakeup)


def enqueue_now(wakeup: Wakeup) -> None:
    """Wake a worker. A queue that fails never fails its caller: the worker looks for itself every few seconds."""
    try:
        queue.current.enqueue(wakeup)
    except Exception:
        current_app.logger.exception("Queue: wake-up %s was not stored, a worker looks within 15 s", wakeup)


class SignedJson(Serializer):
    """Tasks as signed JSON: who can write in the queue can wake a worker, not run code (Huey's own is pickle)."""

    def __init__(self, secret: str) -> None:
        super().__init__()
        self._key = hashlib.sha256(f"dordt-queue {secret}".encode()).digest()

    def _serialize(self, data: Message) -> bytes:
        content = json.dumps(list(data)).encode()
        return self._signature(content) + content

    def _deserialize(self, data: bytes) -> Message:
        signature, content = bytes(data)[:64], bytes(data)[64:]
        if not hmac.compare_digest(signature, self._signature(content)):
            raise ValueError("a task in the queue is not signed by us")
        return Message(*json.loads(content))

    def _signature(self, content: bytes) -> bytes:
        return hmac.new(self._key, content, hashlib.sha256).hexdigest().encode()


class AppQueue:
    """The queue of one application, made at first use: starting needs no queue, and a fork shares no connection."""

    def __init__(self, app: Flask, every_minute: Callable[[], object]) -> None:
        self.events = {wakeup: threading.Event() for wakeup in Wakeup}  # set in the worker that took the task
        self._app, self._every_minute = app, every_minute
        self._lock = threading.Lock()
        self._huey: Huey | None = None
        self._tasks: dict[Wakeup, Callable[[], object]] = {}

    @property
    def huey(self) -> Huey:
        """Huey, with a task for each wake-up and one that runs every minute."""
        with self._lock:
            if self._huey is None:
                serializer = SignedJson(str(self._app.secret_key))
                with _one_process_at_a_time(self._app):
                    huey = Huey(NAME, results=False, serializer=serializer, **_storage(self._app))
                self._tasks = {wakeup: huey.task(name=wakeup.value)(event.set) for wakeup, event in self.events.items()}
                huey.periodic_task(crontab(), name="every_minute")(self._tick)
                self._huey = huey
            return self._huey

    def enqueue(self, wakeup: Wakeup) -> None:
        """Wake a worker, wherever it runs."""
        if self.huey:
            self._tasks[wakeup]()

    def _tick(self) -> None:
        with self._app.app_context():
            self._every_minute()


class Queue:
    """The Flask extension."""

    def init_app(self, app: Flask, every_minute: Callable[[], object]) -> None:
        """Give an application its queue; `every_minute` runs in its worker, each minute."""
        app.extensions["queue"] = AppQueue(app, every_minute)

    @property
    def current(self) -> AppQueue:
        """The queue of the current application."""
        found: AppQueue = current_app.extensions["queue"]
        return found


queue = Queue()


def _after_commit(session: Session) -> None:
    if not session.in_nested_transaction():
        for wakeup in sorted(session.info.pop(PENDING, ())):
            enqueue_now(wakeup)


def _after_rollback(session: Session) -> None:
    if not session.in_nested_transaction():
        session.info.pop(PENDING, None)


sa.event.listen(db.session, "after_commit", _after_commit)
sa.event.listen(db.session, "after_rollback", _after_rollback)


def _storage(app: Flask) -> dict[str, Any]:
    dsn = _postgres(app)
    if dsn:
        return {"storage_class": PostgresStorage, "dsn": dsn}
    return {"storage_class": SqliteStorage, "filename": str(app.config["DATA_DIR"] / QUEUE_FILE)}


def _postgres(app: Flask) -> str | None:
    url = sa.make_url(app.config["SQLALCHEMY_DATABASE_URI"])
    is_postgres = url.get_backend_name() == "postgresql"
    return url.set(drivername="postgresql").render_as_string(hide_password=False) if is_postgres else None


@contextmanager
def _one_process_at_a_time(app: Flask) -> Iterator[None]:
    """Huey makes its tables when they are absent; two processes that do so together on PostgreSQL fail."""
    dsn = _postgres(app)
    if not dsn:
        yield
        return
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", [TABLES_LOCK])  # let go when the connection closes
        yield
