"""What the worker does by itself; each task may run twice, or on two machines at once, without harm."""

import threading
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from dordt.extensions import db
from dordt.mailer.ledger import claiming
from dordt.mailer.worker import delivery_loop
from dordt.mailer.worker.problems import log_problem
from dordt.shared import clock
from dordt.shared.database import reading

Work = Callable[[], object]
Job = Callable[[threading.Event], object]
_every_minute: dict[str, Work] = {}
_after_delivery: dict[str, Work] = {}
_background_jobs: dict[str, Job] = {}


def every_minute(function: Work) -> None:
    """Let the worker call a function of a domain every minute, in the application's context.

    Every worker does so: the function takes its work by a conditional UPDATE, and commits by itself.
    """
    _every_minute[_name(function)] = function


def after_delivery(function: Work) -> None:
    """Let the worker call a function of a domain each time it has sent what was due, on the terms of `every_minute`."""
    _after_delivery[_name(function)] = function


def background_job(function: Job) -> None:
    """Let the worker do long work of a domain, in a thread of its own: no mail and no plan waits for it.

    It is called after `wakeup.enqueue(wakeup.JOBS)`, when a worker starts and every few seconds, in every worker: it
    takes its work by a conditional UPDATE, commits in short steps, and ends between two of them once the event is set.
    """
    _background_jobs[_name(function)] = function


def run_background_jobs(stop: threading.Event) -> None:
    """Let each domain do the long work that waits."""
    _run("Background job", (partial(function, stop) for function in _background_jobs.values()))


def deliver_what_is_due(stop: threading.Event) -> None:
    """Take back what dead workers held, then send all that is due."""
    with reading():
        has_work = claiming.has_work(at=clock.now())
        db.session.rollback()
    if has_work:
        claiming.reap(at=clock.now())
        delivery_loop.deliver_due(now=clock.now, stop=stop)
        _run("Task", _after_delivery.values())


def run_every_minute() -> None:
    """Reap, and do what the domains registered."""
    _run("Task", (take_back_expired_leases, *_every_minute.values()))


def _run(kind: str, work: Iterable[Work]) -> None:
    """One that fails does not keep the others from their turn."""
    for function in work:
        try:
            function()
        except Exception as problem:
            log_problem(f"{kind} {_name(function)}", "skipped until its next run", problem)
        finally:
            db.session.remove()


def _name(function: Callable[..., Any]) -> str:
    if isinstance(function, partial):
        function = function.func
    return f"{function.__module__}.{function.__qualname__}"


def take_back_expired_leases() -> None:
    claiming.reap(at=clock.now())
