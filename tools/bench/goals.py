"""What we want of the mailer, and whether a run has shown it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tools.bench.mail import Findings
from tools.bench.measured import Measured
from tools.bench.million import Million

OF_SOURCE, OF_PLAIN, OF_PLAIN_FAR, OF_ONE_WORKER = 1.0, 15, 90, 1.6  # how many times as fast
FREEZE = {"SQLite": 5, "PostgreSQL": 20}  # seconds
MEMORY, GROWTH = 150, 1.15  # MB; how many times what a small audience takes
SLOWER = 1.5  # how many times as long a claim may take at the end: more than chance on a busy machine


@dataclass(frozen=True)
class Goal:
    """One of them."""

    what: str
    wanted: str
    got: str
    met: bool

    @property
    def is_met(self) -> str:
        """In a word."""
        return "yes" if self.met else "no"


def best(found: Sequence[Measured]) -> float | None:
    """The highest rate, if anything was measured."""
    return max((one.rate for one in found), default=None)


def of(found: Findings) -> list[Goal]:
    """Those that this run can say something about."""
    return [*_speed(found), *_far(found), *(goal for one in found.millions for goal in _million(one))]


def _speed(found: Findings) -> Iterator[Goal]:
    ours = best([one for one in found.ours if "SQLite" in one.name])
    for name, others, wanted in (
        ("smtp-source", found.source, OF_SOURCE),
        ("a plain Flask-Mail loop", found.plain, OF_PLAIN),
    ):
        yield from _times(f"ours on SQLite and {name}, both at their best", ours, best(others), wanted)


def _far(found: Findings) -> Iterator[Goal]:
    most = max(found.plan.far)
    title = f"{found.plan.delay} ms per answer"
    widest = best([one for one in found.far_ours if one.connections == most])
    name = f"{title}: ours with {most} connections and the plain loop on one"
    yield from _times(name, widest, best(found.far_plain), OF_PLAIN_FAR)
    pairs = [one for one in found.far_ours if "PostgreSQL" in one.name and one.connections < most]
    one, two = (best([row for row in pairs if f", {count} worker" in row.name]) for count in (1, 2))
    yield from _times(f"{title}: two workers on PostgreSQL and one", two, one, OF_ONE_WORKER)


def _million(one: Million) -> Iterator[Goal]:
    where = f"{one.people:,} subscribers on {one.database}"
    limit, small = FREEZE[one.database], one.small_memory
    yield Goal(f"{where}: freezing", f"< {limit} s", f"{one.freeze:.1f} s", one.freeze < limit)
    memory = max(one.at_start.memory, one.at_end.memory)
    yield Goal(f"{where}: memory of a worker", f"< {MEMORY} MB", f"{memory:.0f} MB", memory < MEMORY)
    ratio = memory / small
    yield Goal(f"{where}: that memory and the one for a small audience", "no growth", f"{ratio:.2f} ×", ratio < GROWTH)
    slower = one.last / one.first
    yield Goal(f"{where}: a claim at the end and at the start", "as fast", f"{slower:.2f} × the time", slower < SLOWER)


def _times(what: str, ours: float | None, theirs: float | None, wanted: float) -> Iterator[Goal]:
    if ours and theirs:
        yield Goal(what, f"≥ {wanted} ×", f"{ours / theirs:.2f} ×", ours / theirs >= wanted)
