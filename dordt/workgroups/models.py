"""Work groups (werkgroepen), meetings and memberships."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from dordt.accounts.models import StaffMember
from dordt.places.models import Neighbourhood
from dordt.shared.database import Base, Email, Name, Phone, Slug, Text, Title, foreign_key, state_column
from dordt.shared.names import name_key
from dordt.shared.search import each_word, ends_number, holds


class Workgroup(Base):
    """A group of residents and the gemeente that works on one thing."""

    __tablename__ = "workgroup"
    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[Slug] = mapped_column(unique=True)
    name: Mapped[Name]
    summary: Mapped[Text]
    audience: Mapped[Text]  # for whom it is
    room_for_influence: Mapped[Text]  # what can still change
    body: Mapped[Text]  # Markdown
    phases: Mapped[list[Any]] = mapped_column(sa.JSON, default=list)  # [{"name": str, "state": done|current|coming}]
    is_open: Mapped[bool] = mapped_column(default=True)  # looks for people
    position: Mapped[int] = mapped_column(default=0)
    neighbourhood_id: Mapped[int | None] = foreign_key("neighbourhood.id", ondelete="SET NULL")
    coordinator_id: Mapped[int | None] = foreign_key("staff_member.id", ondelete="SET NULL")
    created_at: Mapped[datetime]

    neighbourhood: Mapped[Neighbourhood | None] = relationship(lazy="joined")
    coordinator: Mapped[StaffMember | None] = relationship()
    meetings: Mapped[list["Meeting"]] = relationship(
        back_populates="workgroup", order_by="Meeting.starts_at", cascade="all, delete-orphan"
    )

    @classmethod
    def all(cls) -> "sa.Select[Workgroup]":
        """Every group: those that look for people first, then in the order that staff chose."""
        return sa.select(cls).order_by(cls.is_open.desc(), cls.position, name_key(cls.name))

    @classmethod
    def looking(cls) -> "sa.Select[Workgroup]":
        return cls.all().where(cls.is_open)

    @classmethod
    def called(cls, slug: str) -> "sa.Select[Workgroup]":
        return sa.select(cls).where(cls.slug == slug)


class Meeting(Base):
    """A bijeenkomst of a work group."""

    __tablename__ = "meeting"
    id: Mapped[int] = mapped_column(primary_key=True)
    workgroup_id: Mapped[int] = foreign_key("workgroup.id", ondelete="CASCADE")
    title: Mapped[Title]
    starts_at: Mapped[datetime] = mapped_column(index=True)
    ends_at: Mapped[datetime]
    location: Mapped[Title]
    text: Mapped[Text] = mapped_column(default="")

    workgroup: Mapped[Workgroup] = relationship(back_populates="meetings", lazy="joined")

    @classmethod
    def upcoming(cls, at: datetime, workgroup_id: int | None = None) -> "sa.Select[Meeting]":
        """What has not ended yet, the nearest first; of one group, or of all."""
        query = sa.select(cls).where(cls.ends_at > at).order_by(cls.starts_at, cls.id)
        return query.where(cls.workgroup_id == workgroup_id) if workgroup_id else query


class MembershipState(StrEnum):
    """unconfirmed → requested → approved | declined | waiting, then left."""

    UNCONFIRMED = "unconfirmed"
    REQUESTED = "requested"
    APPROVED = "approved"
    DECLINED = "declined"
    WAITING = "waiting"
    LEFT = "left"


TAKES_PART = (MembershipState.REQUESTED, MembershipState.WAITING, MembershipState.APPROVED)
IS_TAKING_PART = sa.text("state IN ('requested', 'waiting', 'approved')")  # TAKES_PART, as an index says it


class Membership(Base):
    """One application to take part, and what became of it.

    Each form that is sent in is a row of its own: what somebody else types under the same address leaves the row as it
    is that was decided about or left. Of one person at most one row takes part in a group.
    """

    __tablename__ = "membership"
    __table_args__ = (
        sa.Index(
            "uq_membership_taking_part",
            "workgroup_id",
            "email_key",
            unique=True,
            sqlite_where=IS_TAKING_PART,
            postgresql_where=IS_TAKING_PART,
        ),
        {"sqlite_autoincrement": True},  # links carry the id: SQLite must never give one out again
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    workgroup_id: Mapped[int] = foreign_key("workgroup.id", ondelete="CASCADE")
    name: Mapped[Name]
    email: Mapped[Email]  # as typed
    email_key: Mapped[Email] = mapped_column(index=True)  # what we compare
    phone: Mapped[Phone] = mapped_column(default="")
    neighbourhood: Mapped[Slug]  # a slug of a wijk, or one of places.OTHER_PLACES
    motivation: Mapped[Text] = mapped_column(default="")
    show_name: Mapped[bool] = mapped_column(default=False)
    state: Mapped[MembershipState] = state_column(MembershipState, default=MembershipState.UNCONFIRMED)
    link_version: Mapped[int] = mapped_column(default=1)  # raising it ends every link mailed before
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = foreign_key("staff_member.id", ondelete="SET NULL")
    decision_text: Mapped[Text] = mapped_column(default="")
    left_at: Mapped[datetime | None]

    @property
    def seen_as(self) -> str:
        """Another word after each change of state."""
        moments = (self.created_at, self.confirmed_at, self.decided_at, self.left_at)
        return f"{self.state}-{max(filter(None, moments)).timestamp():.6f}"

    workgroup: Mapped[Workgroup] = relationship(lazy="joined")
    decided_by: Mapped[StaffMember | None] = relationship()

    @property
    def takes_part(self) -> bool:
        """Whether this address was proved, and staff did not say no."""
        return self.state in TAKES_PART

    @classmethod
    def of_person(cls, workgroup_id: int, email_key: str) -> "sa.Select[Membership]":
        """Every application of one address for one group, in the order in which rows are locked."""
        return sa.select(cls).where(cls.workgroup_id == workgroup_id, cls.email_key == email_key).order_by(cls.id)

    @classmethod
    def of_groups(cls, coordinator_id: int | None = None) -> "sa.Select[Membership]":
        """All memberships, the newest first; with a coordinator: of their own groups only."""
        query = sa.select(cls).join(cls.workgroup).order_by(cls.created_at.desc(), cls.id.desc())
        return query.where(Workgroup.coordinator_id == coordinator_id) if coordinator_id else query

    @classmethod
    def containing(cls, words: str) -> "sa.ColumnElement[bool]":
        """Whether all these words stand in the name, address or motivation, or are the telephone number."""
        stands = each_word(words, lambda word: holds(word, cls.name, cls.email, cls.motivation))
        return stands | ends_number(words, cls.phone)

    @classmethod
    def of_address(cls, email_key: str) -> "sa.Select[Membership]":
        """The memberships of one person, for whoever reads a message of theirs."""
        return cls.of_groups().where(cls.email_key == email_key)
