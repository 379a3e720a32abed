"""What `make run` does: bring the database up to date, fill it when empty, start everything, and say where to look."""

import ctypes
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import FrameType

from flask_migrate import upgrade
from sqlalchemy.exc import OperationalError

from config import data_dir, settings
from dordt import create_app
from dordt.development.catcher import Catcher
from dordt.development.seed import content
from dordt.development.seed.commands import seed_command
from dordt.extensions import db

STOP_TIMEOUT = 12.0  # seconds that a process gets to finish its work before it is killed
TICK = 0.2
PARENT_DIED = 1  # PR_SET_PDEATHSIG of Linux
FLASK = (sys.executable, "-m", "flask", "--app", "wsgi")
WEB_SERVER = (sys.executable, "-m", "gunicorn", "--config", "deploy/gunicorn.conf.py", "wsgi:app")


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


def main() -> int:
    environment = _settings()
    os.environ.update(environment)
    catcher = _needs_catcher(environment) and Catcher(data_dir())
    processes = Processes(environment)
    try:
        _require_free_port(environment)
        _prepare_database()
        if catcher:
            catcher.start()
        _start(processes)
        _say_where(environment, with_mailbox=bool(catcher))
        processes.wait_until(lambda: False)
    except Interrupted:
        print("\nStopping…", flush=True)
        return 0
    except (ProcessDied, OSError, RuntimeError, OperationalError) as problem:
        print(f"\nStopping: {str(problem).rstrip('.')}.", file=sys.stderr)
        return 1
    finally:
        processes.stop()
        if catcher:
            catcher.stop()
    return 0


def _settings() -> dict[str, str]:
    defaults = {"DORDT_ENV": "development", "HOST": "127.0.0.1", "PORT": "8000"}
    given = {name: value for name, value in os.environ.items() if value or name not in defaults}
    return {**defaults, **given, "PYTHONUNBUFFERED": "1"}


def _needs_catcher(environment: dict[str, str]) -> bool:
    return environment["DORDT_ENV"] == "development" and not environment.get("MAIL_SERVER")


def _require_free_port(environment: dict[str, str]) -> None:
    host, port = environment["HOST"], environment["PORT"]
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        socket.create_server((host, int(port)), family=family).close()
    except (OSError, OverflowError, ValueError) as problem:
        reason = getattr(problem, "strerror", None) or problem
        raise OSError(f"port {port} of {host} cannot be used ({reason}); choose another: PORT=8001 make run") from None


def _prepare_database() -> None:
    """Migrate, and fill an empty database with demo content in development; here, for a new process costs a second."""
    app = create_app(settings())
    with app.app_context():
        upgrade()
        if app.config["ENVIRONMENT"] == "development" and content.is_empty():
            seed_command.main([], standalone_mode=False)
        db.session.remove()
        db.engine.dispose()


def _start(processes: Processes) -> None:
    processes.start("the web server", WEB_SERVER)
    processes.start("the mail worker", (*FLASK, "mailer", "run"))
    processes.wait_until(lambda: _answers(processes.environment))


def _answers(environment: dict[str, str]) -> bool:
    try:
        with urllib.request.urlopen(f"{_address(environment)}/healthz", timeout=2) as answer:  # noqa: S310  (our own)
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _address(environment: dict[str, str]) -> str:
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(environment["HOST"], environment["HOST"])  # noqa: S104
    return f"http://{host}:{environment['PORT']}"


def _say_where(environment: dict[str, str], *, with_mailbox: bool) -> None:
    site = _address(environment)
    print(f"\nDordt aan Zet is ready.\n\n  Site      {site}/\n  Staff     {site}/beheer/")
    login = _staff_login(data_dir() / "staff-login")
    if login:
        print(f"            {login['email']}  password: {login['password']}")
    if with_mailbox:
        print(f"  Mailbox   {site}/postvak/   (every mail that the site sends)")
    print(f"  Data      {data_dir()}\n\nCtrl-C stops everything.\n", flush=True)


def _staff_login(path: Path) -> dict[str, str] | None:
    """Address and password of the first administrator that the demo content made."""
    members = json.loads(path.read_text()) if path.exists() else []
    return next((member for member in members if member["role"] == "beheerder"), None)


if __name__ == "__main__":
    sys.exit(main())
