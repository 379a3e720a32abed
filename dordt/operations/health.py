"""Whether this process can do its work."""

from functools import cache

import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import current_app
from sqlalchemy.exc import SQLAlchemyError

from dordt.extensions import db


def problem() -> str | None:
    """What keeps this process from its work, or nothing. The text tells a stranger nothing about the inside."""
    try:
        with db.engine.connect() as connection:
            connection.execute(sa.text("SELECT 1"))
            found = set(MigrationContext.configure(connection).get_current_heads())
    except SQLAlchemyError as unreachable:
        current_app.logger.error("The database cannot be reached: %s", type(unreachable).__name__)
        return "database unreachable"
    return None if found == _expected(current_app.extensions["migrate"].directory) else "database not migrated"


@cache
def _expected(migrations: str) -> set[str]:
    return set(ScriptDirectory(migrations).get_heads())
