"""The ledger: a mail is one content, a delivery is that mail to one address."""

import re
from collections.abc import Collection
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from dordt.shared.database import Base, Email, Name, Text, Title, foreign_key, state_column


class MailKind(StrEnum):
    """Transactional mail goes first and is sent again when uncertain; the other two never are."""

    TRANSACTIONAL = "transactional"
    NEWSLETTER = "newsletter"
    GROUP = "group"


class MailState(StrEnum):
    """What may happen with a mail now; read at each claim."""

    RUNNING = "running"
    PAUSED = "paused"
    CANCELLED = "cancelled"


class DeliveryState(StrEnum):
    """Where one delivery stands. Only `sending` can become uncertain."""

    QUEUED = "queued"
    LEASED = "leased"
    SENDING = "sending"
    DEFERRED = "deferred"
    ACCEPTED = "accepted"
    FAILED = "failed"
    SUPPRESSED = "suppressed"
    CANCELLED = "cancelled"
    UNCERTAIN = "uncertain"
    BOUNCED = "bounced"
    COMPLAINED = "complained"


DUE_STATES = (DeliveryState.QUEUED, DeliveryState.DEFERRED)  # may be claimed
HELD_STATES = (DeliveryState.LEASED, DeliveryState.SENDING)  # a worker has them
OPEN_STATES = (*DUE_STATES, *HELD_STATES)
TROUBLED_STATES = (
    DeliveryState.UNCERTAIN,
    DeliveryState.FAILED,
    DeliveryState.BOUNCED,
    DeliveryState.COMPLAINED,
)
# The conditions of the partial indexes, in the one spelling that finds them: a bound value or another order does not.
# Chains and no lists of more than two: SQLite builds such a list again for each row that changes.
_DUE = ", ".join(f"'{state}'" for state in DUE_STATES)
_HELD = ", ".join(f"'{state}'" for state in HELD_STATES)
IS_DUE_SINGLE = f"delivery.priority = 1 AND delivery.state IN ({_DUE})"
IS_DUE_BULK = f"delivery.priority > 1 AND delivery.state IN ({_DUE})"
IS_HELD = f"delivery.state IN ({_HELD})"
HAS_ENDED = " AND ".join(f"delivery.state != '{state}'" for state in OPEN_STATES)
IS_TROUBLED = "(" + " OR ".join(f"delivery.state = '{state}'" for state in TROUBLED_STATES) + ")"
IS_UNFINISHED = "mail.kind != 'transactional' AND mail.finished_at IS NULL"


def literally(condition: str, *, state: DeliveryState | None = None) -> "sa.ColumnElement[Any]":
    """A condition of a partial index, as it is written, and of one state within it.

    It has no type: to a literal of type Boolean SQLAlchemy adds ` = 1` on SQLite, and no index serves.
    """
    return sa.literal_column(f"{condition} AND delivery.state = '{state}'" if state else condition)


def _partial(name: str, *columns: str, where: str) -> sa.Index:
    """A partial index; it serves a query that has its condition through `literally`."""
    condition = sa.text(re.sub(r"\b(delivery|mail)\.", "", where))
    return sa.Index(name, *columns, sqlite_where=condition, postgresql_where=condition)


class Mail(Base):
    """One content, with `[[token]]` where a link token of the recipient belongs."""

    __tablename__ = "mail"
    __table_args__ = (_partial("ix_mail_unfinished", "kind", "id", where=IS_UNFINISHED),)
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[MailKind] = state_column(MailKind)
    state: Mapped[MailState] = state_column(MailState, default=MailState.RUNNING)
    state_reason: Mapped[str | None] = mapped_column(sa.String(500))
    name: Mapped[Name]  # the message's folder under templates/email/
    subject: Mapped[Title]
    sender: Mapped[str] = mapped_column(sa.String(400))
    reply_to: Mapped[str | None] = mapped_column(sa.String(400))
    text: Mapped[Text]
    html: Mapped[Text]
    headers: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)
    token_purpose: Mapped[str | None] = mapped_column(sa.String(60))
    list_id: Mapped[str | None] = mapped_column(sa.String(120))  # which list the suppression scope names
    frozen_count: Mapped[int] = mapped_column(default=0)
    excluded_count: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]  # of a mail to many: nothing was left to send; claims pass it by

    deliveries: Mapped[list["Delivery"]] = relationship(back_populates="mail", passive_deletes=True)


