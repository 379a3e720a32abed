"""A first relay and a second one, without limits unless a test sets them; on both databases."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from dordt.extensions import db
from tests.factories.relays import Clock


@dataclass
class Statements:
    """What was asked of the database."""

    said: list[str] = field(default_factory=list)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(autouse=True)
def two_relays(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """A first relay and a backup, without limits."""
    for name, value in {"CATCHER_FILE": None, "SERVER": "a.example", "BACKUP_SERVER": "b.example"}.items():
        monkeypatch.setitem(app.config, f"MAIL_{name}", value)


@pytest.fixture
def limit(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Set limits; relays made afterwards keep to them."""

    def set_to(**limits: int) -> None:
        for unit, count in limits.items():
            monkeypatch.setitem(app.config, f"MAIL_RATE_PER_{unit.upper()}", count)

    return set_to


@pytest.fixture
def ten_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    """The limit of workers that start after this."""
    monkeypatch.setenv("MAIL_RATE_PER_SECOND", "10")


@pytest.fixture
def asked(app: Flask) -> Iterator[Statements]:
    """All statements that are run."""
    found = Statements()

    def note(_connection: Any, _cursor: Any, sql: str, *_rest: Any) -> None:
        found.said.append(sql)

    sa.event.listen(db.engine, "before_cursor_execute", note)
    yield found
    sa.event.remove(db.engine, "before_cursor_execute", note)
