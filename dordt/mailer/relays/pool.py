"""What the delivery loop asks before it connects and before messages leave, and reports afterwards.

All workers share one row per relay: limits, throttle and circuit breaker hold for them together, and stay after a
restart. While all goes well and nothing is limited, no query is made but one look at the rows each second.
"""

import random
from collections.abc import Callable
from datetime import datetime

from flask import current_app

from dordt.mailer.relays import Relay, limits_from, relays_from, status
from dordt.mailer.relays.health import RelayHealth
from dordt.mailer.relays.limits import OVER, span_of, take
from dordt.mailer.smtp.protocol import Reply

LOOK_EVERY = 1.0  # seconds between two looks at what other workers found
LONGEST_WAIT = 60.0  # seconds
JITTER = 0.05  # seconds at most, by which workers that wait for the same token come one after the other
LONG_WAIT = 5.0  # seconds without a token, for which no connection is opened


class RelayPool:
    """The relays of one run of the loop; all calls come from one thread, within the application's context."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        at = now()
        limits = limits_from(current_app.config)
        self._healths = {relay.name: RelayHealth(relay, limits, at=at) for relay in relays_from(current_app.config)}
        self._names = sorted(self._healths)
        self._look = OVER
        self._load(status.read_apart(self._names), at)

    def choose(self) -> Relay | None:
        """Where a new connection goes now; None: nowhere, everybody waits.

        To the backup only while the first cannot be reached, or is being tried; not when a limit is used up.
        """
        at = self._now()
        tried = None
        for health in self._healths.values():
            if health.is_open(at):
                continue
            if health.probe.is_on(at):
                tried = tried or health.relay
                continue
            waits = health.rest.is_on(at) or health.spent.left(at) > LONG_WAIT
            return None if waits else health.relay
        return tried

    def seconds_to_next(self) -> float:
        """How long until `choose` or `allowance` may say something else; 0 when there is nothing to wait for."""
        at = self._now()
        waits = [health.spent.left(at) for health in self._healths.values()]
        if self.choose() is None:
            waits += [health.opens_in(at) for health in self._healths.values()]
        wait = min((wait for wait in waits if wait > 0), default=0.0)
        return min(LONGEST_WAIT, wait + random.uniform(0, JITTER)) if wait else 0.0  # noqa: S311  (no secret)

    def is_probing(self, relay: Relay) -> bool:
        """Whether only one connection may be opened, until it stands or a message went well."""
        return self._healths[relay.name].is_probing

    def connecting(self, relay: Relay) -> None:
        """A connection is being opened. While the first relay is tried so, others go to the backup."""
        self._healths[relay.name].connecting(self._now())

    def connected(self, relay: Relay) -> None:
        """A connection stands."""
        self._healths[relay.name].connected()

    def connect_failed(self, relay: Relay, reason: str) -> None:
        """A connection could not be opened."""
        self._healths[relay.name].fail(reason, at=self._now())

    def replied(self, relay: Relay, reply: Reply, was_fresh: bool) -> None:
        """The relay replied to a message; `was_fresh`: the first on its connection."""
        health = self._healths[relay.name]
        if health.is_calm and reply.is_good:
            health.meter.count += 1
        else:
            health.replied(reply, was_fresh, at=self._now())

    def allowance(self, relay: Relay, wanted: int) -> int:
        """How many messages may leave to this relay now; they are taken off its limits in the current transaction."""
        health = self._healths[relay.name]
        if health.is_free or wanted <= 0:
            return max(0, wanted)
        at = self._now()
        buckets = health.buckets(at)
        if buckets is None:
            return wanted
        if health.spent.is_on(at):
            return 0
        row = status.locked(self._names)[relay.name]
        grant = take(buckets, row.tokens, wanted, at=at)
        status.write(row.with_tokens(grant.left))
        health.spent = span_of(at, min(LONGEST_WAIT, grant.wait)) if grant.messages < wanted else OVER
        return grant.messages

    def save(self) -> None:
        """Merge what changed into the rows, in the current transaction; once a second load what other workers found."""
        at = self._now()
        is_changed = any(health.is_changed for health in self._healths.values())
        if not is_changed and self._look.is_on(at):
            return
        found = status.locked(self._names) if is_changed else status.read(self._names)
        for name, health in self._healths.items():
            health.meter.roll(at)
            if health.is_changed:
                merged = health.merge(found[name], at=at)
                if merged != found[name]:
                    status.write(merged)
                found[name] = merged
        self._load(found, at)

    def _load(self, found: dict[str, status.RelayRow], at: datetime) -> None:
        self._look = span_of(at, LOOK_EVERY)
        for name, health in self._healths.items():
            health.load(found.get(name), at=at)
