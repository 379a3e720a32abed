"""The worker process: a postman who delivers, a runner of errands, and Huey's consumer, which rings their bells."""

import gc
import logging
import signal
import threading
import time
from collections.abc import Callable
from typing import Any

from flask import Flask
from huey.consumer import Consumer

from dordt.extensions import db
from dordt.mailer.worker import tasks
from dordt.mailer.worker.queue import AppQueue

LOOK_EVERY = 5  # seconds: the ledger is looked at even when nobody rings
LOOK_FOR_ERRANDS_EVERY = 15  # seconds
STOP_WITHIN = 9  # seconds
Work = Callable[[threading.Event], None]
logger = logging.getLogger(__name__)


class Worker(Consumer):
    """Runs until SIGTERM, SIGINT or SIGHUP; then writes down what is on its way and ends."""

    def __init__(self, app: Flask) -> None:
        self.queue: AppQueue = app.extensions["queue"]
        super().__init__(self.queue.huey, workers=1, max_delay=1, shutdown_timeout=2, graceful_signal="TERM")
        self._signal_actions = dict.fromkeys((signal.SIGTERM, signal.SIGINT, signal.SIGHUP), (False, True))
        self._postman = self._thread(app, tasks.deliver_what_is_due, self.queue.bell, LOOK_EVERY)
        self._runner = self._thread(app, tasks.run_errands, self.queue.errand_bell, LOOK_FOR_ERRANDS_EVERY)

    def _thread(self, app: Flask, work: Work, bell: threading.Event, every: float) -> threading.Thread:
        return threading.Thread(target=_do, args=(work, app, bell, every, self.stop_flag), daemon=True)

    def start(self) -> None:
        """Start the other two; they look for work at once."""
        super().start()
        gc.collect()
        gc.freeze()  # what was imported is never garbage: look for it no more
        self._postman.start()
        self._runner.start()

    def stop(self, graceful: bool = False) -> None:
        """Wake everybody, and wait until what was sent has its answer."""
        self.stop_flag.set()
        self.queue.bell.set()
        self.queue.errand_bell.set()
        give_up_at = time.monotonic() + STOP_WITHIN
        for thread in (self._postman, self._runner):
            thread.join(max(0.0, give_up_at - time.monotonic()))
        super().stop(graceful)

    def check_worker_health(self) -> Any:
        """A thread of ours that died is a fault of ours: end, so that whoever started us starts us anew."""
        if not self._postman.is_alive():
            raise RuntimeError("the postman died")
        if not self._runner.is_alive():
            raise RuntimeError("the runner of errands died")
        return super().check_worker_health()


def _do(work: Work, app: Flask, bell: threading.Event, every: float, stop: threading.Event) -> None:
    with app.app_context():
        while not stop.is_set():
            try:
                work(stop)
            except Exception:
                logger.exception("%s stopped; the next try is in %d seconds", work.__name__, every)
            finally:
                db.session.remove()
            bell.wait(every)
            bell.clear()
