"""Processes of our own: started, measured while they run, and stopped whatever happens."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
TICKS = os.sysconf("SC_CLK_TCK")
STOP_WITHIN = 15  # seconds, after which it is killed


class Child:
    """A process that we started; in a group of its own, so that Ctrl-C reaches it through us only."""

    def __init__(self, *command: str, **options: Any) -> None:
        self._process = subprocess.Popen(command, cwd=ROOT, text=True, process_group=0, **options)
        self.pid, self.input, self.output = self._process.pid, self._process.stdin, self._process.stdout

    @property
    def has_ended(self) -> bool:
        """Whether it is gone, by itself or because we stopped it."""
        return self._process.poll() is not None

    @property
    def cpu(self) -> float:
        """Seconds of processor time so far, of its threads and of the system for them."""
        return cpu_of(self.pid)

    @property
    def peak_memory(self) -> float:
        """The most memory that it held at once, in MB."""
        return peak_memory_of(self.pid)

    def wait(self) -> int:
        """Let it finish; returns its exit code."""
        return self._process.wait()

    def stop(self) -> None:
        """Ask it to end, and end it when it does not."""
        self._process.terminate()
        try:
            self._process.wait(STOP_WITHIN)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        for pipe in (self.input, self.output):
            if pipe:
                pipe.close()


@contextmanager
def running(*command: str, **options: Any) -> Iterator[Child]:
    """A process for as long as the block lasts."""
    child = Child(*command, **options)
    try:
        yield child
    finally:
        child.stop()


def python(*arguments: str, **options: Any) -> str:
    """Run this Python in this tree and return what it printed. Raises RuntimeError when it fails."""
    command = [sys.executable, *arguments]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, **options)
    if answer.returncode:
        raise RuntimeError(f"{' '.join(arguments)} failed: {answer.stderr[-2000:]}")
    return answer.stdout


def cpu_of(pid: int) -> float:
    """Seconds of processor time of one process."""
    return sum(_times(pid)[:2])


def cpu_of_family(pid: int) -> float:
    """Seconds of processor time of a process and of its children, also of those that ended."""
    return sum(_times(pid)) + sum(sum(_times(child)) for child in _children(pid))


def peak_memory_of(pid: int | str) -> float:
    """The most memory that a process held at once, in MB; rusage would count what it was forked from."""
    status = Path(f"/proc/{pid}/status").read_text()
    (kilobytes,) = [line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")]
    return int(kilobytes) / 1024


def end_on_signals() -> None:
    """Let SIGTERM and SIGHUP end this process as Ctrl-C does: everything that was started is stopped."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _end)


def _end(number: int, _frame: object) -> None:
    signal.signal(number, signal.SIG_IGN)  # a second one must not disturb the clearing up (`timeout` sends two)
    sys.exit(1)


def _children(pid: int) -> list[int]:
    others = (int(path.name) for path in Path("/proc").iterdir() if path.name.isdecimal())
    return [other for other in others if _stat(other)[1:2] == [str(pid)]]


def _times(pid: int) -> list[float]:
    """Of itself in user and system mode, then of its children that ended."""
    return [int(field) / TICKS for field in _stat(pid)[11:15]]


def _stat(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []
