"""One moment for a whole start: what is counted and what is copied are the same people."""

import sqlalchemy as sa

from dordt.extensions import db
from dordt.subscribers import services as subscribers


def hold_still() -> None:
    """Begin a transaction in which nobody joins or leaves, no newsletter changes, and every question sees one moment.

    On PostgreSQL the locks come before the first question, for that fixes the moment. SQLite has one writer at a time.
    """
    db.session.rollback()
    if db.session.get_bind().dialect.name == "postgresql":
        db.session.execute(sa.text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
        db.session.execute(sa.text("LOCK TABLE newsletter IN EXCLUSIVE MODE"))
    subscribers.hold_list()
