"""What differs between SQLite and PostgreSQL, asked in one place, and how many rows a statement changed."""

from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from dordt.extensions import db


def is_postgres() -> bool:
    """Whether this application stores its rows in PostgreSQL; otherwise it is SQLite."""
    return db.engine.dialect.name == "postgresql"


def insert_into(model: type[Any]) -> Any:
    """An INSERT that can say ON CONFLICT, which SQLAlchemy offers per database only."""
    return postgresql.insert(model) if is_postgres() else sqlite.insert(model)


def affected(result: "sa.Result[Any]") -> int:
    """How many rows an UPDATE or DELETE changed; the session's `execute` does not promise that it knows."""
    return cast("sa.CursorResult[Any]", result).rowcount
