"""Newsletters (nieuwsbrieven): what they say in blocks, for whom they are, and where they stand."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.orderinglist import ordering_list
from sqlalchemy.orm import Mapped, mapped_column, relationship

from dordt.accounts.models import StaffMember
from dordt.mailer.ledger import deliveries
from dordt.mailer.models import Mail, MailState
from dordt.media.models import MediaFile
from dordt.news.models import Article
from dordt.newsletters.content.block_kinds import BlockKind
from dordt.places.models import Neighbourhood, Topic
from dordt.shared.database import Base, Name, Text, Title, foreign_key, state_column
from dordt.shared.names import name_key
from dordt.workgroups.models import Meeting, Workgroup

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


newsletter_neighbourhood = sa.Table(
    "newsletter_neighbourhood",
    Base.metadata,
    sa.Column("newsletter_id", sa.ForeignKey("newsletter.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("neighbourhood_id", sa.ForeignKey("neighbourhood.id"), primary_key=True, index=True),
)
newsletter_topic = sa.Table(
    "newsletter_topic",
    Base.metadata,
    sa.Column("newsletter_id", sa.ForeignKey("newsletter.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("topic_id", sa.ForeignKey("topic.id"), primary_key=True, index=True),
)
# A wijk or topic that a newsletter names cannot be removed: without it the newsletter would go to everybody.


class NewsletterBlock(Base):
    """One block in its place. What it says was copied from its article or group, so that it can be edited here."""

    __tablename__ = "newsletter_block"
    id: Mapped[int] = mapped_column(primary_key=True)
    newsletter_id: Mapped[int] = foreign_key("newsletter.id", ondelete="CASCADE")
    position: Mapped[int] = mapped_column(default=0)
    kind: Mapped[BlockKind] = state_column(BlockKind)
    title: Mapped[Title] = mapped_column(default="")
    text: Mapped[Text] = mapped_column(default="")  # Markdown; of an article, a quote or a group plain text
    url: Mapped[str] = mapped_column(sa.String(500), default="")
    alt: Mapped[str] = mapped_column(sa.String(500), default="")
    is_decorative: Mapped[bool] = mapped_column(default=False)
    article_id: Mapped[int | None] = foreign_key("article.id", ondelete="SET NULL")
    workgroup_id: Mapped[int | None] = foreign_key("workgroup.id", ondelete="SET NULL")
    meeting_id: Mapped[int | None] = foreign_key("meeting.id", ondelete="SET NULL")
    media_id: Mapped[int | None] = foreign_key("media_file.id")

    article: Mapped[Article | None] = relationship(lazy="joined")
    workgroup: Mapped[Workgroup | None] = relationship(lazy="joined")
    meeting: Mapped[Meeting | None] = relationship(lazy="joined")
    media: Mapped[MediaFile | None] = relationship(lazy="joined")


class Newsletter(Base):
    """A newsletter. Staff find it by its id; readers know it by the number that it was given when it was started."""

    __tablename__ = "newsletter"
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)  # below zero as long as it was not started: see `name`
    subject: Mapped[Title] = mapped_column(default="")
    preheader: Mapped[Title] = mapped_column(default="")
    state: Mapped[NewsletterState] = state_column(NewsletterState, default=NewsletterState.DRAFT)
    mail_id: Mapped[int | None] = foreign_key("mail.id")
    created_by_id: Mapped[int | None] = foreign_key("staff_member.id", ondelete="SET NULL")
    edited_by_id: Mapped[int | None] = foreign_key("staff_member.id", ondelete="SET NULL")  # who changed it last
    approved_by_id: Mapped[int | None] = foreign_key("staff_member.id", ondelete="SET NULL")
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    edit_version: Mapped[int] = mapped_column(default=1)  # two editors at once: the second is told
    approved_at: Mapped[datetime | None]
    scheduled_at: Mapped[datetime | None]
    latest_start_at: Mapped[datetime | None]  # later than this a person starts it, or nobody
    start_refusal: Mapped[str | None] = mapped_column(sa.Text)  # why it did not start as planned, and since when
    start_refused_at: Mapped[datetime | None]
    too_late_at: Mapped[datetime | None]  # when a worker found that it was
    started_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    not_to_id: Mapped[int | None] = foreign_key("newsletter.id", ondelete="SET NULL")  # who got that one, not this one
    removed_block: Mapped[dict[str, Any] | None] = mapped_column(
        sa.JSON(none_as_null=True)
    )  # the last one, to put back
    exclusions: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON)  # at the start: how many were left out, and why

    mail: Mapped[Mail | None] = relationship(lazy="joined")
    approved_by: Mapped[StaffMember | None] = relationship(foreign_keys=[approved_by_id])
    edited_by: Mapped[StaffMember | None] = relationship(foreign_keys=[edited_by_id])
    not_to: Mapped["Newsletter | None"] = relationship(remote_side=[id])
    neighbourhoods: Mapped[list[Neighbourhood]] = relationship(
        secondary=newsletter_neighbourhood, order_by=Neighbourhood.position, lazy="selectin"
    )
    topics: Mapped[list[Topic]] = relationship(secondary=newsletter_topic, order_by=Topic.position, lazy="selectin")
    blocks: Mapped[list[NewsletterBlock]] = relationship(
        order_by=NewsletterBlock.position,
        collection_class=ordering_list("position"),
        cascade="all, delete-orphan",
        lazy="selectin",
    )

    @classmethod
    def numbered(cls, newsletter_id: int) -> "sa.Select[Newsletter]":
        """The newsletter with this id."""
        return sa.select(cls).where(cls.id == newsletter_id)

    @classmethod
    def newest_first(cls) -> "sa.Select[Newsletter]":
        """All newsletters, the newest first."""
        return sa.select(cls).order_by(cls.id.desc())

    @classmethod
    def last_number(cls) -> "sa.Select[int]":
        """The number of the one that was started last; 0 when there is none."""
        return sa.select(sa.func.coalesce(sa.func.max(cls.number), 0)).where(cls.mail_id.is_not(None))

    @classmethod
    def lowest_number(cls) -> "sa.Select[int]":
        """The lowest that stands in the column; 0 when none is below zero."""
        return sa.select(sa.func.coalesce(sa.func.min(cls.number), 0)).where(cls.number < 0)

    @classmethod
    def underway(cls) -> "sa.Select[Newsletter]":
        """What is not finished, the newest first."""
        return cls.newest_first().where(cls.state.not_in([NewsletterState.SENT, NewsletterState.CANCELLED]))

    @classmethod
    def sent(cls) -> "sa.Select[Newsletter]":
        """What the archive lists, the newest first."""
        return sa.select(cls).where(cls.state == NewsletterState.SENT).order_by(cls.number.desc())

    @classmethod
    def sent_before(cls, number: int) -> "sa.Select[Newsletter]":
        """Of those in the archive the ones before this number, the nearest first."""
        return cls.sent().where(cls.number < number)

    @classmethod
    def sent_after(cls, number: int) -> "sa.Select[Newsletter]":
        """Of those in the archive the ones after this number, the nearest first."""
        return cls.sent().where(cls.number > number).order_by(None).order_by(cls.number)

    @classmethod
    def with_number(cls) -> "sa.Select[Newsletter]":
        """What was started, the highest number first."""
        return sa.select(cls).where(cls.mail_id.is_not(None)).order_by(cls.number.desc())

    @classmethod
    def started(cls) -> "sa.Select[Newsletter]":
        """What has a page of its own: readers may hold a mail that leads to it, also when it was stopped half-way."""
        left = deliveries.has_recipients(cls.mail_id)
        return cls.with_number().where(sa.or_(cls.state != NewsletterState.CANCELLED, left))

    @classmethod
    def on_their_way(cls) -> "sa.Select[Newsletter]":
        """What the mailer is working on, or has just finished."""
        return sa.select(cls).where(cls.state.in_([NewsletterState.SENDING, NewsletterState.PAUSED])).order_by(cls.id)

    @classmethod
    def due(cls, at: datetime) -> "sa.Select[int]":
        """The ids of those that were planned for this moment or an earlier one, also of those that are too late."""
        is_planned = (cls.state == NewsletterState.SCHEDULED, cls.scheduled_at <= at)
        return sa.select(cls.id).where(*is_planned).order_by(cls.scheduled_at, cls.id)

    @property
    def has_number(self) -> bool:
        """Whether it was started: a draft takes no number, so that readers miss none."""
        return self.mail is not None

    @property
    def name(self) -> str:
        """'nieuwsbrief 12', or what it is about as long as it has no number."""
        if self.has_number:
            return f"nieuwsbrief {self.number}"
        return f"nieuwsbrief ‘{self.subject}’" if self.subject else "nieuwsbrief zonder onderwerp"

    @property
    def title(self) -> str:
        """'12. Nieuws uit uw wijk': its line in a list."""
        subject = self.subject or "Nog geen onderwerp"
        return f"{self.number}. {subject}" if self.has_number else subject

    @property
    def dated_at(self) -> datetime:
        """The moment that it carries for readers: when the first mails left, once they did."""
        return self.started_at or self.sent_at or self.created_at

    @property
    def can_be_edited(self) -> bool:
        """Whether it was neither started nor cancelled."""
        return self.state == NewsletterState.DRAFT or self.may_become(NewsletterState.DRAFT)

    @property
    def is_paused(self) -> bool:
        """Whether sending was paused, by staff or by the mailer itself."""
        is_held = self.mail is not None and self.mail.state == MailState.PAUSED
        return self.state == NewsletterState.PAUSED or (
            is_held and self.state in (NewsletterState.SENDING, NewsletterState.SENT)
        )

    @property
    def was_paused_by_mailer(self) -> bool:
        """Whether the mailer stopped it by itself, after too many refusals; the mail has its reason."""
        return self.is_paused and self.mail is not None and self.mail.state_reason != PAUSED_BY_STAFF

    def may_become(self, state: NewsletterState) -> bool:
        """Whether this transition is in the table."""
        return state in TRANSITIONS[self.state]


State = NewsletterState
# Sending is entered by starting or resuming, sent when nothing is left to send.
TRANSITIONS: dict[NewsletterState, tuple[NewsletterState, ...]] = {
    State.DRAFT: (State.APPROVED, State.CANCELLED),
    State.APPROVED: (State.DRAFT, State.SCHEDULED, State.SENDING, State.CANCELLED),
    State.SCHEDULED: (State.DRAFT, State.APPROVED, State.SENDING, State.CANCELLED),
    State.SENDING: (State.PAUSED, State.SENT, State.CANCELLED),
    State.PAUSED: (State.SENDING, State.SENT, State.CANCELLED),
    State.SENT: (),
    State.CANCELLED: (),
}


class NewsletterPolicy(Base):
    """What the administrator chose; one row, absent as long as nothing was changed."""

    __tablename__ = "newsletter_policy"
    id: Mapped[int] = mapped_column(primary_key=True)
    second_person: Mapped[bool] = mapped_column(default=True)  # whoever changed it last may not approve it
    changed_at: Mapped[datetime]
    changed_by_id: Mapped[int | None] = foreign_key("staff_member.id", ondelete="SET NULL")
    changed_by: Mapped[StaffMember | None] = relationship()


class NewsletterTemplate(Base):
    """A newsletter to begin with (sjabloon): subject, preheader and blocks, kept apart from any newsletter."""

    __tablename__ = "newsletter_template"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[Title] = mapped_column(unique=True)
    subject: Mapped[Title] = mapped_column(default="")
    preheader: Mapped[Title] = mapped_column(default="")
    blocks: Mapped[list[Any]] = mapped_column(sa.JSON, default=list)  # BlockContent as dicts
    created_at: Mapped[datetime]
    created_by_id: Mapped[int | None] = foreign_key("staff_member.id", ondelete="SET NULL")

    @classmethod
    def all(cls) -> "sa.Select[NewsletterTemplate]":
        """Every template, by name."""
        return sa.select(cls).order_by(name_key(cls.name), cls.id)

    @classmethod
    def numbered(cls, template_id: int) -> "sa.Select[NewsletterTemplate]":
        """The template with this id."""
        return sa.select(cls).where(cls.id == template_id)


class NewsletterTestMail(Base):
    """A test mail of a newsletter, as it was at `version`, to a few addresses; which ones is kept nowhere."""

    __tablename__ = "newsletter_test_mail"
    id: Mapped[int] = mapped_column(primary_key=True)
    newsletter_id: Mapped[int] = foreign_key("newsletter.id", ondelete="CASCADE")
    version: Mapped[int]
    address_count: Mapped[int]
    sent_at: Mapped[datetime]
    sent_by_id: Mapped[int | None] = foreign_key("staff_member.id", ondelete="SET NULL")
    sent_by_name: Mapped[Name]  # as they were called then

    @classmethod
    def of(cls, newsletter: Newsletter) -> "sa.Select[NewsletterTestMail]":
        """Those of one newsletter, the last one first."""
        return sa.select(cls).where(cls.newsletter_id == newsletter.id).order_by(cls.id.desc())

    @classmethod
    def count_by(cls, staff_member_id: int, *, since: datetime) -> "sa.Select[int]":
        """How many addresses this member sent test mails to, of whatever newsletter."""
        counted = sa.func.coalesce(sa.func.sum(cls.address_count), 0)
        return sa.select(counted).where(cls.sent_by_id == staff_member_id, cls.sent_at > since)
