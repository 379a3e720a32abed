"""Files with subscribers that staff bring in, and the rows that were refused."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from dordt.accounts.models import StaffMember
from dordt.shared.columns import Base, Title, foreign_key, state_column


class ImportState(StrEnum):
    """uploaded → queued → running → done → undone; or failed, or withdrawn before it began."""

    UPLOADED = "uploaded"
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    WITHDRAWN = "withdrawn"
    UNDONE = "undone"


class SubscriberImport(Base):
    """One file: which column is what, how far the worker is, and what became of its rows."""

    __tablename__ = "subscriber_import"
    id: Mapped[int] = mapped_column(primary_key=True)
    filename: Mapped[Title]
    content: Mapped[bytes | None] = mapped_column(sa.LargeBinary, deferred=True)  # erased as soon as it is read
    columns: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)  # our name -> theirs
    source: Mapped[Title] = mapped_column(default="")  # where consent was given, for rows that do not say so
    given_at: Mapped[datetime | None]  # when, for rows that do not say so
    state: Mapped[ImportState] = state_column(ImportState, default=ImportState.UPLOADED, index=True)
    problem: Mapped[str | None] = mapped_column(sa.String(500))
    row_count: Mapped[int] = mapped_column(default=0)
    done_count: Mapped[int] = mapped_column(default=0)  # rows whose fate is stored; where to go on after a crash
    added_count: Mapped[int] = mapped_column(default=0)
    known_count: Mapped[int] = mapped_column(default=0)
    unsubscribed_count: Mapped[int] = mapped_column(default=0)
    refused_count: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None]  # a worker is at it; once past, another one goes on
    created_at: Mapped[datetime]
    created_by_id: Mapped[int | None] = foreign_key("staff_member.id", ondelete="SET NULL")
    finished_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]
    # What undoing came to; none before that, and where an older version did not say.
    removed_count: Mapped[int | None]
    returned_count: Mapped[int | None]  # to unconfirmed
    ended_count: Mapped[int | None]  # unsubscribed: a newsletter had reached them
    stayed_count: Mapped[int | None]
    created_by: Mapped[StaffMember | None] = relationship()

    @classmethod
    def numbered(cls, import_id: int) -> "sa.Select[SubscriberImport]":
        """The import with this id."""
        return sa.select(cls).where(cls.id == import_id)

    @classmethod
    def in_room(cls) -> "sa.Select[SubscriberImport]":
        """All of them, the newest first."""
        return sa.select(cls).order_by(cls.id.desc())


class ImportRefusal(Base):
    """A row that was refused, by its line in the file, and why; the row itself is not kept."""

    __tablename__ = "import_refusal"
    __table_args__ = (sa.Index("ix_import_refusal_import_id_line", "import_id", "line"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    import_id: Mapped[int] = foreign_key("subscriber_import.id", ondelete="CASCADE", index=False)
    line: Mapped[int]
    reason: Mapped[str] = mapped_column(sa.String(300))

    @classmethod
    def of(cls, import_id: int) -> "sa.Select[ImportRefusal]":
        """The refused rows of one file, in its order."""
        return sa.select(cls).where(cls.import_id == import_id).order_by(cls.line, cls.id)
