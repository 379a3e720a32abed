"""Newsletters (nieuwsbrieven) and the articles in them."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.ext.orderinglist import ordering_list
from sqlalchemy.orm import Mapped, mapped_column, relationship

from dordt.accounts.models import StaffMember
from dordt.mailer.models import Mail, MailState
from dordt.news.models import Article
from dordt.shared.columns import Base, Text, Title, foreign_key, state_column

PAUSED_BY_STAFF = "Stilgezet door een medewerker."


class NewsletterState(StrEnum):
    """draft → approved → scheduled → sending ⇄ paused → sent, or cancelled."""

    DRAFT = "draft"
    APPROVED = "approved"
    SCHEDULED = "scheduled"
    SENDING = "sending"
    PAUSED = "paused"
    SENT = "sent"
    CANCELLED = "cancelled"


class NewsletterArticle(Base):
    """An article's place in a newsletter."""

    __tablename__ = "newsletter_article"
    __table_args__ = (sa.UniqueConstraint("newsletter_id", "article_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    newsletter_id: Mapped[int] = foreign_key("newsletter.id", ondelete="CASCADE")
    article_id: Mapped[int] = foreign_key("article.id", ondelete="CASCADE")
    position: Mapped[int] = mapped_column(default=0)
    article: Mapped[Article] = relationship(lazy="joined")


class Newsletter(Base):
    """A newsletter; `number` is how everybody calls it."""

    __tablename__ = "newsletter"
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)
    subject: Mapped[Title]
    preheader: Mapped[Title] = mapped_column(default="")
    intro: Mapped[Text]  # Markdown
    state: Mapped[NewsletterState] = state_column(NewsletterState, default=NewsletterState.DRAFT)
    mail_id: Mapped[int | None] = foreign_key("mail.id")
    created_by_id: Mapped[int | None] = foreign_key("staff_member.id", ondelete="SET NULL")
    approved_by_id: Mapped[int | None] = foreign_key("staff_member.id", ondelete="SET NULL")
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    approved_at: Mapped[datetime | None]
    scheduled_at: Mapped[datetime | None]
    latest_start_at: Mapped[datetime | None]  # later than this a person starts it, or nobody
    started_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]

    mail: Mapped[Mail | None] = relationship(lazy="joined")
    approved_by: Mapped[StaffMember | None] = relationship(foreign_keys=[approved_by_id])
    articles: Mapped[list[NewsletterArticle]] = relationship(
        order_by=NewsletterArticle.position,
        collection_class=ordering_list("position"),
        cascade="all, delete-orphan",
        lazy="selectin",
    )

    @classmethod
    def numbered(cls, number: int) -> "sa.Select[Newsletter]":
        """The newsletter with this number."""
        return sa.select(cls).where(cls.number == number)

    @classmethod
    def in_room(cls) -> "sa.Select[Newsletter]":
        """All newsletters, the newest first."""
        return sa.select(cls).order_by(cls.number.desc())

    @classmethod
    def on_their_way(cls) -> "sa.Select[Newsletter]":
        """What the post room is working on, or has just finished."""
        return sa.select(cls).where(cls.state.in_([NewsletterState.SENDING, NewsletterState.PAUSED])).order_by(cls.id)

    @classmethod
    def due(cls, at: datetime) -> "sa.Select[int]":
        """The numbers of those that were planned for this moment or an earlier one, also of those that are too late."""
        is_planned = (cls.state == NewsletterState.SCHEDULED, cls.scheduled_at <= at)
        return sa.select(cls.number).where(*is_planned).order_by(cls.scheduled_at, cls.id)

    @property
    def can_be_edited(self) -> bool:
        """Whether it was neither started nor cancelled."""
        return self.state == NewsletterState.DRAFT or self.may_become(NewsletterState.DRAFT)

    @property
    def is_standing_still(self) -> bool:
        """Whether sending was paused, by staff or by the post room itself."""
        is_held = self.mail is not None and self.mail.state == MailState.PAUSED
        return self.state == NewsletterState.PAUSED or (
            is_held and self.state in (NewsletterState.SENDING, NewsletterState.SENT)
        )

    @property
    def was_paused_by_post(self) -> bool:
        """Whether the post room stopped it by itself, after too many refusals; the mail has its reason."""
        return self.is_standing_still and self.mail is not None and self.mail.state_reason != PAUSED_BY_STAFF

    def may_become(self, state: NewsletterState) -> bool:
        """Whether this step is in the table of steps."""
        return state in STEPS[self.state]


State = NewsletterState
# Every step that a newsletter may make. Sending is entered by starting or resuming, sent when nothing is left to send.
STEPS: dict[NewsletterState, tuple[NewsletterState, ...]] = {
    State.DRAFT: (State.APPROVED, State.CANCELLED),
    State.APPROVED: (State.DRAFT, State.SCHEDULED, State.SENDING, State.CANCELLED),
    State.SCHEDULED: (State.DRAFT, State.APPROVED, State.SENDING, State.CANCELLED),
    State.SENDING: (State.PAUSED, State.SENT, State.CANCELLED),
    State.PAUSED: (State.SENDING, State.SENT, State.CANCELLED),
    State.SENT: (),
    State.CANCELLED: (),
}
