"""A newsletter to very many: how long freezing takes, whether claims stay quick, and what a worker keeps in memory."""

import json
from dataclasses import dataclass

from tools.bench import ours
from tools.bench.installations import Database, Frozen, Installation
from tools.bench.measured import Measured
from tools.bench.processes import python
from tools.bench.sinks import Sink

SENT = 20_000  # messages that a real worker sends at the start, and again at the end
SMALL = 1_000
CONNECTIONS = 10


@dataclass(frozen=True)
class Million:
    """What was found on one database."""

    database: str
    people: int
    freeze: float  # seconds
    first: float  # seconds per claim of 500, of the first tenth
    last: float
    counting: float  # seconds for the progress of it
    at_start: Measured  # by a real worker
    at_end: Measured
    small_memory: float  # MB of a worker that sent to 1,000

    def __str__(self) -> str:
        return (
            f"{self.people:,} subscribers on {self.database}: frozen in {self.freeze:.1f} s; a claim of 500 takes "
            f"{self.first * 1000:.1f} ms at the start and {self.last * 1000:.1f} ms at the end; the progress is "
            f"counted in {self.counting * 1000:.0f} ms\n  {self.at_start}\n  {self.at_end}\n"
            f"  a worker that sent to {SMALL:,} held {self.small_memory:.0f} MB"
        )


def measure(database: Database, sink: Sink, *, people: int = 1_000_000) -> Million:
    """Send the first ones, claim through the middle, send the last ones. Raises RuntimeError when it goes wrong."""
    small = ours.measure(database, sink, messages=SMALL, connections=CONNECTIONS)
    with database.installation(people) as installation:
        frozen = installation.freeze()
        start = _send(database, sink, installation, frozen, left=people - SENT, moment="at the start")
        claims = json.loads(python("-m", "tools.bench.claims", str(SENT), env=installation.environment()))
        end = _send(database, sink, installation, frozen, left=0, moment="at the end")
    return Million(
        database.name,
        people,
        frozen.seconds,
        claims["first"],
        claims["last"],
        claims["counting"],
        start,
        end,
        small.memory,
    )


def _send(
    database: Database, sink: Sink, installation: Installation, frozen: Frozen, *, left: int, moment: str
) -> Measured:
    return ours.send(
        database,
        sink,
        installation,
        frozen,
        connections=CONNECTIONS,
        left=left,
        title=f"ours, {database.name}, {moment}",
    )
