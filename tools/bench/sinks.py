"""Where the mail goes: each sink is a process of its own on a free port, and takes everything."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from tools.bench.processes import Child, running

SEARCHED = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"])
SESSIONS, BACKLOG = "500", "500"


class Sink:
    """A sink that runs; one that `is_far` answers late."""

    def __init__(self, name: str, port: int, process: Child, *, is_far: bool = False) -> None:
        self.name, self.port, self.process, self.is_far = name, port, process, is_far


class CountingSink(Sink):
    """Our own: it knows what came in."""

    def tally(self) -> dict[str, Any]:
        """What came in since the last call: messages, recipients, connections, octets of the last message, seconds."""
        assert self.process.input
        self.process.input.write("?\n")
        self.process.input.flush()
        counts: dict[str, Any] = json.loads(_line(self.process))
        return counts


def find(program: str) -> str | None:
    """Where a program of Postfix stands, if it is installed."""
    return shutil.which(program, path=SEARCHED)


@contextmanager
def postfix_sink() -> Iterator[Sink]:
    """Postfix's own `smtp-sink`."""
    program, port = find("smtp-sink"), _free_port()
    if program is None:
        raise RuntimeError("smtp-sink is missing")
    user = ["-u", "nobody"] if os.geteuid() == 0 else []
    with running(program, *user, "-m", SESSIONS, f"127.0.0.1:{port}", BACKLOG, stdout=subprocess.DEVNULL) as process:
        _wait_for(port, process)
        yield Sink("smtp-sink", port, process)


@contextmanager
def counting_sink(*, delay: int = 0) -> Iterator[CountingSink]:
    """Our own sink; `delay`: milliseconds between what comes in and what it says to that."""
    module = ["tools.bench.slow_sink", str(delay)] if delay else ["tools.bench.sink"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with running(sys.executable, "-m", *module, **pipes) as process:
        yield CountingSink("our own sink", int(_line(process)), process, is_far=delay > 0)


def main_sink() -> AbstractContextManager[Sink]:
    """The fastest that this machine has."""
    return postfix_sink() if find("smtp-sink") else counting_sink()


def _line(process: Child) -> str:
    assert process.output
    return process.output.readline()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(port: int, process: Child) -> None:
    for _ in range(100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        if process.has_ended:
            break
        time.sleep(0.05)
    raise RuntimeError("smtp-sink did not start")
