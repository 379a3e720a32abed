"""A real mail worker that may be given a place to die."""

import os
import sys
from datetime import timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

from config import settings
from dordt import create_app
from dordt.extensions import db
from dordt.mailer.ledger import claiming, retries
from dordt.mailer.worker import delivery_loop, process
from tools.crash.boundaries import Boundary, watch

LEASE = timedelta(seconds=2)


def run(environment: dict[str, str], log: Path, boundary: Boundary | None) -> None:
    """Be a worker, in this process; what it says goes to the log."""
    with log.open("a") as file:
        for number in (1, 2):
            os.dup2(file.fileno(), number)
    os.environ.clear()
    os.environ.update(environment)
    _hurry()
    app = create_app(settings())
    if boundary:
        with app.app_context():
            watch(db.engine, boundary)
    process.Worker(app).run()


def _hurry() -> None:
    """What takes a minute in earnest takes a second here; the clock itself is the real one."""
    _set(claiming, "LEASE", LEASE)
    _set(delivery_loop, "RENEW_EVERY", LEASE.total_seconds() / 4)
    _set(process, "LOOK_EVERY", 0.2)
    _set(retries, "BACKOFF", (timedelta(seconds=0.5),))


def _set(module: ModuleType, name: str, value: Any) -> None:
    if not hasattr(module, name):
        sys.exit(f"{module.__name__} has no {name} any more: the crash test would wait as long as a real worker does")
    setattr(module, name, value)
