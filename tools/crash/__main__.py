"""The long crash test: kill mail workers again and again, and count who was lost or mailed twice.

`python -m tools.crash --kills 200` prints a table and the seed of its chance; --seed gives that again.
"""

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from tests.support.databases import build_app
from tools.bench.installations import Database, Sqlite, postgres
from tools.bench.processes import end_on_signals
from tools.crash.kill_points import boundary_points, random_points, stall_points
from tools.crash.runs import Result, crash

DATABASES = ("sqlite", "postgres")
KILL_POINTS = {"random": random_points, "boundaries": boundary_points, "stalls": stall_points}
SHARES = {"random": 0.44, "boundaries": 0.48, "stalls": 0.08}  # a stall takes long
ROW = "{:12}{:>8}  {:12}{:>6}{:>12}{:>6}{:>7}{:>11}{:>9}{:>9}"
HEADINGS = (
    *("database", "workers", "killed at", "kills", "deliveries"),
    *("lost", "twice", "uncertain", "allowed", "seconds"),
)


@dataclass(frozen=True)
class Case:
    """One line of the table."""

    database: Database
    workers: int
    where: str
    kills: int
    seed: int


def main() -> int:
    """Do what was asked; returns how it ended."""
    end_on_signals()
    asked = _parser().parse_args()
    seed = asked.seed if asked.seed is not None else random.randrange(1_000_000)
    print(f"Seed {seed}\n")
    print(ROW.format(*HEADINGS))
    is_right = True
    with tempfile.TemporaryDirectory(prefix="dordt-crash-") as folder, ExitStack() as stack:
        root = Path(folder)
        databases = [Sqlite(root) if name == "sqlite" else stack.enter_context(postgres(root)) for name in asked.on]
        for case in _cases(databases, asked.workers, asked.kills, seed):
            is_right &= _show(case)
    return 0 if is_right else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools.crash", description=__doc__)
    parser.add_argument("--kills", type=int, default=200, help="in all")
    parser.add_argument("--seed", type=int)
    parser.add_argument("--on", nargs="+", choices=DATABASES, default=DATABASES)
    parser.add_argument("--workers", nargs="+", type=int, default=(1, 3))
    return parser


def _cases(databases: list[Database], workers: list[int], kills: int, seed: int) -> Iterator[Case]:
    """The kills divided over all there is to try."""
    places = list(product(databases, workers))
    for number, ((database, count), where) in enumerate(product(places, KILL_POINTS)):
        share = round(kills * SHARES[where] / len(places))
        if share:
            yield Case(database, count, where, share, seed + number)


def _show(case: Case) -> bool:
    """Do one case and print its line; returns whether all was right."""
    began = time.monotonic()
    result = _result(case)
    account = result.account
    counts = (len(result.deaths), result.deliveries, len(account.lost), len(account.twice), len(account.uncertain))
    row = (case.database.name, case.workers, case.where, *counts, result.allowed, f"{time.monotonic() - began:.0f}")
    print(ROW.format(*row), flush=True)
    for problem in account.problems:
        print(f"  {problem}")
    if not account.is_right:
        print(f"  seed of this line: {case.seed}; the workers died {', '.join(result.deaths)}")
    if result.missed:
        print(f"  killed elsewhere, for no worker came there in time: {', '.join(result.missed)}")
    return account.is_right


def _result(case: Case) -> Result:
    with case.database.installation(0) as installation:
        app = build_app(installation.folder, installation.url)
        with app.app_context():
            points = KILL_POINTS[case.where]
            return crash(app, workers=case.workers, kills=case.kills, seed=case.seed, kill_points=points)


if __name__ == "__main__":
    sys.exit(main())
