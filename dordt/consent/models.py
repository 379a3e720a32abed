"""The proof of consent: text, place, method, moments."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dordt.shared.database import Base, Email, Name, Text, foreign_key, state_column


class ConsentPurpose(StrEnum):
    NEWSLETTER = "newsletter"
    SHOW_NAME = "show_name"
    KEEP_INFORMED = "keep_informed"


class ConsentMethod(StrEnum):
    WEB_FORM = "web_form"
    IMPORT = "import"
    STAFF = "staff"


class ConsentText(Base):
    """The words that were agreed to; a version never changes."""

    __tablename__ = "consent_text"
    __table_args__ = (sa.UniqueConstraint("purpose", "version"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    purpose: Mapped[ConsentPurpose] = state_column(ConsentPurpose)
    version: Mapped[int]
    text: Mapped[Text]

    @classmethod
    def of(cls, purpose: ConsentPurpose) -> "sa.Select[ConsentText]":
        return sa.select(cls).where(cls.purpose == purpose).order_by(cls.version)


class Consent(Base):
    """One act of consent by one address."""

    __tablename__ = "consent"
    id: Mapped[int] = mapped_column(primary_key=True)
    address_key: Mapped[Email] = mapped_column(index=True)
    purpose: Mapped[ConsentPurpose] = state_column(ConsentPurpose)
    text_version: Mapped[int | None]  # none when it was given elsewhere, before an import
    method: Mapped[ConsentMethod] = state_column(ConsentMethod)
    source: Mapped[str] = mapped_column(sa.String(200))  # the page, or what the import says
    asked_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    import_id: Mapped[int | None] = foreign_key("subscriber_import.id", ondelete="SET NULL")  # which file brought it
    entered_by_id: Mapped[int | None] = foreign_key("staff_member.id", ondelete="SET NULL")  # by hand
    entered_by_name: Mapped[Name | None]  # as it was then: it outlives the member

    @classmethod
    def of(cls, address_key: str, purpose: ConsentPurpose) -> "sa.Select[Consent]":
        """Every act of consent of an address, the newest first."""
        return sa.select(cls).where(cls.address_key == address_key, cls.purpose == purpose).order_by(cls.id.desc())
