"""Members of staff, roles and sign-in sessions."""

from datetime import datetime

import sqlalchemy as sa
from flask_security import RoleMixin, UserMixin
from sqlalchemy.orm import Mapped, mapped_column, relationship

from dordt.accounts import rights
from dordt.accounts.rights import Right
from dordt.shared.database import Base, Email, Name, foreign_key
from dordt.shared.names import name_key

staff_role = sa.Table(
    "staff_role",
    Base.metadata,
    sa.Column("member_id", sa.ForeignKey("staff_member.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("role_id", sa.ForeignKey("role.id", ondelete="CASCADE"), primary_key=True, index=True),
)


class Role(Base, RoleMixin):
    """beheerder, redacteur, wijkmedewerker, coordinator or lezer; what each may do stands in `rights.py`."""

    __tablename__ = "role"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(40), unique=True)
    description: Mapped[str] = mapped_column(sa.String(200), default="")


class StaffMember(Base, UserMixin):
    """Somebody who works with the platform; one account for one person (BIO2 5.16.02)."""

    __tablename__ = "staff_member"
    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[Email] = mapped_column(unique=True)  # lower case: it is the sign-in name
    name: Mapped[Name]
    password: Mapped[str | None] = mapped_column(sa.String(255))
    active: Mapped[bool] = mapped_column(default=True)
    fs_uniquifier: Mapped[str] = mapped_column(sa.String(64), unique=True)
    created_at: Mapped[datetime]
    roles: Mapped[list[Role]] = relationship(secondary=staff_role, lazy="selectin")  # type: ignore[assignment]

    def may(self, right: Right) -> bool:
        """Whether one of the roles gives this right."""
        return right in rights.rights_of(role.name for role in self.roles)

    @property
    def leads_groups_only(self) -> bool:
        return rights.leads_groups_only({role.name for role in self.roles})

    @classmethod
    def listed(cls) -> "sa.Select[StaffMember]":
        """Everybody with an account, by name, those whose account is closed last."""
        return sa.select(cls).order_by(cls.active.desc(), name_key(cls.name), cls.id)

    @classmethod
    def numbered(cls, member_id: int) -> "sa.Select[StaffMember]":
        return sa.select(cls).where(cls.id == member_id)

    @classmethod
    def roles_of(cls, member_id: int) -> "sa.Select[str]":
        """The names of the roles of a member whose account is open, whatever the session remembers of them."""
        return sa.select(Role.name).join(staff_role).join(cls).where(cls.id == member_id, cls.active)


class StaffSession(Base):
    """One sign-in; the cookie holds `token`, and ending the row here ends it at once."""

    __tablename__ = "staff_session"
    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = foreign_key("staff_member.id", ondelete="CASCADE")
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)  # SHA-256: a copied database signs nobody in
    created_at: Mapped[datetime]
    last_seen: Mapped[datetime]
    ended_at: Mapped[datetime | None]
