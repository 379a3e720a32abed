"""A relay that the application finds, and mail workers: in this process, or as processes of their own."""

import multiprocessing
import os
import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from flask import Flask

from config import settings
from dordt import create_app
from dordt.mailer.ledger import claiming
from dordt.mailer.worker import delivery_loop, process
from dordt.shared import clock
from tests.factories.mailer import WRITTEN_AT
from tests.support.relay import Relay

Deliver = Callable[..., None]
_forks = multiprocessing.get_context("forkserver")
_forks.set_forkserver_preload([__name__])  # everything is imported once, and not by each worker


class WorkerProcess:
    """A process that does what `flask mailer run` does, by the interface of subprocess.Popen."""

    def __init__(self, environment: dict[str, str], look_every: float) -> None:
        self._process = _forks.Process(target=_work, args=(environment, look_every))
        self._process.start()

    def send_signal(self, number: int) -> None:
        """Send a signal, unless it has ended already."""
        if self._process.is_alive() and self._process.pid:
            os.kill(self._process.pid, number)

    def kill(self) -> None:
        """End it at once, as a crash would."""
        self._process.kill()

    def wait(self, timeout: float | None = None) -> int | None:
        """The exit code, negative for a signal; None when it still runs after so many seconds."""
        self._process.join(timeout)
        return self._process.exitcode


StartWorker = Callable[..., WorkerProcess]


def _work(environment: dict[str, str], look_every: float) -> None:
    process.LOOK_EVERY = look_every
    os.environ.clear()
    os.environ.update(environment)
    process.Worker(create_app(settings())).run()


@pytest.fixture
def relay(app: Flask, smtp_server: Relay) -> Iterator[Relay]:
    """A relay that this application delivers to."""
    address_file = app.config["MAIL_CATCHER_FILE"]
    address_file.write_text(f"{smtp_server.host}:{smtp_server.port}")
    yield smtp_server
    address_file.unlink()


@pytest.fixture
def deliver(app: Flask) -> Deliver:
    """Deliver what is due at a moment, in this process."""

    def run(at: datetime = WRITTEN_AT + timedelta(seconds=1), seconds: float = 60) -> None:
        stop = threading.Event()
        timer = threading.Timer(seconds, stop.set)
        timer.start()
        claiming.reap(at=at)
        delivery_loop.deliver_due(now=lambda: at, stop=stop, wall=clock.now)
        timer.cancel()
        timer.join()

    return run


@pytest.fixture
def start_worker(app: Flask) -> Iterator[StartWorker]:
    """Start real workers on this application's database; those that still run at the end are killed.

    look_every: seconds between two looks without a wake-up; so many that only a wake-up can make it look.
    """
    started: list[WorkerProcess] = []

    def start(look_every: float = process.LOOK_EVERY) -> WorkerProcess:
        own = {
            "DORDT_ENV": "testing",
            "DORDT_DATA_DIR": str(app.config["DATA_DIR"]),
            "DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"],
        }
        started.append(WorkerProcess({**os.environ, **own}, look_every))
        return started[-1]

    yield start
    for worker in started:
        worker.kill()
        worker.wait()


def wait_until(is_so: Callable[[], bool], seconds: float) -> bool:
    """Look again and again until it is so, or the time is up."""
    end = time.monotonic() + seconds
    while not (result := is_so()) and time.monotonic() < end:
        time.sleep(0.1)
    return result
