"""The migrations make exactly what the models say, and can be undone, on both databases."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import downgrade, upgrade

from dordt.extensions import db
from dordt.shared.database import Base
from tests.support.databases import ENGINES, build_app

LONGEST_REVISION = 32  # what Alembic's own column holds


@pytest.fixture(params=ENGINES)
def fresh_app(request: pytest.FixtureRequest, tmp_path: Path) -> Flask:
    make: Callable[[str], str] | None = None
    if request.param == "postgres":
        make = request.getfixturevalue("new_postgres_database")
    app = build_app(tmp_path, make("migrations") if make else None)
    with app.app_context():
        yield app
        db.engine.dispose()


def scripts(app: Flask) -> ScriptDirectory:
    return ScriptDirectory(app.extensions["migrate"].directory)


def schema() -> dict[str, Any]:
    """Tables, columns, indexes and constraints as the database knows them."""
    look = sa.inspect(db.engine)
    return {
        table: {
            "columns": sorted(
                (column["name"], str(column["type"]), column["nullable"]) for column in look.get_columns(table)
            ),
            "indexes": sorted(str(index["name"]) for index in look.get_indexes(table)),
            "unique": sorted(str(unique["name"]) for unique in look.get_unique_constraints(table)),
            "foreign keys": sorted(str(key["name"]) for key in look.get_foreign_keys(table)),
        }
        for table in look.get_table_names()
        if table != "alembic_version" and not table.startswith("huey_")
    }


def test_there_is_one_head(sqlite_installation):
    assert len(scripts(sqlite_installation.app).get_heads()) == 1


def test_a_revision_is_named_after_its_file_and_fits(sqlite_installation):
    for script in scripts(sqlite_installation.app).walk_revisions():
        assert script.revision == Path(script.path).stem
        assert len(script.revision) <= LONGEST_REVISION


def test_the_models_say_what_the_migrations_made(fresh_app: Flask):
    upgrade()

    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "include_name": _is_ours})
        differences = compare_metadata(context, Base.metadata)

    assert differences == []


def test_every_migration_can_be_undone_and_done_again(fresh_app: Flask):
    upgrade()
    before = schema()

    downgrade(revision="base")
    assert schema() == {}

    upgrade()
    assert schema() == before


def test_every_constraint_has_a_name(fresh_app: Flask):
    upgrade()

    unnamed = [
        f"{table}: {kind}"
        for table, parts in schema().items()
        for kind, names in parts.items()
        if "None" in map(str, names)
    ]

    assert unnamed == []


def _is_ours(name: str | None, kind: str, _parents: Any) -> bool:
    return not (kind == "table" and str(name).startswith("huey_"))
