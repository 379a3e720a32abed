"""Writing the log."""

from datetime import datetime

from dordt.audit.models import AuditEntry, ReadingEntry
from dordt.extensions import db
from dordt.shared.transactions import writing

RESIDENT = "inwoner"
SYSTEM = "systeem"


def record(
    action: str,
    *,
    subject: tuple[str, int | None],
    at: datetime,
    actor_id: int | None = None,
    actor_name: str = SYSTEM,
    **detail: object,
) -> None:
    """Add a line to the log inside the caller's transaction.

    subject: table name and row id. detail: what changed, never an address, a text of a resident or a token.
    """
    subject_type, subject_id = subject
    entry = AuditEntry(
        at=at,
        actor_id=actor_id,
        actor_name=actor_name,
        action=action,
        subject_type=subject_type,
        subject_id=subject_id,
        detail=detail,
    )
    db.session.add(entry)


def record_reading(member_id: int, *, subject: tuple[str, int], at: datetime) -> None:
    """Note that a member of staff opened the details of a resident, in a transaction of its own.

    Call it before anything is read: on SQLite a transaction that began as a reading one cannot write.
    """
    db.session.rollback()
    with writing():
        db.session.add(ReadingEntry(member_id=member_id, subject_type=subject[0], subject_id=subject[1], at=at))
        db.session.commit()
