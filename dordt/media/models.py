"""Files in storage and what we know of them."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dordt.shared.database import Base, Title, state_column


class MediaKind(StrEnum):
    IMAGE = "image"
    DOCUMENT = "document"


class MediaFile(Base):
    """A file that we re-encoded (images) or checked (documents) and named ourselves."""

    __tablename__ = "media_file"
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(64), unique=True)  # the folder in storage and in the address
    kind: Mapped[MediaKind] = state_column(MediaKind)
    filename: Mapped[Title]  # the name it is offered under, made safe
    content_type: Mapped[str] = mapped_column(sa.String(100))
    size: Mapped[int]  # bytes
    width: Mapped[int | None]
    height: Mapped[int | None]
    renditions: Mapped[list[Any]] = mapped_column(sa.JSON, default=list)  # widths in pixels of the WebP versions
    digest: Mapped[str] = mapped_column(sa.String(64), index=True)  # SHA-256 of what was offered; see services
    created_at: Mapped[datetime]

    @classmethod
    def with_keys(cls, keys: Sequence[str], kind: MediaKind) -> "sa.Select[MediaFile]":
        """The files of one kind with these keys."""
        return sa.select(cls).where(cls.key.in_(keys), cls.kind == kind)

    @classmethod
    def with_key(cls, key: str) -> "sa.Select[MediaFile]":
        return sa.select(cls).where(cls.key == key)

    def content_type_of(self, name: str) -> str | None:
        """What is kept under this name in the folder of this file; None when nothing is."""
        if name == self.filename:
            return self.content_type
        return "image/webp" if name in {f"{width}.webp" for width in self.renditions} else None
