"""The same moment in several requests."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from flask import Flask

from dordt.extensions import db


def at_once(app: Flask, *work: Callable[[], Any]) -> list[Any]:
    """Do all of this in threads that start together; answers what each returned, and raises what one raised."""
    db.session.rollback()  # on SQLite the test itself would hold the lock
    begin = Barrier(len(work))

    def run(task: Callable[[], Any]) -> Any:
        with app.app_context():
            begin.wait(timeout=10)
            return task()

    with ThreadPoolExecutor(len(work)) as pool:
        outcomes = list(pool.map(run, work))
    db.session.rollback()
    return outcomes
