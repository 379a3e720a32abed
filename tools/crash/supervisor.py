"""Starts workers, lets them die as it was meant, starts them anew, until nothing is left to send."""

import contextlib
import multiprocessing
import os
import random
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from tools.crash import ledger, worker
from tools.crash.boundaries import Boundary
from tools.crash.fates import AfterSeconds, AfterStall, AtMoment, Fate
from tools.crash.truth import HANG_UP, Deed, Moment, Talk, Truth

LOOK_EVERY = 0.005  # seconds
LOOK_AT_LEDGER_EVERY = 0.1
AFTER_STALL = 0.4  # seconds that it lives on
LONGEST_LIFE = 8.0  # seconds that a worker is given to come to where it must die
READERS = 150  # per worker, each time there is nothing left to send
PIPELINES = 0.8  # of all lives: the relay offers it
GIVE_UP_AFTER = 60.0  # seconds without a kill and without an end

_forks = multiprocessing.get_context("forkserver")
_forks.set_forkserver_preload([worker.__name__])  # a worker starts in a tenth of the time


@dataclass
class Seat:
    """A place where one worker after another works, each with its own end."""

    number: int
    process: ForkServerProcess | None = None
    fate: Fate | None = None
    passed: int = 0  # how often its conversations came to the moment of its fate
    born_at: float = 0.0
    at_work_since: float | None = None
    is_stalled: bool = False

    def kill(self) -> None:
        """From outside, at once."""
        self._send(signal.SIGKILL)

    def stall(self) -> None:
        """Hold it up."""
        self.is_stalled = True
        self._send(signal.SIGSTOP)

    def wake(self) -> None:
        """Let it go on."""
        self.is_stalled = False
        self._send(signal.SIGCONT)

    @property
    def worked(self) -> float:
        """Seconds since it announced its first letter."""
        return time.monotonic() - self.at_work_since if self.at_work_since else 0.0

    @property
    def is_overdue(self) -> bool:
        """Whether its time has come, or it did not come to where it had to die."""
        if isinstance(self.fate, AfterSeconds) and self.at_work_since:
            return self.worked > self.fate.seconds
        return self.fate is not None and time.monotonic() > self.born_at + LONGEST_LIFE

    def _send(self, number: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            if self.process and self.process.pid:
                os.kill(self.process.pid, number)


@dataclass
class Supervisor:
    """Watches over the workers of one installation.

    environment: of a worker, without its relay. Must run inside the application's context.
    """

    truth: Truth
    environment: dict[str, str]
    fates: Iterator[Fate]
    workers: int
    connections: int
    log: Path
    chance: random.Random
    receipts_each: int  # per worker, as often
    after_death: Callable[[], None] | None = None
    deaths: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)  # where a worker had to die and did not come
    readers: int = 0
    receipts: int = 0

    def run(self, kills: int) -> None:
        """Until so many workers were killed and all that was to be sent has ended.

        Raises RuntimeError when a worker ends by itself, or nothing goes on.
        """
        self._kills = kills
        self._seats = [Seat(number) for number in range(self.workers)]
        self.truth.whim = self._whim
        self._add_mail()
        try:
            for seat in self._seats:
                self._start(seat)
            self._watch()
        finally:
            for seat in self._seats:
                seat.kill()
                if seat.process:
                    seat.process.join()

    def _watch(self) -> None:
        looks = _every(LOOK_AT_LEDGER_EVERY)
        while True:
            for seat in self._seats:
                self._look_after(seat)
            is_held_up = any(seat.is_stalled for seat in self._seats)  # and may hold the one lock of SQLite
            if looks() and not is_held_up and ledger.is_finished():
                if len(self.deaths) >= self._kills:
                    return
                self._add_mail()
            if time.monotonic() > self._went_on_at + GIVE_UP_AFTER:
                raise RuntimeError(f"nothing goes on after {len(self.deaths)} kills; see {self.log}")
            time.sleep(LOOK_EVERY)

    def _look_after(self, seat: Seat) -> None:
        assert seat.process is not None
        if not seat.process.is_alive():
            self._bury(seat)
        elif isinstance(seat.fate, AfterStall) and seat.worked > seat.fate.seconds:
            self._hold_up(seat, seat.fate)
        elif seat.is_overdue:
            if not isinstance(seat.fate, AfterSeconds):
                self.missed.append(str(seat.fate))
                seat.fate = AfterSeconds(0)
            seat.kill()

    def _hold_up(self, seat: Seat, fate: AfterStall) -> None:
        if seat.worked < fate.seconds + fate.stall:
            if not seat.is_stalled:
                seat.stall()
        elif seat.is_stalled:
            seat.wake()
        elif seat.worked > fate.seconds + fate.stall + AFTER_STALL:
            seat.kill()

    def _bury(self, seat: Seat) -> None:
        assert seat.process is not None
        if seat.process.exitcode != -signal.SIGKILL or seat.fate is None:
            raise RuntimeError(f"a worker ended by itself with {seat.process.exitcode}; see {self.log}")
        self.deaths.append(str(seat.fate))
        if self.after_death:
            self.after_death()
        self._start(seat)

    def _start(self, seat: Seat) -> None:
        dying = sum(1 for other in self._seats if other is not seat and other.fate)
        seat.fate = next(self.fates) if len(self.deaths) + dying < self._kills else None
        self._went_on_at = time.monotonic()
        seat.passed, seat.at_work_since, seat.is_stalled, seat.born_at = 0, None, False, time.monotonic()
        relay = {"MAIL_SERVER": "127.0.0.1", "MAIL_PORT": str(self.truth.ports[seat.number])}
        environment = self.environment | relay | {"MAIL_CONNECTIONS": str(self.connections)}
        boundary = seat.fate if isinstance(seat.fate, Boundary) else None
        self.truth.pipelining = self.chance.random() < PIPELINES
        seat.process = _forks.Process(target=worker.run, args=(environment, self.log, boundary), daemon=True)
        seat.process.start()

    def _add_mail(self) -> None:
        readers, receipts = READERS * self.workers, self.receipts_each * self.workers
        ledger.add_newsletter(readers, first=self.readers + 1)
        ledger.add_receipts(receipts, first=self.receipts + 1)
        self.readers, self.receipts = self.readers + readers, self.receipts + receipts

    def _whim(self, talk: Talk, moment: Moment) -> Deed | None:
        """Called in the thread of the relay, at each moment of each conversation."""
        seat = self._seats[talk.seat]
        if moment is Moment.MAIL and seat.at_work_since is None:
            seat.at_work_since = time.monotonic()
        if not isinstance(seat.fate, AtMoment) or seat.fate.moment is not moment:
            return None
        seat.passed += 1
        if seat.passed != seat.fate.passing:
            return None
        seat.kill()
        return HANG_UP if moment is Moment.HALFWAY else None  # the rest of it is lost on the way


def _every(seconds: float) -> Callable[[], bool]:
    """A question that is answered with yes once in so many seconds."""
    last = 0.0

    def is_time() -> bool:
        nonlocal last
        if time.monotonic() < last + seconds:
            return False
        last = time.monotonic()
        return True

    return is_time
