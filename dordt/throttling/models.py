"""What is counted."""

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dordt.shared.columns import Base


class RateCount(Base):
    """How often something was tried in one window; the key is hashed and names nobody."""

    __tablename__ = "rate_count"
    key: Mapped[str] = mapped_column(sa.String(250), primary_key=True)
    count: Mapped[int]
    expires_at: Mapped[float] = mapped_column(index=True)  # seconds since 1970
