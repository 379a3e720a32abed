"""How migrations run: one transaction, on SQLite and on PostgreSQL alike."""

from typing import Any, Literal

import sqlalchemy as sa
from alembic import context
from flask import current_app

from dordt.shared.database import Base, UtcMoment


def include_name(name: str | None, kind: str, _parents: Any) -> bool:
    """The queue's own tables are not ours to compare."""
    return not (kind == "table" and name is not None and name.startswith("huey_"))


def render_item(kind: str, item: Any, autogen: Any) -> str | Literal[False]:
    """Write our column type by its short name."""
    if kind == "type" and isinstance(item, UtcMoment):
        autogen.imports.add("from dordt.shared.database import UtcMoment")
        return "UtcMoment()"
    return False


def name_revision(_context: Any, _revision: Any, directives: list[Any]) -> None:
    """The revision id is the file name: number, table, change (Alembic stores 32 characters). Nothing new, no file."""
    if directives and directives[0].upgrade_ops.is_empty():
        directives.clear()
    if directives:
        from alembic.script import ScriptDirectory

        count = len(list(ScriptDirectory.from_config(context.config).walk_revisions()))
        message = (directives[0].message or "change").replace(" ", "_").lower()
        directives[0].rev_id = f"{count + 1:04d}_{message}"[:32]


def run() -> None:
    """Migrate over the application's own engine.

    On SQLite foreign keys are off while tables are rebuilt (a batch change of a parent would empty the children that
    cascade), and checked afterwards.
    """
    engine = current_app.extensions["migrate"].db.engine
    with engine.connect() as connection:
        is_sqlite = connection.dialect.name == "sqlite"
        if is_sqlite:
            _pragma(connection, "foreign_keys=OFF")
        try:
            _migrate(connection)
            if is_sqlite:
                _check_foreign_keys(connection)
        finally:
            if is_sqlite:
                _pragma(connection, "foreign_keys=ON")


def _migrate(connection: sa.Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        include_name=include_name,
        render_item=render_item,
        process_revision_directives=name_revision,
        render_as_batch=True,
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()


def _pragma(connection: sa.Connection, pragma: str) -> None:
    connection.connection.driver_connection.execute(f"PRAGMA {pragma}")  # type: ignore[union-attr]


def _check_foreign_keys(connection: sa.Connection) -> None:
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    connection.rollback()
    if broken:
        raise RuntimeError(f"{len(broken)} rows point at rows that do not exist; the first: {tuple(broken[0])}")


run()
