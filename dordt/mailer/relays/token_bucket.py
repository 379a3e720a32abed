"""Token buckets: how many messages may leave now. Rules only, no database.

A bucket fills evenly by the wall clock, up to its capacity; each message takes one token out of all three.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import floor, inf
from typing import NamedTuple

from dordt.mailer.relays import Limits

BURST = 0.25  # seconds' worth of messages that may leave at once, beside the one in hand
HOUR, DAY = 3_600, 86_400  # seconds
ENDLESS = 1e9  # what a bucket without limit holds: it is full at the moment it gets one
SKEW = timedelta(seconds=5)  # clocks of hosts may differ so much; one that is further back was set back
HAIR = 1e-6  # of a token: what reckoning in floats may lose


class Tokens(NamedTuple):
    """What is in the buckets of a relay; never filled: full."""

    second: float
    hour: float
    day: float
    filled_at: datetime | None


class Grant(NamedTuple):
    """`wait`: seconds until another message may leave; 0 when all that was wanted may."""

    messages: int
    left: Tokens
    wait: float


@dataclass(frozen=True, slots=True)
class Bucket:
    """`rate`: tokens per second."""

    rate: float
    capacity: float

    def filled(self, tokens: float, seconds: float) -> float:
        """What it holds after so many seconds; what lies above its brim, after a lower limit was set, is lost."""
        return min(self.capacity, max(0.0, tokens) + self.rate * seconds)

    def wait(self, tokens: float) -> float:
        """Seconds until it holds a whole token."""
        return max(0.0, 1 - tokens) / self.rate


Buckets = tuple[Bucket | None, Bucket | None, Bucket | None]


def buckets_for(limits: Limits) -> Buckets:
    """The buckets per second, hour and day. Those of the hour and the day are full at first: what is set may be used.

    So within any hour (or day) at most twice the limit leaves: what was in the bucket, and what flowed in.
    """
    second, hour, day = limits.per_second, limits.per_hour, limits.per_day
    return (
        Bucket(second, 1 + second * BURST) if second else None,
        Bucket(hour / HOUR, max(1, hour)) if hour else None,
        Bucket(day / DAY, max(1, day)) if day else None,
    )


def take(buckets: Buckets, tokens: Tokens, wanted: int, *, at: datetime) -> Grant:
    """Take up to `wanted` whole tokens out of all buckets at once."""
    seconds, filled_at = _passed(tokens.filled_at, at)
    held = [
        ENDLESS if bucket is None else bucket.filled(inside, seconds)
        for bucket, inside in zip(buckets, tokens[:3], strict=True)
    ]
    count = max(0, min(wanted, floor(min(held) + HAIR)))
    left = [
        inside if bucket is None else max(0.0, inside - count) for bucket, inside in zip(buckets, held, strict=True)
    ]
    waits = [bucket.wait(inside) for bucket, inside in zip(buckets, left, strict=True) if bucket]
    wait = max(waits, default=0.0) + (filled_at - at).total_seconds() if count < wanted else 0.0
    return Grant(count, Tokens(left[0], left[1], left[2], filled_at), wait)


def _passed(filled_at: datetime | None, at: datetime) -> tuple[float, datetime]:
    """Seconds since the buckets were filled, and up to when they are now.

    Behind by a little, it is another host's clock, and it must not make time run twice; by more, the clock was set
    back, and time goes on from there.
    """
    if filled_at is None:
        return inf, at
    if at >= filled_at:
        return (at - filled_at).total_seconds(), at
    return 0.0, filled_at if filled_at - at <= SKEW else at
