"""Our whole path: claim, write, send and record, by the process that does it in production."""

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime

import sqlalchemy as sa

from dordt.shared.database import UtcMoment
from tools.bench.installations import Database, Frozen, Installation
from tools.bench.measured import Measured
from tools.bench.processes import Child, running
from tools.bench.sinks import Sink

IS_HELD = sa.text("SELECT 1 FROM delivery WHERE state IN ('leased', 'sending') LIMIT 1")
IS_DUE = sa.text(
    "SELECT 1 FROM delivery WHERE mail_id = :mail_id AND priority > 1 AND state IN ('queued', 'deferred') LIMIT 1"
)
STATES = sa.text("SELECT state, count(*) FROM delivery WHERE mail_id = :mail_id GROUP BY state")
ACCEPTED = sa.text("SELECT count(*) FROM delivery WHERE mail_id = :mail_id AND state = 'accepted'")
SENT = sa.text(
    "SELECT count(*), min(accepted_at), max(accepted_at) FROM delivery"
    " WHERE mail_id = :mail_id AND accepted_at > :since"
)
TIMEOUT, LOOK_EVERY = 20, 0.05  # seconds


class Ledger:
    """What the ledger says of one mail, asked with the least trouble for those who write in it."""

    def __init__(self, installation: Installation, frozen: Frozen, since: datetime) -> None:
        self._engine, self._frozen = sa.create_engine(installation.url), frozen
        self._of_mail, self._since = {"mail_id": frozen.mail_id}, sa.bindparam("since", since, type_=UtcMoment)

    def __enter__(self) -> "Ledger":
        return self

    def __exit__(self, *_problem: object) -> None:
        self._engine.dispose()

    @property
    def is_held(self) -> bool:
        """Whether a worker is busy with anything."""
        return bool(self.ask(IS_HELD, {}))

    def is_done(self, left: int = 0) -> bool:
        """Whether nothing, or no more than this, is left to send."""
        if left:
            return bool(self.ask(ACCEPTED)[0][0] >= self._frozen.count - left)
        return not self.ask(IS_DUE) and not self.is_held

    @property
    def states(self) -> dict[str, int]:
        """How many deliveries stand in each state."""
        return {row[0]: row[1] for row in self.ask(STATES)}

    @property
    def sent(self) -> tuple[int, float]:
        """How many messages the relay took since we look, and the seconds from the first to the last."""
        count, first, last = self.ask(SENT.bindparams(self._since))[0]
        return count, (_moment(last) - _moment(first)).total_seconds()

    def ask(self, question: sa.TextClause, values: dict[str, int] | None = None) -> Sequence[sa.Row]:
        """The rows; everything is let go again."""
        with self._engine.connect() as connection:
            return connection.execute(question, self._of_mail if values is None else values).all()


def measure(
    database: Database, sink: Sink, *, messages: int, connections: int, workers: int = 1, **settings: str
) -> Measured:
    """Freeze a newsletter, start the workers, and look how long they take. Raises RuntimeError when it goes wrong."""
    title = f"ours, {database.name}, {workers} worker{'s' * (workers > 1)}"
    with database.installation(messages) as installation:
        frozen = installation.freeze()
        how = {"connections": connections, "workers": workers, "title": title}
        return send(database, sink, installation, frozen, **how, **settings)


def send(
    database: Database,
    sink: Sink,
    installation: Installation,
    frozen: Frozen,
    *,
    connections: int,
    workers: int = 1,
    left: int = 0,
    title: str,
    **settings: str,
) -> Measured:
    """Let workers send what is frozen until so many are left, and stop them."""
    relay = {"MAIL_SERVER": "127.0.0.1", "MAIL_PORT": str(sink.port), "MAIL_CONNECTIONS": str(connections)}
    since = datetime.now(UTC)
    with Ledger(installation, frozen, since) as ledger:
        with at_work(installation, workers, **relay, **settings) as staff:
            wait_for(lambda: ledger.is_held, staff)
            begun = Usage(database, sink, staff)
            wait_for(lambda: ledger.is_done(left), staff, moves=lambda: ledger.states)
            used = Usage(database, sink, staff).since(begun)
            messages, seconds = ledger.sent
            memory = max(worker.peak_memory for worker in staff)
        if not left and ledger.states != {"accepted": frozen.count}:
            raise RuntimeError(f"{frozen.count} messages had to leave, but the ledger says {ledger.states}")
    return Measured(
        title,
        connections,
        messages,
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
def at_work(installation: Installation, count: int, **settings: str) -> Iterator[list[Child]]:
    """Workers, for as long as the block lasts; what they log stands in the folder of the installation."""
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "mailer", "run"]
    with ExitStack() as stack:
        staff = []
        for number in range(count):
            log = stack.enter_context((installation.folder / f"worker-{number}.log").open("w"))
            worker = running(*command, env=installation.environment(**settings), stdout=log, stderr=log)
            staff.append(stack.enter_context(worker))
        try:
            yield staff
        except Exception as problem:
            words = [(installation.folder / f"worker-{number}.log").read_text()[-1500:] for number in range(count)]
            raise RuntimeError(f"{problem}; the workers' last words: {words}") from problem


def wait_for(is_so: Callable[[], bool], staff: Sequence[Child], *, moves: Callable[[], object] = object) -> None:
    """Look again and again until it is so. Raises RuntimeError when a worker has ended, or nothing `moves` any more."""
    stood, looked_at = moves(), time.monotonic()
    while not is_so():
        if any(worker.has_ended for worker in staff):
            raise RuntimeError("a worker ended by itself")
        if time.monotonic() - looked_at > TIMEOUT:
            before, stood, looked_at = stood, moves(), time.monotonic()
            if moves is object or stood == before:
                raise RuntimeError(f"nothing happened for {TIMEOUT} seconds: {stood}")
        time.sleep(LOOK_EVERY)


def _moment(value: datetime | str) -> datetime:
    return datetime.fromisoformat(value) if isinstance(value, str) else value
