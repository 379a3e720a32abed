"""How one relay is doing, as one worker knows it, and how that is put together with what the others know."""

import logging
from datetime import datetime

from dordt.mailer.relays import Limits, Relay
from dordt.mailer.relays.limits import (
    CLOSED,
    LOSSES,
    OVER,
    Buckets,
    CircuitBreaker,
    Meter,
    Throttle,
    buckets_for,
    is_slow_down,
    shortest_pause,
    span_of,
)
from dordt.mailer.relays.status import RelayRow
from dordt.mailer.smtp.protocol import SERVICE_CLOSES, Reply, Stage
from dordt.shared.addresses import without_addresses

LONGEST_PROBE = 60  # seconds; connecting gives up earlier

logger = logging.getLogger(__name__)


class RelayHealth:
    """One relay. `own` is the breaker by this worker's failures, `shared` the one in the row that all workers see."""

    def __init__(self, relay: Relay, limits: Limits, *, at: datetime) -> None:
        self.relay, self.meter = relay, Meter(at)
        self.own = self.shared = CLOSED
        self.rest = self.spent = self.probe = OVER  # no new connections; no tokens; one connection tries
        self.is_calm = True  # nothing to do when the next message goes well
        self.is_changed = False  # must be merged into the row
        self._limits, self._buckets = limits, buckets_for(limits)
        self._throttle: Throttle | None = None
        self._throttled_rate: float | None = None
        self._was_greeted, self._losses = False, 0
        self._has_failed = self._has_recovered = self._has_slowed = False
        self._problem: tuple[str, datetime] | None = None

    @property
    def is_free(self) -> bool:
        """Whether messages may leave without asking the database."""
        return not self._limits and self._throttle is None

    @property
    def is_probing(self) -> bool:
        """Whether one connection must show that it works again."""
        return not self._was_greeted and self._failures > 0

    def is_open(self, at: datetime) -> bool:
        """Whether the circuit is open: nothing is asked of this relay."""
        return self.own.pause.is_on(at) or self._theirs.pause.is_on(at)

    def opens_in(self, at: datetime) -> float:
        """Seconds until a connection may be tried."""
        return max(self.own.pause.left(at), self._theirs.pause.left(at), self.rest.left(at))

    @property
    def _theirs(self) -> CircuitBreaker:
        return CLOSED if self._has_recovered else self.shared

    @property
    def _failures(self) -> int:
        return max(self.own.failures, self._theirs.failures)

    def buckets(self, at: datetime) -> Buckets | None:
        """What limits it now; None: nothing does."""
        rate = self._throttle.rate(self._limits.per_second, at=at) if self._throttle else None
        if rate != self._throttled_rate:
            slowed = Limits(rate or self._limits.per_second, self._limits.per_hour, self._limits.per_day)
            self._throttled_rate, self._buckets = rate, buckets_for(slowed)
        return self._buckets if any(self._buckets) else None

    def connecting(self, at: datetime) -> None:
        """A connection is being opened."""
        if self.is_probing:
            self.probe = span_of(at, LONGEST_PROBE)

    def connected(self) -> None:
        """A connection stands."""
        self.probe, self._was_greeted = OVER, True

    def fail(self, reason: str, *, at: datetime) -> None:
        """It cannot be reached, or ends each new connection.

        While messages go well over other connections it only wants no more of them.
        """
        self.probe, self._was_greeted = OVER, False
        if self.rest.is_on(at) or self.is_open(at):
            return  # other connections failed with the same cause
        self._note(reason, at)
        if self.meter.rate(at) > 0:
            self.rest = shortest_pause(at)
            return
        self.own = CircuitBreaker(self._failures).after_failure(at)
        self.is_calm, self._has_failed, self._has_recovered = False, True, False
        pause = self.own.pause.left(at)
        logger.warning("Relay %s: %s, retry in %d s", self.relay.name, self._loggable(reason), pause)

    def replied(self, reply: Reply, was_fresh: bool, *, at: datetime) -> None:
        """A reply that is not simply good, or one that comes while something is wrong."""
        if reply.is_good:
            self.meter.count += 1
        if reply.code is not None and reply.code != SERVICE_CLOSES:
            self._recover()
        elif reply.stage is not Stage.BODY or reply.code is not None:
            self._lose(reply, was_fresh, at)
        if is_slow_down(reply, was_fresh=was_fresh):
            self._slow_down(reply, at)

    def load(self, row: RelayRow | None, *, at: datetime) -> None:
        """Load what the row says."""
        if row is None:
            return
        self.shared = CircuitBreaker.stored(row.failures, row.closed_until)
        self._throttle = Throttle(row.slowed_to, row.slowed_at) if row.slowed_to and row.slowed_at else None
        if self._throttle and self._throttle.rate(self._limits.per_second, at=at) is None:
            self._throttle, self.is_changed = None, True
        self.is_calm = not (self._failures or self._losses)

    def merge(self, row: RelayRow, *, at: datetime) -> RelayRow:
        """The row with what this worker found. What another worker wrote since we read it last stays."""
        if self._has_recovered and CircuitBreaker.stored(row.failures, row.closed_until) == self.shared:
            row = row._replace(failures=0, closed_until=None)
        if self._has_failed and (row.closed_until is None or row.closed_until < self.own.pause.until):
            failures = max(row.failures, self.own.failures)
            row = row._replace(failures=failures, closed_until=self.own.pause.until)
        row = self._merge_throttle(row, at)
        if self._problem:
            row = row._replace(problem=self._problem[0], problem_at=self._problem[1])
        self._has_failed = self._has_recovered = self._has_slowed = self.is_changed = False
        self._problem = None
        return row

    def _merge_throttle(self, row: RelayRow, at: datetime) -> RelayRow:
        theirs = Throttle(row.slowed_to, row.slowed_at) if row.slowed_to and row.slowed_at else None
        if self._has_slowed and self._throttle and not (theirs and theirs.is_recent(at)):
            return row._replace(slowed_to=self._throttle.slowed_to, slowed_at=self._throttle.slowed_at)
        if theirs and theirs.rate(self._limits.per_second, at=at) is None:
            return row._replace(slowed_to=None, slowed_at=None)
        return row

    def _recover(self) -> None:
        if self._failures and not self._has_recovered:
            self._has_recovered = self.is_changed = True
            logger.warning("Relay %s: accepts mail again", self.relay.name)
        self.own, self._has_failed, self._losses, self._was_greeted = CLOSED, False, 0, True
        self.is_calm = True

    def _lose(self, reply: Reply, was_fresh: bool, at: datetime) -> None:
        self.meter.clear()
        if not was_fresh:
            return
        self._losses += 1
        self.is_calm = False
        if self._losses >= LOSSES or self._failures:
            self.fail(f"{reply.code or 'no answer'} at {reply.stage}: {reply.text}", at=at)

    def _slow_down(self, reply: Reply, at: datetime) -> None:
        if self._throttle and self._throttle.is_recent(at):
            return
        limit = self._throttle.rate(self._limits.per_second, at=at) if self._throttle else None
        limit = limit or self._limits.per_second
        self._throttle = Throttle.slowed(self.meter.rate(at), limit=limit, at=at)
        self._has_slowed = True
        self._note(f"{reply.code} at {reply.stage}: {reply.text}", at)
        name, rate = self.relay.name, self._throttle.slowed_to
        logger.warning("Relay %s: too fast (%s), limited to %.1f messages/s", name, self._loggable(reply.text), rate)

    def _note(self, problem: str, at: datetime) -> None:
        self._problem, self.is_changed = (self._loggable(problem)[:500], at), True

    @staticmethod
    def _loggable(problem: str) -> str:
        """Without addresses, and without what PostgreSQL does not store."""
        return without_addresses(problem.replace("\0", ""))
