"""Starts workers, kills them at their kill points and starts them again, until nothing is left to send."""

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
from tools.crash.kill_points import AfterSeconds, AfterStall, AtStage, KillPoint
from tools.crash.relay import HANG_UP, Action, FakeRelay, SmtpSession, Stage

LOOK_EVERY = 0.005  # seconds
LOOK_AT_LEDGER_EVERY = 0.1
AFTER_STALL = 0.4  # seconds that it lives on
LONGEST_LIFE = 8.0  # seconds that a worker is given to come to where it must die; more where others keep it waiting
READERS = 150  # per worker, each time there is nothing left to send
PIPELINES = 0.8  # of all lives: the relay offers it
GIVE_UP_AFTER = 60.0  # seconds without a kill and without an end

_forks = multiprocessing.get_context("forkserver")
_forks.set_forkserver_preload([worker.__name__])  # a worker starts in a tenth of the time


@dataclass
class Slot:
    """A slot for a worker: each is followed by another, with a kill point of its own."""

    number: int
    longest_life: float  # seconds
    process: ForkServerProcess | None = None
    kill_point: KillPoint | None = None
    passed: int = 0  # how often its sessions came to the stage of its kill point
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
        """Seconds since it announced its first message."""
        return time.monotonic() - self.at_work_since if self.at_work_since else 0.0

    @property
    def is_overdue(self) -> bool:
        """Whether its time has come, or it did not come to where it had to die."""
        if isinstance(self.kill_point, AfterSeconds) and self.at_work_since:
            return self.worked > self.kill_point.seconds
        return self.kill_point is not None and time.monotonic() > self.born_at + self.longest_life

    def _send(self, number: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            if self.process and self.process.pid:
                os.kill(self.process.pid, number)


@dataclass
class Supervisor:
    """Watches over the workers of one installation.

    environment: of a worker, without its relay. Must run inside the application's context.
    """

    relay: FakeRelay
    environment: dict[str, str]
    kill_points: Iterator[KillPoint]
    workers: int
    connections: int
    log: Path
    chance: random.Random
    receipts_each: int  # per worker, as often
    after_death: Callable[[], None] | None = None
    longest_life: float = LONGEST_LIFE
    deaths: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)  # where a worker had to die and did not come
    readers: int = 0
    receipts: int = 0

    def run(self, kills: int) -> None:
        """Until so many workers were killed and all that was to be sent has ended.

        Raises RuntimeError when a worker ends by itself, or nothing goes on.
        """
        self._kills = kills
        self._slots = [Slot(number, self.longest_life) for number in range(self.workers)]
        self.relay.behaviour = self._behave
        self._add_mail()
        try:
            for slot in self._slots:
                self._start(slot)
            self._watch()
        finally:
            for slot in self._slots:
                slot.kill()
                if slot.process:
                    slot.process.join()

    def _watch(self) -> None:
        looks = _every(LOOK_AT_LEDGER_EVERY)
        while True:
            for slot in self._slots:
                self._look_after(slot)
            is_held_up = any(slot.is_stalled for slot in self._slots)  # and may hold the one lock of SQLite
            if looks() and not is_held_up and ledger.is_finished():
                if len(self.deaths) >= self._kills:
                    return
                self._add_mail()
            if time.monotonic() > self._went_on_at + GIVE_UP_AFTER + self.longest_life:
                raise RuntimeError(f"nothing goes on after {len(self.deaths)} kills; see {self.log}")
            time.sleep(LOOK_EVERY)

    def _look_after(self, slot: Slot) -> None:
        assert slot.process is not None
        if not slot.process.is_alive():
            self._replace(slot)
        elif isinstance(slot.kill_point, AfterStall) and slot.worked > slot.kill_point.seconds:
            self._hold_up(slot, slot.kill_point)
        elif slot.is_overdue:
            if not isinstance(slot.kill_point, AfterSeconds):
                self.missed.append(str(slot.kill_point))
                slot.kill_point = AfterSeconds(0)
            slot.kill()

    def _hold_up(self, slot: Slot, kill_point: AfterStall) -> None:
        if slot.worked < kill_point.seconds + kill_point.stall:
            if not slot.is_stalled:
                slot.stall()
        elif slot.is_stalled:
            slot.wake()
        elif slot.worked > kill_point.seconds + kill_point.stall + AFTER_STALL:
            slot.kill()

    def _replace(self, slot: Slot) -> None:
        assert slot.process is not None
        if slot.process.exitcode != -signal.SIGKILL or slot.kill_point is None:
            raise RuntimeError(f"a worker ended by itself with {slot.process.exitcode}; see {self.log}")
        self.deaths.append(str(slot.kill_point))
        if self.after_death:
            self.after_death()
        self._start(slot)

    def _start(self, slot: Slot) -> None:
        dying = sum(1 for other in self._slots if other is not slot and other.kill_point)
        slot.kill_point = next(self.kill_points) if len(self.deaths) + dying < self._kills else None
        self._went_on_at = time.monotonic()
        slot.passed, slot.at_work_since, slot.is_stalled, slot.born_at = 0, None, False, time.monotonic()
        relay_settings = {"MAIL_SERVER": "127.0.0.1", "MAIL_PORT": str(self.relay.ports[slot.number])}
        environment = self.environment | relay_settings | {"MAIL_CONNECTIONS": str(self.connections)}
        boundary = slot.kill_point if isinstance(slot.kill_point, Boundary) else None
        self.relay.pipelining = self.chance.random() < PIPELINES
        slot.process = _forks.Process(target=worker.run, args=(environment, self.log, boundary), daemon=True)
        slot.process.start()

    def _add_mail(self) -> None:
        readers, receipts = READERS * self.workers, self.receipts_each * self.workers
        ledger.add_newsletter(readers, first=self.readers + 1)
        ledger.add_receipts(receipts, first=self.receipts + 1)
        self.readers, self.receipts = self.readers + readers, self.receipts + receipts

    def _behave(self, session: SmtpSession, stage: Stage) -> Action | None:
        """Called in the thread of the relay, at each stage of each session."""
        slot = self._slots[session.slot]
        if stage is Stage.MAIL and slot.at_work_since is None:
            slot.at_work_since = time.monotonic()
        if not isinstance(slot.kill_point, AtStage) or slot.kill_point.stage is not stage:
            return None
        slot.passed += 1
        if slot.passed != slot.kill_point.passing:
            return None
        slot.kill()
        return HANG_UP if stage is Stage.HALFWAY else None  # the rest of it is lost on the way


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
