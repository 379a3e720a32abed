"""Messages of residents, the thread under each, and the files they sent."""

import re
from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from dordt.accounts.models import StaffMember
from dordt.audit.models import ReadingEntry
from dordt.places.models import Topic
from dordt.shared.addresses import AddressRefused, address_key
from dordt.shared.database import Base, Email, Name, Phone, Slug, Text, Title, foreign_key, state_column
from dordt.shared.search import each_word, ends_number, holds

REFERENCE = re.compile(r"\bDZ[\s–-]*(20\d\d)[\s–-]*(\d{6})\b", re.IGNORECASE)  # as people copy it, or read it out


def references_in(text: str) -> list[str]:
    """The reference numbers that a text names, as they are stored."""
    return [f"DZ-{year}-{number}" for year, number in REFERENCE.findall(text)]


class MessageStatus(StrEnum):
    """Where a message stands; which step is allowed stands in `workflow.py`."""

    NEW = "new"
    IN_PROGRESS = "in_progress"
    WAITING_FOR_RESIDENT = "waiting_for_resident"
    WAITING_FOR_TEAM = "waiting_for_team"
    ANSWERED = "answered"
    DECLINED = "declined"
    UNWANTED = "unwanted"


WAITING_FOR_US = (MessageStatus.NEW, MessageStatus.IN_PROGRESS, MessageStatus.WAITING_FOR_TEAM)


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


class ClosedDay(Base):
    """A day on which the gemeente does not work, besides weekends and public holidays."""

    __tablename__ = "closed_day"
    id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(unique=True)
    name: Mapped[Title]

    @classmethod
    def since(cls, day: date) -> "sa.Select[ClosedDay]":
        """Those from this day on, the first one first."""
        return sa.select(cls).where(cls.day >= day).order_by(cls.day)


class Message(Base):
    """What a resident wrote to us."""

    __tablename__ = "message"
    __table_args__ = {"sqlite_autoincrement": True}  # links carry the id: SQLite must never give one out again
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
    added_to_at: Mapped[datetime | None]  # when the resident added something last
    closed_at: Mapped[datetime | None]

    topic: Mapped[Topic | None] = relationship(lazy="joined")
    assignee: Mapped[StaffMember | None] = relationship(lazy="joined")
    entries: Mapped[list["MessageEntry"]] = relationship(
        order_by="MessageEntry.id", back_populates="message", cascade="all, delete-orphan"
    )
    files: Mapped[list["MessageFile"]] = relationship(order_by="MessageFile.id", cascade="all, delete-orphan")

    @classmethod
    def numbered(cls, message_id: int) -> "sa.Select[Message]":
        return sa.select(cls).where(cls.id == message_id)

    @classmethod
    def linked(cls, message_id: int, link_version: int) -> "sa.Select[Message]":
        """The message that a private link was made for, unless a newer link ended it."""
        return cls.numbered(message_id).where(cls.link_version == link_version)

    @classmethod
    def of_address(cls, email_key: str) -> "sa.Select[Message]":
        """What one person wrote to us, the newest first."""
        return sa.select(cls).where(cls.email_key == email_key).order_by(cls.created_at.desc(), cls.id.desc())

    @classmethod
    def with_status(cls, *statuses: MessageStatus) -> "sa.Select[Message]":
        return sa.select(cls).where(cls.status.in_(statuses))

    @classmethod
    def overdue(cls, today: date) -> "sa.ColumnElement[bool]":
        """Whether the day of answer has passed and the next word is ours."""
        return sa.and_(cls.status.in_(WAITING_FOR_US), cls.reply_by_on < today)

    @classmethod
    def spoken_at(cls) -> "sa.ColumnElement[datetime]":
        """When the resident wrote last."""
        return sa.func.coalesce(cls.added_to_at, cls.created_at)

    @classmethod
    def is_read_by(cls, member_id: int) -> "sa.ColumnElement[bool]":
        """Whether a member of staff has opened it since the resident wrote last."""
        mine = (ReadingEntry.member_id == member_id, ReadingEntry.subject_type == cls.__tablename__)
        after = sa.or_(cls.added_to_at.is_(None), ReadingEntry.at > cls.added_to_at)
        return sa.exists().where(ReadingEntry.subject_id == cls.id, *mine, after)

    @classmethod
    def with_new_reply(cls, member_id: int) -> "sa.Select[Message]":
        """What is open, and a resident added to since this member opened it, the oldest reply first."""
        still_open = cls.with_status(*WAITING_FOR_US, MessageStatus.WAITING_FOR_RESIDENT)
        unread = still_open.where(cls.added_to_at.is_not(None), ~cls.is_read_by(member_id))
        return unread.order_by(cls.added_to_at, cls.id)

    @classmethod
    def named(cls, words: str, *, in_details: bool) -> "sa.ColumnElement[bool] | None":
        """Which messages are meant, where the words are a reference number or an address (for those who may see it)."""
        if REFERENCE.fullmatch(bare := f"DZ{words}" if words[:1].isdigit() else words):
            return cls.reference.in_(references_in(bare))
        try:
            return cls.email_key == address_key(words) if in_details else None
        except AddressRefused:
            return None

    @classmethod
    def containing(cls, words: str, *, in_details: bool) -> "sa.ColumnElement[bool]":
        """Whether all these words stand in it or in what was written since, or are the sender's telephone number.

        Who sent it is searched only for those who may see that.
        """
        columns = [cls.reference, cls.body, cls.location, *([cls.name, cls.email] if in_details else [])]
        stands = each_word(words, lambda word: holds(word, *columns) | cls.entries.any(holds(word, MessageEntry.text)))
        return stands | ends_number(words, cls.phone) if in_details else stands

    @property
    def is_closed_unanswered(self) -> bool:
        """Whether staff closed it without a word to the resident."""
        return self.outcome is Outcome.NO_ANSWER_NEEDED

    def is_overdue(self, today: date) -> bool:
        """As `overdue`, for one message that was read."""
        return self.status in WAITING_FOR_US and self.reply_by_on < today


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

    @classmethod
    def for_resident(cls, message_id: int) -> "sa.Select[MessageEntry]":
        """What the resident may read: our answers and their own words, never a note."""
        shown = (EntryKind.ANSWER, EntryKind.FROM_RESIDENT)
        return sa.select(cls).where(cls.message_id == message_id, cls.kind.in_(shown)).order_by(cls.id)

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

    @classmethod
    def of_message(cls, message_id: int, file_id: int) -> "sa.Select[MessageFile]":
        return sa.select(cls).where(cls.message_id == message_id, cls.id == file_id)
