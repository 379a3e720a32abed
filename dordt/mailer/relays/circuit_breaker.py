"""The circuit breaker of one relay, as one worker sees it: its own failures, and what the shared row tells."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from dordt.mailer.relays.token_bucket import SKEW

PAUSES = (5, 10, 20, 40, 60)  # seconds, growing with each failure in a row
LOSSES = 3  # fresh connections that were lost, or answered 421, in a row


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
