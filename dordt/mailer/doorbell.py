"""The bell that wakes the worker: the ledger is the truth, losing a ring loses nothing."""

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.orm import Session

from dordt.extensions import db, queue

WAITING = "post_waiting"


def announce() -> None:
    """Ring once the present transaction has been committed; forgotten when it is rolled back."""
    db.session.info[WAITING] = True


def ring() -> None:
    """Ring now. A queue that fails never fails its caller: the worker looks for itself every few seconds."""
    try:
        queue.present.ring()
    except Exception:
        current_app.logger.exception("The bell of the post room is broken")


def _after_commit(session: Session) -> None:
    if not session.in_nested_transaction() and session.info.pop(WAITING, None):
        ring()


def _after_rollback(session: Session) -> None:
    if not session.in_nested_transaction():
        session.info.pop(WAITING, None)


def _listen() -> None:
    sa.event.listen(db.session, "after_commit", _after_commit)
    sa.event.listen(db.session, "after_rollback", _after_rollback)


_listen()
