"""`make run` stops everything it started, however it is told to."""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
SUPERVISOR = """
import os, sys
from dordt.development.run import Interrupted, ProcessDied, Processes
processes = Processes(os.environ)
try:
    for name, command in {"steady": "sleep 100", **dict(pair.split("=") for pair in sys.argv[1:])}.items():
        processes.start(name, command.split())
        print(processes.running[name].pid, flush=True)
    processes.wait_until(lambda: False)
except Interrupted:
    print("interrupted", flush=True)
except ProcessDied as died:
    sys.exit(str(died))
finally:
    processes.stop()
"""


def supervise(*commands: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", SUPERVISOR, *commands]
    return subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )


def hear_ctrl_c() -> None:
    """A shell that starts the tests in the background lets them, and make, ignore it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def supervise_under_make(folder: Path) -> "subprocess.Popen[str]":
    (folder / "supervisor.py").write_text(f"import sys\nsys.path.insert(0, {str(ROOT)!r})\n{SUPERVISOR}")
    (folder / "Makefile").write_text(f"run:\n\t@exec {sys.executable} supervisor.py\n")
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    return subprocess.Popen(
        ["make", "run"],  # noqa: S607
        cwd=folder,
        preexec_fn=hear_ctrl_c,
        env=ours,  # as typed by hand, also when the tests themselves run under make
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def first_child(supervisor: "subprocess.Popen[str]") -> int:
    assert supervisor.stdout
    return int(supervisor.stdout.readline())


def is_gone(pid: int, seconds: float = 5) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with suppress(ProcessLookupError):
            os.kill(pid, 0)
            if "State:\tZ" not in Path(f"/proc/{pid}/status").read_text():
                time.sleep(0.05)
                continue
        return True
    return False


@pytest.mark.parametrize("kind", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=lambda kind: kind.name)
def test_a_signal_stops_everything_and_is_no_failure(kind):
    supervisor = supervise()
    child = first_child(supervisor)

    supervisor.send_signal(kind)
    printed, _ = supervisor.communicate(timeout=60)

    assert printed == "interrupted\n"
    assert supervisor.returncode == 0
    assert is_gone(child)


def test_a_process_that_dies_is_named_and_takes_the_others_along():
    supervisor = supervise("the short one=false")
    child = first_child(supervisor)

    _, told = supervisor.communicate(timeout=60)

    assert told.strip() == "the short one stopped by itself (exit code 1)"
    assert supervisor.returncode != 0
    assert is_gone(child)


@pytest.mark.parametrize("kind", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL], ids=lambda kind: kind.name)
def test_a_signal_that_only_make_got_stops_everything_too(tmp_path, kind):
    make = supervise_under_make(tmp_path)
    child = first_child(make)

    make.send_signal(kind)
    make.communicate(timeout=60)

    assert is_gone(child)


def test_nothing_stays_behind_when_the_supervisor_is_killed():
    supervisor = supervise()
    child = first_child(supervisor)

    supervisor.kill()
    supervisor.communicate(timeout=60)

    assert is_gone(child)
