"""Token buckets: how many letters may leave now under the limits per second, hour and day. Arithmetic only."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol

BURST = 0.25  # seconds' worth of letters that may leave together
LONGEST_WAIT = 60.0  # seconds after which one looks again, however long it takes: a limit may have been changed
SECONDS = (1.0, 3600.0, 86_400.0)


@dataclass(frozen=True)
class Limits:
    """Letters per second, hour and day; None is no limit."""

    per_second: float | None
    per_hour: float | None
    per_day: float | None

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> "Limits":
        """MAIL_RATE_PER_SECOND, _HOUR and _DAY; zero is no limit, too."""
        return cls(*(config[f"MAIL_RATE_PER_{unit}"] or None for unit in ("SECOND", "HOUR", "DAY")))

    @property
    def are_any(self) -> bool:
        """Whether anything is limited."""
        return any(self.all)

    @property
    def all(self) -> tuple[float | None, float | None, float | None]:
        """The three limits."""
        return self.per_second, self.per_hour, self.per_day

    @property
    def capacities(self) -> tuple[float, float, float]:
        """How much each bucket holds; a quarter second's worth, or all of an hour or a day."""
        burst = max(1.0, self.per_second * BURST) if self.per_second else float("inf")
        return burst, self.per_hour or float("inf"), self.per_day or float("inf")

    def slowed_to(self, rate: float | None) -> "Limits":
        """The same, but no faster than a relay asked for."""
        return self if rate is None else replace(self, per_second=min(rate, self.per_second or rate))


class Bucket(Protocol):
    """Where tokens are kept; `filled_at` is None until the first use, when every bucket is full."""

    second_tokens: Any
    hour_tokens: Any
    day_tokens: Any
    filled_at: Any


@dataclass(frozen=True)
class Tokens:
    """What is in the three buckets, infinite where there is no limit."""

    amounts: tuple[float, float, float]

    @property
    def whole(self) -> int:
        """How many letters that is; a large number where nothing is limited."""
        fewest = min(self.amounts)
        return int(fewest) if fewest < 1e9 else 1_000_000_000

    def less_of(self, count: int) -> "Tokens":
        """After so many letters."""
        return Tokens(tuple(amount - count for amount in self.amounts))  # type: ignore[arg-type]

    def less(self, count: int) -> tuple[float, float, float]:
        """The same as columns hold it: what has no limit is kept empty."""
        return tuple(0.0 if left == float("inf") else left for left in self.less_of(count).amounts)  # type: ignore[return-value]

    def seconds_to_one(self, limits: Limits) -> float:
        """How long until another letter may leave."""
        waits = [
            (1 - amount) * seconds / limit
            for amount, limit, seconds in zip(self.amounts, limits.all, SECONDS, strict=True)
            if limit and amount < 1
        ]
        return min(LONGEST_WAIT, max(waits, default=0.0))


def refilled(bucket: Bucket, limits: Limits, *, at: datetime) -> Tokens:
    """What is in the buckets now. A clock that jumps back adds nothing, one that jumps ahead no more than fits."""
    if bucket.filled_at is None:
        return Tokens(limits.capacities)
    passed = max(0.0, (at - bucket.filled_at).total_seconds())
    kept = (bucket.second_tokens, bucket.hour_tokens, bucket.day_tokens)
    parts = zip(kept, limits.all, SECONDS, limits.capacities, strict=True)
    return Tokens(
        tuple(  # type: ignore[arg-type]
            min(capacity, left + passed * limit / seconds) if limit else float("inf")
            for left, limit, seconds, capacity in parts
        )
    )
