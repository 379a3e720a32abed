"""Rate limiting per relay: token buckets for its limits, a throttle after 'not so fast', a circuit breaker."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import floor, inf
from typing import NamedTuple

from dordt.mailer.relays import Limits
from dordt.mailer.smtp.protocol import SERVICE_CLOSES, Reply

BURST = 0.25  # seconds' worth of messages that may leave at once, beside the one in hand
HOUR, DAY = 3_600, 86_400  # seconds
ENDLESS = 1e9  # what a bucket without limit holds: it is full at the moment it gets one
SKEW = timedelta(seconds=5)  # clocks of hosts may differ so much; one that is further back was set back
HAIR = 1e-6  # of a token: what reckoning in floats may lose
SLOWEST = 0.1  # messages per second
SLOWED_FROM = 10.0  # messages per second: where halving begins at least, when few messages left yet
RECOVERY_TIME = timedelta(seconds=30)  # without complaints, for one step up
STEP = 0.1  # of the full rate
STEPS = 10  # after which any rate is the full one again
AGAIN_AFTER = timedelta(seconds=5)  # messages that were on their way already do not slow it down once more
THROTTLED = 454  # as Amazon says it
RATE_WORDS = re.compile(r"\brates?\b|\btoo (?:many|fast|quick)|throttl|slow(?:ing)? down", re.IGNORECASE)
OF_ONE_CONNECTION = re.compile(r"\b(?:connection|session)\b", re.IGNORECASE)
GREYLISTED = re.compile(r"gr[ae]y-?list", re.IGNORECASE)
PAUSES = (5, 10, 20, 40, 60)  # seconds, growing with each failure in a row
LOSSES = 3  # fresh connections that were lost, or answered 421, in a row


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


def is_slow_down(reply: Reply, *, was_fresh: bool) -> bool:
    """Whether the relay says that messages come too fast.

    Not when it speaks of one recipient (x.1.x, x.2.x), asks to come back later (greylisting), or ends a
    connection that carried messages: so many are enough for one connection, and the next one goes on.
    """
    if reply.is_good or reply.code is None:
        return False
    enhanced = reply.enhanced or ""
    if enhanced[2:4] in {"1.", "2."} or GREYLISTED.search(reply.text):
        return False
    if reply.code == SERVICE_CLOSES and not was_fresh and not enhanced.startswith("4.7."):
        return bool(RATE_WORDS.search(reply.text)) and not OF_ONE_CONNECTION.search(reply.text)
    is_told = reply.code in {SERVICE_CLOSES, THROTTLED} or enhanced.startswith("4.7.")
    return is_told or bool(RATE_WORDS.search(reply.text))


@dataclass(frozen=True, slots=True)
class Throttle:
    """Slowed to so many messages per second, for all workers. How it recovers follows from the clock alone."""

    slowed_to: float
    slowed_at: datetime

    def rate(self, full: float | None, *, at: datetime) -> float | None:
        """Messages per second now; None when the throttle is off.

        Each good time adds a tenth of the full rate. Without a limit nobody knows the full rate: it was halved, so
        a fifth of the slowed one is taken. After ten steps the throttle is off in any case.
        """
        steps = max(timedelta(0), at - self.slowed_at) // RECOVERY_TIME
        if steps >= STEPS or self.slowed_at - at > SKEW:  # or the clock was set back
            return None
        rate = self.slowed_to + steps * STEP * (full or 2 * self.slowed_to)
        return rate if full is None or rate < full else None

    def is_recent(self, at: datetime) -> bool:
        """Whether the messages that were refused may have left before it began."""
        return -SKEW <= at - self.slowed_at < AGAIN_AFTER

    @classmethod
    def slowed(cls, measured: float, *, limit: float | None, at: datetime) -> "Throttle":
        """Half as fast from now on as messages really left; `limit`: they may not leave faster than this anyway."""
        current = max(SLOWED_FROM, measured)
        return cls(max(SLOWEST, min(current, limit or current) / 2), at)


class Meter:
    """How many messages per second this worker had taken in the last seconds."""

    def __init__(self, at: datetime) -> None:
        self.count = 0
        self._since, self._last = at, 0.0

    def roll(self, at: datetime) -> None:
        """Begin a new second when one has passed."""
        seconds = (at - self._since).total_seconds()
        if seconds < 0 or seconds >= 1:
            self._last = self.count / seconds if seconds >= 1 else 0.0
            self.count, self._since = 0, at

    def clear(self) -> None:
        """What was measured says nothing any more: connections break."""
        self.count, self._last = 0, 0.0

    def rate(self, at: datetime) -> float:
        """Messages per second, of the last whole second or of the current one."""
        seconds = (at - self._since).total_seconds()
        last = self._last if 0 <= seconds < 2 else 0.0
        return max(last, self.count / max(1.0, seconds))


@dataclass(frozen=True, slots=True)
class Span:
    """A while; a clock that is set back ends it, for else it would last as long again."""

    since: datetime
    until: datetime

    def is_on(self, at: datetime) -> bool:
        """Whether it lasts."""
        return at < self.until and at >= self.since - SKEW

    def left(self, at: datetime) -> float:
        """Seconds until it is over; 0 when it is."""
        return (self.until - at).total_seconds() if self.is_on(at) else 0.0


OVER = Span(datetime.min.replace(tzinfo=UTC) + SKEW, datetime.min.replace(tzinfo=UTC) + SKEW)


def span_of(at: datetime, seconds: float) -> Span:
    """From now, so many seconds."""
    return Span(at, at + timedelta(seconds=seconds))


def shortest_pause(at: datetime) -> Span:
    """For a relay that takes messages, but no more connections."""
    return span_of(at, PAUSES[0])


@dataclass(frozen=True, slots=True)
class CircuitBreaker:
    """Open (nothing is asked of the relay) until its pause is over, then half open until something goes well."""

    failures: int = 0
    pause: Span = OVER

    def after_failure(self, at: datetime) -> "CircuitBreaker":
        """One failure more in a row."""
        return CircuitBreaker(self.failures + 1, span_of(at, _pause(self.failures + 1)))

    @classmethod
    def stored(cls, failures: int, closed_until: datetime | None) -> "CircuitBreaker":
        """As the row of the relay has it."""
        if not failures or closed_until is None:
            return CLOSED
        return cls(failures, Span(closed_until - timedelta(seconds=_pause(failures)), closed_until))


CLOSED = CircuitBreaker()


def _pause(failures: int) -> int:
    return PAUSES[min(failures, len(PAUSES)) - 1]