class Delivery(Base):
    """One mail to one address; `recipient` is a number that the sending domain gives (1 for a single mail)."""

    __tablename__ = "delivery"
    __table_args__ = (
        sa.UniqueConstraint("mail_id", "recipient"),
        _partial("ix_delivery_due_single", "next_attempt_at", "id", where=IS_DUE_SINGLE),
        _partial("ix_delivery_due_bulk", "mail_id", "next_attempt_at", "id", "state", where=IS_DUE_BULK),
        _partial("ix_delivery_held", "lease_until", where=IS_HELD),
        _partial("ix_delivery_done", "mail_id", "state", where=HAS_ENDED),
        _partial("ix_delivery_troubled", "id", where=IS_TROUBLED),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    mail_id: Mapped[int] = foreign_key("mail.id", ondelete="CASCADE", index=False)
    recipient: Mapped[int]
    address: Mapped[Email]
    address_key: Mapped[Email] = mapped_column(index=True)
    merge: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    link_version: Mapped[int | None]
    priority: Mapped[int] = mapped_column(sa.SmallInteger)  # lower goes first
    state: Mapped[DeliveryState] = state_column(DeliveryState, default=DeliveryState.QUEUED)
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime]
    lease_owner: Mapped[str | None] = mapped_column(sa.String(120))
    lease_until: Mapped[datetime | None]
    message_id: Mapped[str | None] = mapped_column(sa.String(250))
    relay_code: Mapped[int | None]
    relay_enhanced: Mapped[str | None] = mapped_column(sa.String(20))
    relay_text: Mapped[str | None] = mapped_column(sa.String(1000))
    is_withdrawn: Mapped[bool | None]  # whoever unsubscribed while it was on its way, or later: it leaves no more
    relay: Mapped[str | None] = mapped_column(sa.String(120))  # which relay said so, when there are two
    accepted_at: Mapped[datetime | None]
    created_at: Mapped[datetime]

    mail: Mapped[Mail] = relationship(back_populates="deliveries")

    @classmethod
    def of_mail(cls, mail_id: int, state: DeliveryState | None = None) -> "sa.Select[Delivery]":
        """The deliveries as they were frozen, in order; all or those in one state."""
        query = sa.select(cls).where(cls.mail_id == mail_id).order_by(cls.id)
        return query.where(cls.state == state) if state else query

    @classmethod
    def about_newsletter(cls, address_key: str, names: Collection[str]) -> "sa.Select[Delivery]":
        """Newsletters, and mails with one of these names, to this address; each with its mail, the newest first."""
        about = sa.or_(Mail.kind == MailKind.NEWSLETTER, Mail.name.in_(names))
        mine = sa.select(cls).join(cls.mail).options(sa.orm.contains_eager(cls.mail))
        return mine.where(cls.address_key == address_key, about).order_by(cls.id.desc())


class SuppressionScope(StrEnum):
    """Which mail a suppressed address does not get."""

    ALL = "all"
    NEWSLETTER = "newsletter"
    GROUP = "group"


class SuppressionCause(StrEnum):
    """Why an address is suppressed; `reason` says it in the words of who told us."""

    HARD_BOUNCE = "hard_bounce"
    SOFT_BOUNCES = "soft_bounces"
    COMPLAINT = "complaint"
    STAFF = "staff"


