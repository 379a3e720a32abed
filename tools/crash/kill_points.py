"""Where or when a worker is killed."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle, islice

from tools.crash.boundaries import Boundary, Side, Step
from tools.crash.relay import Stage

EARLIEST, LATEST = 0.02, 0.5  # seconds of work, before a random kill
STALL = (2.0, 2.6)  # seconds: what a lease lasts here, and while others work on what was taken back
SPREAD = 25  # messages or commits, of which any may be the last


@dataclass(frozen=True)
class AfterSeconds:
    """Killed from outside, so long after its first message was announced."""

    seconds: float

    def __str__(self) -> str:
        return f"after {self.seconds:.2f} s of work"


@dataclass(frozen=True)
class AfterStall:
    """Held up from outside so long that its leases run out, let go on, and then killed."""

    seconds: float  # of work before it
    stall: float  # seconds

    def __str__(self) -> str:
        return f"after {self.seconds:.2f} s of work and a stall of {self.stall:.2f} s"


@dataclass(frozen=True)
class AtStage:
    """Killed from outside at the n-th time that its sessions come to a stage."""

    stage: Stage
    passing: int

    def __str__(self) -> str:
        return f"at {self.stage} {self.passing}"


KillPoint = AfterSeconds | AfterStall | AtStage | Boundary

OFTEN = (Step.MARK, Step.RECORD)  # passed with every message; the others a few times in a life
PLACES: tuple[tuple[Step, Side] | Stage, ...] = (  # a reaper finds something after a death that left messages under way
    *((Step.MARK, Side.AFTER), (Step.REAP, Side.AFTER), Stage.ANSWERED, (Step.MARK, Side.BEFORE)),
    *(Stage.STORED, (Step.REAP, Side.BEFORE), (Step.RECORD, Side.AFTER), Stage.DOT, (Step.RECORD, Side.BEFORE)),
    *(Stage.HALFWAY, (Step.CLAIM, Side.AFTER), Stage.DATA, (Step.CLAIM, Side.BEFORE), Stage.RCPT),
    *((Step.RENEW, Side.AFTER), Stage.MAIL, (Step.RENEW, Side.BEFORE)),
    *((Step.GIVE_BACK, Side.AFTER), (Step.GIVE_BACK, Side.BEFORE)),
)


def random_points(chance: random.Random) -> Iterator[KillPoint]:
    """At random moments."""
    while True:
        yield AfterSeconds(chance.uniform(EARLIEST, LATEST))


def stall_points(chance: random.Random) -> Iterator[KillPoint]:
    """At random moments, and not at once."""
    while True:
        yield AfterStall(chance.uniform(EARLIEST, LATEST), chance.uniform(*STALL))


def boundary_points(chance: random.Random, *, first: int = 0) -> Iterator[KillPoint]:
    """At each state boundary in turn, beginning with the one that has this number."""
    for place in islice(cycle(PLACES), first, None):
        if isinstance(place, Stage):
            yield AtStage(place, chance.randint(1, SPREAD))
        else:
            yield Boundary(*place, passing=chance.randint(1, SPREAD) if place[0] in OFTEN else 1)
