"""Our whole path: claim, write, send and record, by the process that does it in production."""

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime

import sqlalchemy as sa

from tests.bench.houses import Database, Frozen, House
from tests.bench.measured import Measured
from tests.bench.processes import Child, running
from tests.bench.sinks import Sink

IS_HELD = "SELECT 1 FROM delivery WHERE state IN ('leased', 'sending') LIMIT 1"
IS_DUE = "SELECT 1 FROM delivery WHERE mail_id = :mail_id AND priority > 1 AND state IN ('queued', 'deferred') LIMIT 1"
STATES = "SELECT state, count(*) FROM delivery WHERE mail_id = :mail_id GROUP BY state"
TIMES = "SELECT min(accepted_at), max(accepted_at) FROM delivery WHERE mail_id = :mail_id"
PATIENCE, LOOK_EVERY = 20, 0.05  # seconds


class Ledger:
    """What the ledger says of one mail, asked with the least trouble for who writes in it."""

    def __init__(self, house: House, frozen: Frozen) -> None:
        self.engine, self._mail = sa.create_engine(house.url), {"mail_id": frozen.mail_id}

    def __enter__(self) -> "Ledger":
        return self

    def __exit__(self, *_problem: object) -> None:
        self.engine.dispose()

    @property
    def is_held(self) -> bool:
        """Whether a worker is busy with anything."""
        return bool(self.ask(IS_HELD))

    @property
    def is_done(self) -> bool:
        """Whether nothing is left to send."""
        return not self.ask(IS_DUE) and not self.is_held

    @property
    def states(self) -> dict[str, int]:
        """How many deliveries stand in each state."""
        return {row[0]: row[1] for row in self.ask(STATES)}

    @property
    def seconds(self) -> float:
        """From the first letter that the relay took to the last."""
        first, last = (_moment(value) for value in self.ask(TIMES)[0])
        return (last - first).total_seconds()

    def ask(self, question: str) -> Sequence[sa.Row]:
        """The rows; everything is let go again."""
        names = {name: value for name, value in self._mail.items() if f":{name}" in question}
        with self.engine.connect() as connection:
            return connection.execute(sa.text(question), names).all()


def measure(
    database: Database,
    sink: Sink,
    *,
    letters: int,
    connections: int,
    workers: int = 1,
    **settings: str,
) -> Measured:
    """Freeze a newsletter, start the workers, and look how long they take. Raises RuntimeError when it goes wrong."""
    with database.house(letters) as house:
        frozen = house.freeze()
        relay = {"MAIL_SERVER": "127.0.0.1", "MAIL_PORT": str(sink.port), "MAIL_CONNECTIONS": str(connections)}
        with Ledger(house, frozen) as ledger, at_work(house, workers, **relay, **settings) as staff:
            wait_for(lambda: ledger.is_held, staff)
            begun = Usage(database, sink, staff)
            wait_for(lambda: ledger.is_done, staff, moves=lambda: ledger.states)
            used = Usage(database, sink, staff).since(begun)
            memory = max(worker.peak_memory for worker in staff)
            if ledger.states != {"accepted": letters}:
                raise RuntimeError(f"{letters} letters had to leave, but the ledger says {ledger.states}")
            seconds = ledger.seconds
    return Measured(
        f"ours, {database.name}, {workers} worker{'s' * (workers > 1)}",
        connections,
        letters,
        seconds=seconds,
        wall=used.wall,
        cpu=used.workers,
        sink_cpu=used.sink,
        database_cpu=used.database,
        memory=memory,
    )


class Usage:
    """What was used up to now, in seconds."""

    def __init__(self, database: Database, sink: Sink, staff: Sequence[Child]) -> None:
        self.wall = time.monotonic()
        self.workers = sum(worker.cpu for worker in staff)
        self.sink, self.database = sink.process.cpu, database.cpu()

    def since(self, earlier: "Usage") -> "Usage":
        """The difference."""
        for name, value in vars(earlier).items():
            setattr(self, name, getattr(self, name) - value)
        return self


@contextmanager
def at_work(house: House, count: int, **settings: str) -> Iterator[list[Child]]:
    """Workers, for as long as the block lasts; what they log stands in the folder of the installation."""
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "mailer", "run"]
    with ExitStack() as stack:
        staff = []
        for number in range(count):
            log = stack.enter_context((house.folder / f"worker-{number}.log").open("w"))
            worker = running(*command, env=house.environment(**settings), stdout=log, stderr=log)
            staff.append(stack.enter_context(worker))
        try:
            yield staff
        except Exception as problem:
            words = [(house.folder / f"worker-{number}.log").read_text()[-1500:] for number in range(count)]
            raise RuntimeError(f"{problem}; the workers' last words: {words}") from problem


def wait_for(is_so: Callable[[], bool], staff: Sequence[Child], *, moves: Callable[[], object] = object) -> None:
    """Look again and again until it is so. Raises RuntimeError when a worker has ended, or nothing `moves` any more."""
    stood, looked_at = moves(), time.monotonic()
    while not is_so():
        if any(worker.has_ended for worker in staff):
            raise RuntimeError("a worker ended by itself")
        if time.monotonic() - looked_at > PATIENCE:
            before, stood, looked_at = stood, moves(), time.monotonic()
            if moves is object or stood == before:
                raise RuntimeError(f"nothing happened for {PATIENCE} seconds: {stood}")
        time.sleep(LOOK_EVERY)


def _moment(value: datetime | str) -> datetime:
    return datetime.fromisoformat(value) if isinstance(value, str) else value
