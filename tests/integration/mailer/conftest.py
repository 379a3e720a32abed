"""A relay that the application finds, and workers as real processes."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask

from dordt.mailer.ledger import claiming
from dordt.mailer.worker import delivery_loop
from dordt.shared import clock
from tests.factories.mailer import WRITTEN_AT
from tests.support.relay import Relay

ROOT = Path(__file__).parents[3]
Deliver = Callable[..., None]


@pytest.fixture
def relay(app: Flask, smtp_server: Relay) -> Iterator[Relay]:
    """A relay that this application delivers to."""
    yield from _announced(app, smtp_server)


def _announced(app: Flask, relay: Relay) -> Iterator[Relay]:
    address_file = app.config["MAIL_CATCHER_FILE"]
    address_file.write_text(f"{relay.host}:{relay.port}")
    yield relay
    address_file.unlink()


@pytest.fixture
def deliver(app: Flask) -> Deliver:
    """Deliver what is due at a moment, in this process."""

    def run(at: datetime = WRITTEN_AT + timedelta(seconds=1), seconds: float = 30) -> None:
        stop = threading.Event()
        timer = threading.Timer(seconds, stop.set)
        timer.start()
        claiming.reap(at=at)
        delivery_loop.deliver_due(now=lambda: at, stop=stop, wall=clock.now)
        timer.cancel()
        timer.join()

    return run


@pytest.fixture
def start_worker(app: Flask) -> Iterator[Callable[[], "subprocess.Popen[bytes]"]]:
    """Start real workers on this application's database; those that still run at the end are killed."""
    started: list[subprocess.Popen[bytes]] = []
    environment = os.environ | {
        "DORDT_ENV": "testing",
        "DORDT_DATA_DIR": str(app.config["DATA_DIR"]),
        "DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"],
    }

    def start() -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-m", "flask", "--app", "wsgi", "mailer", "run"]
        started.append(subprocess.Popen(command, cwd=ROOT, env=environment))
        return started[-1]

    yield start
    for worker in started:
        worker.kill()
        worker.wait()


def wait_until(is_so: Callable[[], bool], seconds: float) -> bool:
    """Look again and again until it is so, or the time is up."""
    end = time.monotonic() + seconds
    while not (result := is_so()) and time.monotonic() < end:
        time.sleep(0.2)
    return result
