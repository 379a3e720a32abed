"""How fast subscribers come in from a file, and go out again when it is undone; the rows go to the tables by plain
executemany INSERTs too, for comparison. `run` is a process of its own in an installation.
"""

import json
import os
import resource
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from dordt.accounts import services as accounts
from dordt.consent.models import Consent
from dordt.development.seed.content import add_places
from dordt.extensions import db
from dordt.shared import clock
from dordt.subscribers.imports import services as imports
from dordt.subscribers.imports.files import read_sheet
from dordt.subscribers.imports.rows import columns_by_name
from dordt.subscribers.models import Subscriber, subscriber_neighbourhood, subscriber_topic
from dordt.subscribers.services.import_undo import undo_import
from tools.bench.installations import Database
from tools.bench.processes import python

HEAD = "email,neighbourhoods,topics,consent_at,consent_source"
WIJKEN = ("sterrenburg;dubbeldam", "Oud Krispijn", "stadspolders", "")
DOMAINS = 40


@dataclass(frozen=True)
class Imported:
    """What was measured on one database; seconds by the clock."""

    database: str
    rows: int
    refused: int
    seconds: float
    cpu: float
    longest: float  # step, from the first statement to the commit: so long others may wait for SQLite's one writer
    plain: float  # for the same rows by executemany
    undoing: float
    memory: float  # MB at most, of the process
    load: float  # of the machine; above its number of cores other work slowed this down: look at the CPU seconds then

    def __str__(self) -> str:
        return (
            f"{self.database}: {self.rows:,} rows ({self.refused:,} refused) in {self.seconds:.1f} s, "
            f"{self.rows / self.seconds:,.0f} rows/s, {self.cpu:.1f} CPU s, longest step {self.longest * 1000:.0f} ms; "
            f"plain INSERTs {self.plain:.1f} s, {self.seconds / self.plain:.1f} times; "
            f"undone in {self.undoing:.1f} s; {self.memory:.0f} MB; load {self.load:.1f}"
        )


def measure(database: Database, *, rows: int) -> Imported:
    """In a fresh installation."""
    with database.installation(1) as installation:
        result = json.loads(python("-m", "tools.bench.imports", str(rows), env=installation.environment()))
    return Imported(database.name, **result)


def run(count: int) -> None:
    """Print what it took."""
    add_places()
    content = "\r\n".join((HEAD, *_lines(count))).encode()
    steps = _Steps()
    begun, cpu = time.perf_counter(), time.process_time()
    sheet = read_sheet(content)
    found = imports.import_now(sheet, content, "lijst.csv", columns_by_name(sheet.headings), now=clock.now)
    seconds, cpu = time.perf_counter() - begun, time.process_time() - cpu
    result = {"rows": found.row_count, "refused": found.refused_count, "seconds": seconds, "cpu": cpu}
    result["longest"] = steps.longest
    tables = list(_tables(found.id))
    by = accounts.create_member(
        name="Mila", email="mila@voorbeeld.nl", role="beheerder", password="een lang wachtwoord 42", at=clock.now()
    )
    undoing = _seconds(lambda: undo_import(found.id, by=by, at=clock.now()))
    plain = _seconds(lambda: _insert(tables))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({**result, "plain": plain, "undoing": undoing, "memory": memory, "load": os.getloadavg()[0]}))


def _lines(count: int) -> Iterator[str]:
    """One in a hundred is refused."""
    for number in range(count):
        email = "geen adres" if number % 100 == 99 else f"lezer.{number}@domein{number % DOMAINS}.voorbeeld.nl"
        topic = "wonen" if number % 3 else ""
        yield f"{email},{WIJKEN[number % len(WIJKEN)]},{topic},2026-03-{number % 28 + 1:02d},Wijkfeest 2026"


class _Steps:
    """Watches how long each transaction lasts."""

    def __init__(self) -> None:
        self.longest, self._begun = 0.0, 0.0
        sa.event.listen(db.engine, "begin", self._begin)
        sa.event.listen(db.engine, "commit", self._end)

    def _begin(self, _connection: sa.Connection) -> None:
        self._begun = time.perf_counter()

    def _end(self, _connection: sa.Connection) -> None:
        self.longest = max(self.longest, time.perf_counter() - self._begun)


def _tables(import_id: int) -> Iterator[tuple[sa.Table, Sequence[Any]]]:
    """What was stored, to be stored once more."""
    mine = sa.select(Subscriber.id).where(Subscriber.import_id == import_id)
    kinds: tuple[sa.Table, ...] = (Subscriber.__table__, subscriber_neighbourhood, subscriber_topic, Consent.__table__)
    for table in kinds:
        owned = {"subscriber": table.c.get("id"), "consent": None}.get(table.name, table.c.get("subscriber_id"))
        query = sa.select(table) if owned is None else sa.select(table).where(owned.in_(mine))
        yield table, [dict(row) for row in db.session.execute(query).mappings()]
    db.session.rollback()


def _insert(tables: Sequence[tuple[sa.Table, Sequence[Any]]]) -> None:
    with db.engine.begin() as connection:
        for table, rows in tables:
            connection.execute(sa.insert(table), rows)


def _seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


if __name__ == "__main__":
    from wsgi import app  # the settings are read at import

    with app.app_context():
        run(int(sys.argv[1]))
