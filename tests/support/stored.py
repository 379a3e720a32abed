"""What the database holds, as the next request would find it."""

from typing import Any

import sqlalchemy as sa

from dordt.audit.models import AuditEntry
from dordt.extensions import db


def count(model: type[Any]) -> int:
    """How many rows; holds no lock afterwards, so that workers and other processes go on."""
    db.session.rollback()
    found = db.session.scalar(sa.select(sa.func.count()).select_from(model)) or 0
    db.session.rollback()
    return found


def actions(about: str = "") -> list[str]:
    """What the log says that was done, in order; of one kind of thing without its name in front."""
    query = sa.select(AuditEntry.action).order_by(AuditEntry.id)
    if about:
        query = query.where(AuditEntry.action.startswith(f"{about}."))
    return [action.removeprefix(f"{about}.") for action in db.session.scalars(query)]
