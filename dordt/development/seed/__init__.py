"""Demo content: YAML and Markdown files, and what puts them in through the services of the site."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent


def rows(name: str) -> list[dict[str, Any]]:
    """The rows of one YAML file."""
    found: list[dict[str, Any]] = yaml.safe_load((HERE / f"{name}.yaml").read_text())
    return found


def ago(at: datetime, days: float, *, number: int = 0) -> datetime:
    """A moment in the past during office hours; `number` spreads rows of one day over it."""
    day = (at - timedelta(days=days)).replace(hour=7, minute=20, second=0, microsecond=0, tzinfo=UTC)
    return min(day + timedelta(minutes=number * 37 % 540), at - timedelta(minutes=5))
