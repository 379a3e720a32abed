"""The one place that asks the machine what time it is."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def now() -> datetime:
    """The present moment, in UTC with its zone. Only views, tasks and commands call this."""
    return datetime.now(UTC)
