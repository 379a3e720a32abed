"""What `make run` does: bring the database up to date, fill it when empty, start everything, and say where to look."""

import json
import os
import socket
import sys
import urllib.error
import urllib.request
from pathlib import Path

from flask_migrate import upgrade
from sqlalchemy.exc import OperationalError

from config import data_dir, settings
from dordt import create_app
from dordt.development.catcher import Catcher
from dordt.development.processes import Interrupted, ProcessDied, Processes
from dordt.development.seed import content
from dordt.development.seed.commands import seed_command
from dordt.extensions import db

FLASK = (sys.executable, "-m", "flask", "--app", "wsgi")
WEB_SERVER = (sys.executable, "-m", "gunicorn", "--config", "deploy/gunicorn.conf.py", "wsgi:app")


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
