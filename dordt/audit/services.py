"""Writing the log."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from dordt.audit.models import AuditEntry, ReadingEntry
from dordt.extensions import db
from dordt.shared.database import Base, writing


class Actor(Protocol):
    """Whoever did it: a member of staff, or somebody without an account."""

    @property
    def id(self) -> int | None: ...

    @property
    def name(self) -> str: ...


@dataclass(frozen=True)
class WithoutAccount:
    """An actor who is no member of staff."""

    name: str
    id: None = None


RESIDENT = WithoutAccount("inwoner")
SYSTEM = WithoutAccount("systeem")


def record(
    action: str,
    *,
    subject: Base | tuple[str, int | None],
    at: datetime,
    by: Actor | None = None,
    **detail: object,
) -> None:
    """Add a line to the log inside the caller's transaction.

    subject: a row that has its id, or a table name with the id or None for many rows. by: None for the system itself.
    detail: what changed, never an address, a text of a resident or a token.
    """
    actor = by or SYSTEM
    subject_type, subject_id = subject if isinstance(subject, tuple) else (subject.__tablename__, _id_of(subject))
    entry = AuditEntry(
        at=at,
        actor_id=actor.id,
        actor_name=actor.name,
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


def _id_of(row: Base) -> int:
    found: int | None = getattr(row, "id", None)
    assert found is not None, "flush the row before the log names it"
    return found
