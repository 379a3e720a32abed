"""How the relay is treated: no faster than it may be, and left alone for a while when it cannot be reached."""

import time

PAUSES = (5, 10, 20, 40, 60)  # seconds
BURST = 0.25  # seconds' worth of letters that may leave together


class Rest:
    """A pause that grows with every failure in a row, until the relay answers a letter again."""

    def __init__(self) -> None:
        self.failures = 0
        self._until = 0.0

    @property
    def is_on(self) -> bool:
        """Whether nothing new is asked of the relay now."""
        return time.monotonic() < self._until

    def begin(self) -> int:
        """Leave the relay alone; returns for how many seconds."""
        pause = PAUSES[min(self.failures, len(PAUSES) - 1)]
        self.failures += 1
        self._until = time.monotonic() + pause
        return pause

    def forget(self) -> None:
        """The relay answers: all is well."""
        self.failures = 0


class Pace:
    """A token bucket: at most `per_second` letters, evenly; None means as fast as the relay takes them."""

    def __init__(self, per_second: int | None) -> None:
        self._rate = float(per_second or 0)
        self._most = max(1.0, self._rate * BURST)
        self._tokens, self._filled_at = self._most, time.monotonic()

    def allowance(self, wanted: int) -> int:
        """How many of the wanted letters may leave now."""
        if not self._rate:
            return wanted
        now = time.monotonic()
        self._tokens = min(self._most, self._tokens + (now - self._filled_at) * self._rate)
        self._filled_at = now
        return min(wanted, int(self._tokens))

    def spend(self, count: int) -> None:
        """Note that letters left."""
        self._tokens -= count

    def seconds_to_next(self) -> float:
        """How long until another letter may leave."""
        return max(0.0, (1 - self._tokens) / self._rate) if self._rate else 0.0
