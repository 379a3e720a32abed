"""What a member of staff typed in a form, until it is sent or thrown away."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column
from werkzeug.datastructures import MultiDict

from dordt.shared.database import Base, foreign_key


class Draft(Base):
    """One form about one thing, of one person; nobody else reads it, and no log holds it."""

    __tablename__ = "draft"
    __table_args__ = (sa.UniqueConstraint("member_id", "form", "subject_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = foreign_key("staff_member.id", ondelete="CASCADE")
    form: Mapped[str] = mapped_column(sa.String(60))  # the endpoint that it is sent to
    subject_type: Mapped[str] = mapped_column(sa.String(40))  # the table of what it is about
    subject_id: Mapped[int]  # 0 for what is still to be made
    fields: Mapped[list[list[str]]] = mapped_column(sa.JSON)  # names and texts, as a browser sends them
    saved_at: Mapped[datetime] = mapped_column(index=True)
    discarded_at: Mapped[datetime | None]  # from then on it can be put back for a while

    @property
    def typed(self) -> "MultiDict[str, str]":
        """What stood in the form; nothing of what was thrown away."""
        return MultiDict([] if self.discarded_at else [(name, text) for name, text in self.fields])

    @classmethod
    def of(cls, member_id: int, form: str, subject_id: int) -> "sa.Select[Draft]":
        """The draft of this person, if there is one."""
        return sa.select(cls).where(cls.member_id == member_id, cls.form == form, cls.subject_id == subject_id)

    @classmethod
    def about(cls, member_id: int, subject_type: str, subject_id: int) -> "sa.Select[Draft]":
        """All that this person began about one row."""
        is_about = (cls.subject_type == subject_type, cls.subject_id == subject_id)
        return sa.select(cls).where(cls.member_id == member_id, *is_about)