class Suppression(Base):
    """An address, or with an @ in front a whole domain, that gets no mail of this scope."""

    __tablename__ = "suppression"
    __table_args__ = (sa.UniqueConstraint("address_key", "scope", "list_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    address_key: Mapped[Email] = mapped_column(index=True)
    scope: Mapped[SuppressionScope] = state_column(SuppressionScope)
    list_id: Mapped[str] = mapped_column(sa.String(120), default="")
    cause: Mapped[SuppressionCause] = state_column(SuppressionCause, default=SuppressionCause.STAFF)
    reason: Mapped[str] = mapped_column(sa.String(500))
    delivery_id: Mapped[int | None] = foreign_key("delivery.id", ondelete="SET NULL")  # which mail it came of
    since: Mapped[datetime]


class MailEventKind(StrEnum):
    """What was heard of a delivery."""

    ACCEPTED = "accepted"
    DEFERRED = "deferred"
    FAILED = "failed"
    UNCERTAIN = "uncertain"
    RESENT = "resent"
    BOUNCED = "bounced"
    SOFT_BOUNCED = "soft_bounced"
    DELAYED = "delayed"
    COMPLAINED = "complained"
    UNSUBSCRIBED = "unsubscribed"
    AUTO_REPLIED = "auto_replied"


class MailEvent(Base):
    """What happened to a delivery; rows are only added."""

    __tablename__ = "mail_event"
    id: Mapped[int] = mapped_column(primary_key=True)
    delivery_id: Mapped[int] = foreign_key("delivery.id", ondelete="CASCADE")
    kind: Mapped[MailEventKind] = state_column(MailEventKind)
    at: Mapped[datetime]
    detail: Mapped[str | None] = mapped_column(sa.String(1000))


class InboundKind(StrEnum):
    """What a mail that came in turned out to be."""

    BOUNCE = "bounce"
    SOFT_BOUNCE = "soft_bounce"
    DELAY = "delay"
    COMPLAINT = "complaint"
    UNSUBSCRIBE = "unsubscribe"
    AUTO_REPLY = "auto_reply"
    UNKNOWN = "unknown"


class InboundMail(Base):
    """A mail that came in, as it came. Who looked at it is noted; nothing unknown is ever dropped."""

    __tablename__ = "inbound_mail"
    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(sa.String(64), unique=True)  # SHA-256 of the raw mail: it is taken in once
    source: Mapped[str] = mapped_column(sa.String(20))  # pipe | imap
    raw: Mapped[bytes] = mapped_column(sa.LargeBinary)
    sender: Mapped[str] = mapped_column(sa.String(400), default="")
    subject: Mapped[str] = mapped_column(sa.String(400), default="")
    kind: Mapped[InboundKind] = state_column(InboundKind)
    delivery_id: Mapped[int | None] = foreign_key("delivery.id", ondelete="SET NULL")  # which of ours it is about
    detail: Mapped[str | None] = mapped_column(sa.String(1000))
    received_at: Mapped[datetime] = mapped_column(index=True)
    handled_at: Mapped[datetime | None]  # at once when it was understood, else when staff put it aside

    @classmethod
    def numbered(cls, mail_id: int) -> "sa.Select[InboundMail]":
        """The mail with this row id, with its text."""
        return sa.select(cls).where(cls.id == mail_id)

    @classmethod
    def listed(cls) -> "sa.Select[InboundMail]":
        """All without their text: what waits for somebody first, then the newest."""
        order = (cls.handled_at.is_not(None), cls.received_at.desc(), cls.id.desc())
        return sa.select(cls).options(sa.orm.defer(cls.raw)).order_by(*order)

    @classmethod
    def waiting(cls) -> "sa.Select[InboundMail]":
        """What waits for somebody, the newest first, without its text."""
        return cls.listed().where(cls.handled_at.is_(None))

    @classmethod
    def about(cls, delivery_id: int) -> "sa.Select[InboundMail]":
        """What came in about a delivery, without its text."""
        return sa.select(cls).options(sa.orm.defer(cls.raw)).where(cls.delivery_id == delivery_id).order_by(cls.id)


class MailRelay(Base):
    """How a relay is doing; one row for all workers, so that its limits hold for them together."""

    __tablename__ = "mail_relay"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(120), unique=True)  # host:port
    second_tokens: Mapped[float] = mapped_column(default=0.0)  # messages that may leave now; refilled by the clock
    hour_tokens: Mapped[float] = mapped_column(default=0.0)
    day_tokens: Mapped[float] = mapped_column(default=0.0)
    filled_at: Mapped[datetime | None]
    slowed_to: Mapped[float | None]  # messages per second after the relay asked for it; None: at full speed
    slowed_at: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(default=0)  # in a row
    closed_until: Mapped[datetime | None]  # the circuit breaker: nothing is asked of it before then
    problem: Mapped[str | None] = mapped_column(sa.String(500))
    problem_at: Mapped[datetime | None]
