"""What is counted."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dordt.shared.database import Base, insert_into


class RateCount(Base):
    """How often something was tried in one window; the key is hashed and names nobody."""

    __tablename__ = "rate_count"
    key: Mapped[str] = mapped_column(sa.String(250), primary_key=True)
    count: Mapped[int]
    expires_at: Mapped[float] = mapped_column(index=True)  # seconds since 1970

    @classmethod
    def increment(cls, key: str, expiry: int, amount: int = 1, *, now: float) -> Any:
        """The statement that counts a key up, from zero when its window is over, and returns the new count."""
        is_over = cls.expires_at <= now
        return (
            insert_into(cls)
            .values(key=key, count=amount, expires_at=now + expiry)
            .on_conflict_do_update(
                index_elements=[cls.key],
                set_={
                    "count": sa.case((is_over, amount), else_=cls.count + amount),
                    "expires_at": sa.case((is_over, now + expiry), else_=cls.expires_at),
                },
            )
            .returning(cls.count)
        )
