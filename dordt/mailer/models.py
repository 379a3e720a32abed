"""The ledger: a mail is one content, a delivery is that mail to one address."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from dordt.shared.columns import Base, Email, Name, Text, Title, foreign_key, state_column


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


DUE_STATES = (DeliveryState.QUEUED, DeliveryState.DEFERRED)  # may be claimed; index ix_delivery_due
HELD_STATES = (DeliveryState.LEASED, DeliveryState.SENDING)  # a worker has them; index ix_delivery_held
OPEN_STATES = (*DUE_STATES, *HELD_STATES)


class Mail(Base):
    """One content, with `[[token]]` where a link token of the recipient belongs."""

    __tablename__ = "mail"
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

    deliveries: Mapped[list["Delivery"]] = relationship(back_populates="mail", passive_deletes=True)


class Delivery(Base):
    """One mail to one address; `recipient` is a number that the sending domain gives (1 for a single mail)."""

    __tablename__ = "delivery"
    __table_args__ = (
        sa.UniqueConstraint("mail_id", "recipient"),
        sa.Index(
            "ix_delivery_due",
            "priority",
            "id",
            sqlite_where=sa.text("state IN ('queued', 'deferred')"),
            postgresql_where=sa.text("state IN ('queued', 'deferred')"),
        ),
        sa.Index(
            "ix_delivery_held",
            "lease_until",
            sqlite_where=sa.text("state IN ('leased', 'sending')"),
            postgresql_where=sa.text("state IN ('leased', 'sending')"),
        ),
        sa.Index("ix_delivery_mail_state", "mail_id", "state"),
        sa.Index(
            "ix_delivery_troubled",
            "id",
            sqlite_where=sa.text("state IN ('uncertain', 'failed', 'bounced')"),
            postgresql_where=sa.text("state IN ('uncertain', 'failed', 'bounced')"),
        ),
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
    accepted_at: Mapped[datetime | None]
    created_at: Mapped[datetime]

    mail: Mapped[Mail] = relationship(back_populates="deliveries")


class SuppressionScope(StrEnum):
    """Which mail a suppressed address does not get."""

    ALL = "all"
    NEWSLETTER = "newsletter"
    GROUP = "group"


class Suppression(Base):
    """An address that gets no mail of this scope: it bounced, complained, or asked us."""

    __tablename__ = "suppression"
    __table_args__ = (sa.UniqueConstraint("address_key", "scope", "list_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    address_key: Mapped[Email] = mapped_column(index=True)
    scope: Mapped[SuppressionScope] = state_column(SuppressionScope)
    list_id: Mapped[str] = mapped_column(sa.String(120), default="")
    reason: Mapped[str] = mapped_column(sa.String(500))
    since: Mapped[datetime]


class MailEventKind(StrEnum):
    """What was heard of a delivery."""

    ACCEPTED = "accepted"
    DEFERRED = "deferred"
    FAILED = "failed"
    UNCERTAIN = "uncertain"
    RESENT = "resent"
    BOUNCED = "bounced"
    COMPLAINED = "complained"
    UNSUBSCRIBED = "unsubscribed"


class MailEvent(Base):
    """What happened to a delivery; rows are only added."""

    __tablename__ = "mail_event"
    id: Mapped[int] = mapped_column(primary_key=True)
    delivery_id: Mapped[int] = foreign_key("delivery.id", ondelete="CASCADE")
    kind: Mapped[MailEventKind] = state_column(MailEventKind)
    at: Mapped[datetime]
    detail: Mapped[str | None] = mapped_column(sa.String(1000))
