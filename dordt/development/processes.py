"""Starts the processes of `make run`, watches them, and stops every one of them."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import FrameType

STOP_TIMEOUT = 12.0  # seconds that a process gets to finish its work before it is killed
TICK = 0.2
PARENT_DIED = 1  # PR_SET_PDEATHSIG of Linux


class Interrupted(Exception):  # no error: somebody pressed Ctrl-C
    """Whoever started us wants us to stop."""


class ProcessDied(Exception):
    """A process that had to keep running did not."""


class Processes:
    """A group of named processes that live and die together."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.environment = dict(environment)
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.parent = os.getppid()
        _on_interrupt(_interrupt)

    def start(self, name: str, command: Sequence[str]) -> None:
        """Start one command and go on. It does not hear the terminal's Ctrl-C: we stop it ourselves, in order."""
        self.running[name] = subprocess.Popen(
            command,
            env=self.environment,
            start_new_session=True,
            preexec_fn=_die_with_parent,  # noqa: PLW1509
        )

    def wait_until(self, is_done: Callable[[], bool]) -> None:
        """Wait; raises ProcessDied as soon as a process ends, and Interrupted when we must stop."""
        while not is_done():
            for name, process in self.running.items():
                code = process.poll()
                if code is not None:
                    raise ProcessDied(f"{name} stopped by itself (exit code {code})")
            if os.getppid() != self.parent or _was_interrupted(self.parent):
                raise Interrupted
            time.sleep(TICK)

    def stop(self) -> None:
        """Ask every process to stop, the last started first; kill what does not listen."""
        _on_interrupt(signal.SIG_IGN)
        for process in reversed(self.running.values()):
            _send(process, signal.SIGTERM)
        deadline = time.monotonic() + STOP_TIMEOUT
        for process in self.running.values():
            try:
                process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                _send(process, signal.SIGKILL)
                process.wait()
        self.running.clear()


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    _on_interrupt(signal.SIG_IGN)  # a second Ctrl-C must not cut the tidying short
    raise Interrupted


def _on_interrupt(handler: "signal.Handlers | Callable[[int, FrameType | None], None]") -> None:
    for kind in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(kind, handler)


def _send(process: "subprocess.Popen[bytes]", kind: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        if kind == signal.SIGTERM:
            process.send_signal(kind)  # its own children are its own affair: it drains them
        else:
            os.killpg(process.pid, kind)


def _die_with_parent() -> None:
    """Even when we are killed outright, nothing that we started stays behind (on Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PARENT_DIED, signal.SIGTERM)


def _was_interrupted(parent: int) -> bool:
    """Whether `make` got a Ctrl-C that did not reach us: it then waits for us with the signal blocked (Linux)."""
    about = Path(f"/proc/{parent}")
    try:
        if about.joinpath("comm").read_text().strip() not in {"make", "gmake"}:
            return False
        status = about.joinpath("status").read_text()
    except OSError:
        return False
    blocked = next((line.split()[1] for line in status.splitlines() if line.startswith("SigBlk")), "0")
    return bool(int(blocked, 16) & (1 << (signal.SIGINT - 1)))
