"""Messages of residents, the thread under each, and the files they sent."""

from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from dordt.accounts.models import StaffMember
from dordt.places.models import Topic
from dordt.shared.columns import Base, Email, Name, Phone, Slug, Text, Title, foreign_key, state_column


class MessageStatus(StrEnum):
    """Where a message stands; which step is allowed stands in `workflow.py`."""

    NEW = "new"
    IN_PROGRESS = "in_progress"
    WAITING_FOR_RESIDENT = "waiting_for_resident"
    WAITING_FOR_TEAM = "waiting_for_team"
    ANSWERED = "answered"
    DECLINED = "declined"
    UNWANTED = "unwanted"


class Outcome(StrEnum):
    """What came of it; asked at every end."""

    DONE = "done"
    PLANNED = "planned"
    NOT_DONE = "not_done"
    REFERRED = "referred"
    NO_ANSWER_NEEDED = "no_answer_needed"


class EntryKind(StrEnum):
    """What a line of the thread is; notes are for staff alone."""

    NOTE = "note"
    ANSWER = "answer"
    STATUS = "status"
    FROM_RESIDENT = "from_resident"


class ReferenceCounter(Base):
    """The last number given out in a year."""

    __tablename__ = "reference_counter"
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]


class Message(Base):
    """What a resident wrote to us."""

    __tablename__ = "message"
    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(sa.String(20), unique=True)  # DZ-2027-000123
    submission_key: Mapped[str] = mapped_column(sa.String(64), unique=True)  # the same form sent twice is one message
    name: Mapped[Name]
    email: Mapped[Email]
    email_key: Mapped[Email] = mapped_column(index=True)
    phone: Mapped[Phone] = mapped_column(default="")
    neighbourhood: Mapped[Slug] = mapped_column(index=True)  # a slug of a wijk, or one of places.OTHER_PLACES
    topic_id: Mapped[int | None] = foreign_key("topic.id", ondelete="SET NULL")
    location: Mapped[Title] = mapped_column(default="")
    body: Mapped[Text]
    keep_informed: Mapped[bool] = mapped_column(default=False)
    status: Mapped[MessageStatus] = state_column(MessageStatus, default=MessageStatus.NEW)
    outcome: Mapped[Outcome | None] = state_column(Outcome, nullable=True)
    link_version: Mapped[int] = mapped_column(default=1)
    reply_by_on: Mapped[date]
    assignee_id: Mapped[int | None] = foreign_key("staff_member.id", ondelete="SET NULL")
    created_at: Mapped[datetime] = mapped_column(index=True)
    updated_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]

    topic: Mapped[Topic | None] = relationship(lazy="joined")
    assignee: Mapped[StaffMember | None] = relationship(lazy="joined")
    entries: Mapped[list["MessageEntry"]] = relationship(
        order_by="MessageEntry.id", back_populates="message", cascade="all, delete-orphan"
    )
    files: Mapped[list["MessageFile"]] = relationship(order_by="MessageFile.id", cascade="all, delete-orphan")


class MessageEntry(Base):
    """One line of the thread under a message."""

    __tablename__ = "message_entry"
    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = foreign_key("message.id", ondelete="CASCADE")
    kind: Mapped[EntryKind] = state_column(EntryKind)
    author_id: Mapped[int | None] = foreign_key("staff_member.id", ondelete="SET NULL")
    status: Mapped[MessageStatus | None] = state_column(MessageStatus, nullable=True)  # what it became
    text: Mapped[Text]
    at: Mapped[datetime]

    message: Mapped[Message] = relationship(back_populates="entries")
    author: Mapped[StaffMember | None] = relationship(lazy="joined")


class MessageFile(Base):
    """A file that came with a message; only staff can open it."""

    __tablename__ = "message_file"
    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = foreign_key("message.id", ondelete="CASCADE")
    key: Mapped[str] = mapped_column(sa.String(64), unique=True)
    filename: Mapped[Title]
    content_type: Mapped[str] = mapped_column(sa.String(100))
    size: Mapped[int]
