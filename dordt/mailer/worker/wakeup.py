"""The bells that wake the worker: the database is the truth, losing a ring loses nothing."""

from collections.abc import Callable

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.orm import Session

from dordt.extensions import db, queue

WAITING = "post_waiting"
ERRANDS_WAITING = "errands_waiting"


def announce() -> None:
    """Ring once the present transaction has been committed; forgotten when it is rolled back."""
    db.session.info[WAITING] = True


def soon() -> None:
    """Have the errands of the domains done (tasks.errand) once the present transaction has been committed."""
    db.session.info[ERRANDS_WAITING] = True


def ring() -> None:
    """Ring now. A queue that fails never fails its caller: the worker looks for itself every few seconds."""
    _ring(lambda: queue.present.ring())


def _ring(bell: Callable[[], None]) -> None:
    try:
        bell()
    except Exception:
        current_app.logger.exception("The bell of the post room is broken")


def _after_commit(session: Session) -> None:
    if session.in_nested_transaction():
        return
    if session.info.pop(WAITING, None):
        ring()
    if session.info.pop(ERRANDS_WAITING, None):
        _ring(lambda: queue.present.ring_for_errands())


def _after_rollback(session: Session) -> None:
    if not session.in_nested_transaction():
        session.info.pop(WAITING, None)
        session.info.pop(ERRANDS_WAITING, None)


def _listen() -> None:
    sa.event.listen(db.session, "after_commit", _after_commit)
    sa.event.listen(db.session, "after_rollback", _after_rollback)


_listen()
