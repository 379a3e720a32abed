"""The worker process: a postman who delivers, and beside him Huey's consumer, which rings his bell."""

import gc
import logging
import signal
import threading
from typing import Any

from flask import Flask
from huey.consumer import Consumer

from dordt.extensions import db
from dordt.mailer import tasks
from dordt.mailer.queue import AppQueue

LOOK_EVERY = 5  # seconds: the ledger is looked at even when nobody rings
STOP_WITHIN = 9  # seconds
logger = logging.getLogger(__name__)


class Worker(Consumer):
    """Runs until SIGTERM, SIGINT or SIGHUP; then writes down what is on its way and ends."""

    def __init__(self, app: Flask) -> None:
        self.queue: AppQueue = app.extensions["queue"]
        super().__init__(self.queue.huey, workers=1, max_delay=1, shutdown_timeout=2, graceful_signal="TERM")
        self._signal_actions = dict.fromkeys((signal.SIGTERM, signal.SIGINT, signal.SIGHUP), (False, True))
        self._postman = threading.Thread(target=_deliver, args=(app, self.queue.bell, self.stop_flag), daemon=True)

    def start(self) -> None:
        """Start the postman too; he looks at the ledger at once."""
        super().start()
        gc.collect()
        gc.freeze()  # what was imported is never garbage: look for it no more
        self._postman.start()

    def stop(self, graceful: bool = False) -> None:
        """Wake everybody, and wait until what was sent has its answer."""
        self.stop_flag.set()
        self.queue.bell.set()
        self._postman.join(STOP_WITHIN)
        super().stop(graceful)

    def check_worker_health(self) -> Any:
        """A postman who died is a fault of ours: end, so that whoever started us starts us anew."""
        if not self._postman.is_alive():
            raise RuntimeError("the postman died")
        return super().check_worker_health()


def _deliver(app: Flask, bell: threading.Event, stop: threading.Event) -> None:
    with app.app_context():
        while not stop.is_set():
            try:
                tasks.deliver_what_is_due(stop)
            except Exception:
                logger.exception("The delivery stopped; the next try is in %d seconds", LOOK_EVERY)
            finally:
                db.session.remove()
            bell.wait(LOOK_EVERY)
            bell.clear()
