"""Which replies ask us to slow down, to what rate, and how that rate recovers. No database."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from dordt.mailer.relays.token_bucket import SKEW
from dordt.mailer.smtp.protocol import SERVICE_CLOSES, Reply

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
