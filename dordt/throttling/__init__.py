"""How often somebody may try: the limiter of Flask with its counts in a table that all processes and hosts share."""

import time
from typing import Any

import sqlalchemy as sa
from flask import Flask
from limits.storage import Storage
from sqlalchemy.exc import SQLAlchemyError

from dordt.extensions import db, limiter
from dordt.shared.database import affected, reading, writing
from dordt.throttling.models import RateCount

SCHEME = "dordt"


def init_app(app: Flask) -> None:
    """Have the limiter count in our table, which `TableStorage` registers under its scheme."""
    app.config.setdefault("RATELIMIT_STORAGE_URI", f"{SCHEME}://")
    limiter.init_app(app)


class TableStorage(Storage):
    """Counts of fixed windows; each call is one short transaction on a connection of its own."""

    STORAGE_SCHEME = [SCHEME]

    @property
    def base_exceptions(self) -> type[Exception]:
        """What may go wrong here."""
        return SQLAlchemyError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Add to the count of a key, from zero when its window is over, and return the new count."""
        count = int(self._write(RateCount.increment(key, expiry, amount, now=time.time())).scalar_one())
        if count == amount:
            self._write(sa.delete(RateCount).where(RateCount.expires_at < time.time()))
        return count

    def get(self, key: str) -> int:
        """The count of a key, 0 when its window is over."""
        return int(self._read(key, RateCount.count) or 0)

    def get_expiry(self, key: str) -> float:
        """When the window of a key is over."""
        return float(self._read(key, RateCount.expires_at) or time.time())

    def check(self) -> bool:
        """Whether the table can be read."""
        self._read("", RateCount.count)
        return True

    def reset(self) -> int:
        """Forget all counts."""
        return affected(self._write(sa.delete(RateCount)))

    def clear(self, key: str) -> None:
        """Forget the count of one key."""
        self._write(sa.delete(RateCount).where(RateCount.key == key))

    def _read(self, key: str, column: Any) -> Any:
        with reading(), db.engine.connect() as connection:
            return connection.scalar(sa.select(column).where(RateCount.key == key, RateCount.expires_at > time.time()))

    def _write(self, statement: Any) -> Any:
        with writing(), db.engine.begin() as connection:
            result = connection.execute(statement)
            return result.freeze()() if result.returns_rows else result
