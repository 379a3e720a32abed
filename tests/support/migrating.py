"""A database of an older version, its tables as they are found there, and the rows in them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask_migrate import upgrade

from dordt.extensions import db
from tests.support.databases import build_app


def app_at(revision: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """An application on a new database of this revision; `request.param` names the engine."""
    url = request.getfixturevalue("new_postgres_database")("old") if request.param == "postgres" else None
    app = build_app(tmp_path, url)
    with app.app_context():
        upgrade(revision=revision)
        yield app
        db.engine.dispose()


def table(name: str) -> sa.Table:
    return sa.Table(name, sa.MetaData(), autoload_with=db.engine)


def fill(name: str, *rows: dict[str, Any]) -> None:
    found = table(name)
    with db.engine.begin() as connection:
        for row in rows:
            connection.execute(found.insert().values(row))


def erase(name: str, number: int | None = None) -> None:
    """The row with this number, or all of them."""
    found = table(name)
    with db.engine.begin() as connection:
        connection.execute(found.delete().where(found.c.id == number if number else sa.true()))


def rows(name: str, *columns: str) -> list[tuple[Any, ...]]:
    found = table(name)
    with db.engine.connect() as connection:
        picked = sa.select(*(found.c[column] for column in columns)).order_by(*found.primary_key.columns)
        return [tuple(row) for row in connection.execute(picked)]
