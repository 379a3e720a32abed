"""Neighbourhoods (wijken) and topics (thema's)."""

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dordt.shared.database import Base, Name, Slug
from dordt.shared.names import name_key

OUTSIDE = "buiten-dordrecht"
RATHER_NOT_SAY = "zeg-ik-liever-niet"
OTHER_PLACES = {OUTSIDE: "Ik woon niet in Dordrecht", RATHER_NOT_SAY: "Zeg ik liever niet"}


class Neighbourhood(Base):
    __tablename__ = "neighbourhood"
    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[Slug] = mapped_column(unique=True)
    name: Mapped[Name]
    area: Mapped[Name]
    position: Mapped[int]

    @classmethod
    def all(cls) -> "sa.Select[Neighbourhood]":
        """Every wijk, in their own order."""
        return sa.select(cls).order_by(cls.position, name_key(cls.name))

    @classmethod
    def called(cls, slug: str) -> "sa.Select[Neighbourhood]":
        return sa.select(cls).where(cls.slug == slug)


class Topic(Base):
    """A theme, with the number of working days in which a message about it is answered."""

    __tablename__ = "topic"
    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[Slug] = mapped_column(unique=True)
    name: Mapped[Name]
    reply_working_days: Mapped[int] = mapped_column(default=5)
    position: Mapped[int]

    @classmethod
    def all(cls) -> "sa.Select[Topic]":
        """Every theme, in their own order."""
        return sa.select(cls).order_by(cls.position, name_key(cls.name))
