"""How the relay is treated: left alone for a while when it cannot be reached."""

import time
from typing import Any

PAUSES = (5, 10, 20, 40, 60)  # seconds


class Relays:
    def __init__(self, now: Any) -> None:
        self.failures, self._until = 0, 0.0

    def choose(self) -> Any:
        return None if time.monotonic() < self._until else "relay"

    def seconds_to_next(self) -> float:
        return 0.0

    def is_probing(self, relay: Any) -> bool:
        return bool(self.failures)

    def opened(self, relay: Any) -> None: ...
    def unreachable(self, relay: Any, reason: str) -> None:
        if time.monotonic() >= self._until:
            self._until = time.monotonic() + PAUSES[min(self.failures, 4)]
            self.failures += 1

    def heard(self, relay: Any, reply: Any, was_fresh: bool) -> None:
        if not (reply.code == 421 or (reply.code is None and reply.stage != "BODY")):
            self.failures = 0
        elif was_fresh:
            self.unreachable(relay, "")

    def allowance(self, relay: Any, wanted: int) -> int:
        return wanted

    def save(self) -> None: ...
