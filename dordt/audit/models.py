"""The log: what was changed (audit_entry) and what was read (reading_entry). Rows are only added."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dordt.shared.database import Base, Name, foreign_key

ON_SCREEN = {"inwoner": "bewoner"}  # the log keeps the word that it was begun with


class AuditEntry(Base):
    """Action, object, result, origin, actor and time of one change (BIO2 8.15.01)."""

    __tablename__ = "audit_entry"
    __table_args__ = (sa.Index("ix_audit_entry_subject", "subject_type", "subject_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    actor_id: Mapped[int | None] = foreign_key("staff_member.id", ondelete="SET NULL")
    actor_name: Mapped[Name]  # "inwoner" or "systeem" when no member of staff did it
    action: Mapped[str] = mapped_column(sa.String(60), index=True)
    subject_type: Mapped[str] = mapped_column(sa.String(40))
    subject_id: Mapped[int | None]
    detail: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)  # never an address, a text or a token

    @property
    def actor(self) -> str:
        """Who did it, as a screen says it."""
        return self.actor_name if self.actor_id else ON_SCREEN.get(self.actor_name, self.actor_name)

    @classmethod
    def latest(cls) -> "sa.Select[AuditEntry]":
        """All changes, the newest first."""
        return sa.select(cls).order_by(cls.at.desc(), cls.id.desc())

    @classmethod
    def about(cls, subject_type: str, subject_id: int) -> "sa.Select[AuditEntry]":
        """What happened to one thing, the newest first."""
        return cls.latest().where(cls.subject_type == subject_type, cls.subject_id == subject_id)


class ReadingEntry(Base):
    """Somebody of the staff opened the details of a resident."""

    __tablename__ = "reading_entry"
    __table_args__ = (sa.Index("ix_reading_entry_subject", "subject_type", "subject_id", "member_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = foreign_key("staff_member.id", ondelete="CASCADE")
    subject_type: Mapped[str] = mapped_column(sa.String(40))
    subject_id: Mapped[int]
    at: Mapped[datetime]

    @classmethod
    def latest(cls) -> "sa.Select[ReadingEntry]":
        """All readings, the newest first."""
        return sa.select(cls).order_by(cls.id.desc())
