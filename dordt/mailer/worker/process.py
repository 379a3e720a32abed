"""The worker process: the delivery loop and the job runner in a thread each, and Huey's consumer, which wakes them."""

import gc
import signal
import threading
import time
from collections.abc import Callable
from typing import Any

from flask import Flask
from huey.consumer import Consumer

from dordt.extensions import db
from dordt.mailer.worker import tasks
from dordt.mailer.worker.problems import log_problem, take_over_log_of_queue
from dordt.mailer.worker.wakeup import AppQueue, Wakeup

LOOK_EVERY = 5  # seconds: the ledger is looked at without a wake-up, too
LOOK_FOR_JOBS_EVERY = 15  # seconds
STOP_WITHIN = 9  # seconds
Work = Callable[[threading.Event], None]


class Worker(Consumer):
    """Runs until SIGTERM, SIGINT or SIGHUP; then writes down what is on its way and ends."""

    def __init__(self, app: Flask) -> None:
        take_over_log_of_queue()
        self.queue: AppQueue = app.extensions["queue"]
        super().__init__(self.queue.huey, workers=1, max_delay=1, shutdown_timeout=2, graceful_signal="TERM")
        self._signal_actions = dict.fromkeys((signal.SIGTERM, signal.SIGINT, signal.SIGHUP), (False, True))
        self._threads = (
            self._thread(app, "Delivery loop", tasks.deliver_what_is_due, Wakeup.DELIVERY, LOOK_EVERY),
            self._thread(app, "Job runner", tasks.run_background_jobs, Wakeup.JOBS, LOOK_FOR_JOBS_EVERY),
        )

    def _thread(self, app: Flask, name: str, work: Work, wakeup: Wakeup, every: float) -> threading.Thread:
        args = (work, app, self.queue.events[wakeup], every, self.stop_flag)
        return threading.Thread(target=_repeat, name=name, args=args, daemon=True)

    def start(self) -> None:
        """Start the other two; they look for work at once."""
        super().start()
        gc.collect()
        gc.freeze()  # what was imported is never garbage: look for it no more
        for thread in self._threads:
            thread.start()

    def stop(self, graceful: bool = False) -> None:
        """Wake everybody, and wait until what was sent has its answer."""
        self.stop_flag.set()
        for event in self.queue.events.values():
            event.set()
        give_up_at = time.monotonic() + STOP_WITHIN
        for thread in self._threads:
            thread.join(max(0.0, give_up_at - time.monotonic()))
        super().stop(graceful)

    def check_worker_health(self) -> Any:
        """A thread of ours that died is a fault of ours: end, so that whoever started us starts us again."""
        for thread in self._threads:
            if not thread.is_alive():
                raise RuntimeError(f"{thread.name}: its thread died, the worker ends")
        return super().check_worker_health()


def _repeat(work: Work, app: Flask, event: threading.Event, every: float, stop: threading.Event) -> None:
    name = threading.current_thread().name
    with app.app_context():
        while not stop.is_set():
            try:
                work(stop)
            except Exception as problem:
                log_problem(name, f"restarting in {every} s", problem)
            finally:
                db.session.remove()
            event.wait(every)
            event.clear()
