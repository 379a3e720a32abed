"""Subscribers (abonnees), what they chose, how they left, and the lists that brought them."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from dordt.accounts.models import StaffMember
from dordt.consent.models import Consent
from dordt.places.models import Neighbourhood, Topic
from dordt.shared.database import Base, Email, Text, Title, foreign_key, state_column
from dordt.shared.search import each_word, holds

subscriber_neighbourhood = sa.Table(
    "subscriber_neighbourhood",
    Base.metadata,
    sa.Column("subscriber_id", sa.ForeignKey("subscriber.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("neighbourhood_id", sa.ForeignKey("neighbourhood.id", ondelete="CASCADE"), primary_key=True, index=True),
)
subscriber_topic = sa.Table(
    "subscriber_topic",
    Base.metadata,
    sa.Column("subscriber_id", sa.ForeignKey("subscriber.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("topic_id", sa.ForeignKey("topic.id", ondelete="CASCADE"), primary_key=True, index=True),
)


class SubscriberState(StrEnum):
    """unconfirmed → confirmed ⇄ paused, unsubscribed."""

    UNCONFIRMED = "unconfirmed"
    CONFIRMED = "confirmed"
    PAUSED = "paused"
    UNSUBSCRIBED = "unsubscribed"


class Subscriber(Base):
    """Somebody who asked for the newsletter; no wijken or topics chosen means all of Dordrecht."""

    __tablename__ = "subscriber"
    __table_args__ = {"sqlite_autoincrement": True}  # links carry the id: SQLite must never give one out again
    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[Email]  # as typed
    email_key: Mapped[Email] = mapped_column(unique=True)  # lower case, domain in IDNA form: what we compare
    state: Mapped[SubscriberState] = state_column(SubscriberState, default=SubscriberState.UNCONFIRMED, index=True)
    link_version: Mapped[int] = mapped_column(default=1)  # raising it ends every link mailed before
    asked_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    unsubscribed_at: Mapped[datetime | None]
    paused_until: Mapped[datetime | None]  # set while paused: from then on newsletters come again by themselves
    import_id: Mapped[int | None] = foreign_key("subscriber_import.id", ondelete="SET NULL")  # which file brought it
    touched_at: Mapped[datetime | None]  # when they did something themselves last: undoing an import leaves them alone

    neighbourhoods: Mapped[list[Neighbourhood]] = relationship(
        secondary=subscriber_neighbourhood, order_by=Neighbourhood.position
    )
    topics: Mapped[list[Topic]] = relationship(secondary=subscriber_topic, order_by=Topic.position)

    @property
    def is_confirmed(self) -> bool:
        """Whether this address was proved and has not left; who paused is still a subscriber."""
        return self.state in {SubscriberState.CONFIRMED, SubscriberState.PAUSED}

    @classmethod
    def with_key(cls, email_key: str) -> "sa.Select[Subscriber]":
        return sa.select(cls).where(cls.email_key == email_key)

    @classmethod
    def numbered(cls, number: int) -> "sa.Select[Subscriber]":
        return sa.select(cls).where(cls.id == number)

    @classmethod
    def both(cls, number: int, email_key: str) -> "sa.Select[Subscriber]":
        """The subscriber in this row and whoever has this address, in the order in which rows are locked."""
        return sa.select(cls).where(sa.or_(cls.id == number, cls.email_key == email_key)).order_by(cls.id)

    @classmethod
    def matching(cls, *states: SubscriberState, neighbourhood: str = "", search: str = "") -> "sa.Select[Subscriber]":
        """Everybody, or who is in these states, chose this wijk, and has this text in the address; newest first."""
        query = sa.select(cls).order_by(cls.asked_at.desc(), cls.id.desc())
        if states:
            query = query.where(cls.state.in_(states))
        if neighbourhood:
            query = query.where(cls.neighbourhoods.any(Neighbourhood.slug == neighbourhood))
        if search:
            query = query.where(each_word(search, lambda word: holds(word, cls.email_key)))
        return query

    @classmethod
    def brought_by(cls, import_id: int) -> "sa.Select[Subscriber]":
        return sa.select(cls).where(cls.import_id == import_id)

    @classmethod
    def receiving(cls) -> "sa.Select[Subscriber]":
        """Who gets the next newsletter, in a stable order."""
        return sa.select(cls).where(cls.state == SubscriberState.CONFIRMED).order_by(cls.id)


class SubscriberApplication(Base):
    """A form for the newsletter; it counts once the link in its own mail was used.

    Whoever else fills in the same address has a row of their own: nobody changes what another link confirms.
    """

    __tablename__ = "subscriber_application"
    __table_args__ = {"sqlite_autoincrement": True}  # links carry the id
    id: Mapped[int] = mapped_column(primary_key=True)
    subscriber_id: Mapped[int] = foreign_key("subscriber.id", ondelete="CASCADE")
    email: Mapped[Email]  # as typed
    fields: Mapped[dict[str, Any]] = mapped_column(sa.JSON)  # as fields.as_json makes it
    consent_id: Mapped[int | None] = foreign_key("consent.id", ondelete="SET NULL")
    asked_at: Mapped[datetime] = mapped_column(index=True)
    confirmed_at: Mapped[datetime | None]
    subscriber: Mapped[Subscriber] = relationship(lazy="joined", innerjoin=True)
    consent: Mapped[Consent | None] = relationship()

    @classmethod
    def waiting(cls, subscriber_id: int) -> "sa.Select[SubscriberApplication]":
        """What was asked for this subscriber and not confirmed, the newest last."""
        return sa.select(cls).where(cls.subscriber_id == subscriber_id, cls.confirmed_at.is_(None)).order_by(cls.id)

    @classmethod
    def cancel_of(cls, subscriber_id: int) -> sa.Delete:
        """End what was asked for this subscriber and not confirmed."""
        return sa.delete(cls).where(cls.subscriber_id == subscriber_id, cls.confirmed_at.is_(None))

    @classmethod
    def of_those(cls, who: "sa.ColumnElement[bool]", *, since: datetime) -> "sa.Select[SubscriberApplication]":
        """What these subscribers asked for since a moment and nobody confirmed."""
        waits = sa.and_(cls.confirmed_at.is_(None), cls.asked_at >= since)
        return sa.select(cls).where(waits, cls.subscriber_id.in_(sa.select(Subscriber.id).where(who))).order_by(cls.id)

    @classmethod
    def awaited(cls, since: datetime | None = None) -> "sa.ColumnElement[bool]":
        """Whether something was asked for a subscriber, since a moment or ever, that nobody confirmed."""
        theirs = sa.and_(cls.subscriber_id == Subscriber.id, cls.confirmed_at.is_(None))
        return sa.exists().where(theirs, cls.asked_at >= since if since else sa.true())


class AddressChange(Base):
    """A new address that a subscriber typed; it counts once its owner confirmed it."""

    __tablename__ = "address_change"
    __table_args__ = {"sqlite_autoincrement": True}  # links carry the id
    id: Mapped[int] = mapped_column(primary_key=True)
    subscriber_id: Mapped[int] = foreign_key("subscriber.id", ondelete="CASCADE")
    email: Mapped[Email]  # as typed
    email_key: Mapped[Email]
    asked_at: Mapped[datetime] = mapped_column(index=True)
    confirmed_at: Mapped[datetime | None]
    subscriber: Mapped[Subscriber] = relationship(lazy="joined", innerjoin=True)

    @classmethod
    def waiting(cls, subscriber_id: int) -> "sa.Select[AddressChange]":
        """What this subscriber asked for and nobody confirmed yet, the newest first: that one counts."""
        mine = sa.select(cls).where(cls.subscriber_id == subscriber_id, cls.confirmed_at.is_(None))
        return mine.order_by(cls.asked_at.desc(), cls.id.desc())

    @classmethod
    def cancel_of(cls, subscriber_id: int) -> sa.Delete:
        """End what this subscriber asked for and nobody confirmed."""
        return sa.delete(cls).where(cls.subscriber_id == subscriber_id, cls.confirmed_at.is_(None))


class UnsubscribeWay(StrEnum):
    LINK = "link"  # the page behind the link in every newsletter, or the preference page
    ONE_CLICK = "one_click"  # the button of a mail programme (RFC 8058)
    MAIL = "mail"  # a mail to the address in List-Unsubscribe
    STAFF = "staff"


class UnsubscribeReason(StrEnum):
    """Why, if they cared to say."""

    TOO_OFTEN = "too_often"
    NOT_MY_WIJK = "not_my_wijk"
    NOT_USEFUL = "not_useful"
    READS_ELSEWHERE = "reads_elsewhere"
    NEVER_ASKED = "never_asked"
    OTHER = "other"


class Unsubscription(Base):
    """One time that a subscriber left; mail_id: the newsletter that had reached, or was reaching, them last."""

    __tablename__ = "unsubscription"
    id: Mapped[int] = mapped_column(primary_key=True)
    subscriber_id: Mapped[int] = foreign_key("subscriber.id", ondelete="CASCADE")
    mail_id: Mapped[int | None] = foreign_key("mail.id", ondelete="SET NULL")
    way: Mapped[UnsubscribeWay] = state_column(UnsubscribeWay)
    reason: Mapped[UnsubscribeReason | None] = state_column(UnsubscribeReason, nullable=True)
    remark: Mapped[Text] = mapped_column(default="")
    at: Mapped[datetime] = mapped_column(index=True)

    @classmethod
    def of(cls, subscriber_id: int) -> "sa.Select[Unsubscription]":
        """Every time that this subscriber left, the newest first."""
        return sa.select(cls).where(cls.subscriber_id == subscriber_id).order_by(cls.id.desc())

    @classmethod
    def last_of(cls, subscriber_id: int) -> "sa.Select[Unsubscription]":
        return cls.of(subscriber_id).limit(1)


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
    done_count: Mapped[int] = mapped_column(default=0)  # rows whose outcome is stored; where to go on after a crash
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
        return sa.select(cls).where(cls.id == import_id)

    @classmethod
    def newest_first(cls) -> "sa.Select[SubscriberImport]":
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
