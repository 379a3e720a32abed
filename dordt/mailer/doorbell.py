"""The bell that wakes the worker: the ledger is the truth, losing a ring loses nothing."""

from dordt.extensions import db

WAITING = "post_waiting"


def announce() -> None:
    """Ring once the present transaction has been committed; forgotten when it is rolled back."""
    db.session.info[WAITING] = True
