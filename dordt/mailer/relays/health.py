"""How one relay is doing, as one worker knows it, and how that is put together with what the others know."""

import logging
from datetime import datetime

from dordt.mailer.relays.circuit_breaker import LOSSES, OVER, WHOLE, Circuit, shortest_pause, span_of
from dordt.mailer.relays.rows import Row
from dordt.mailer.relays.settings import Limits, Relay
from dordt.mailer.relays.throttle import Brake, Meter, is_complaint
from dordt.mailer.relays.token_bucket import Buckets, buckets_for
from dordt.mailer.smtp.protocol import SERVICE_CLOSES, Reply, Stage
from dordt.shared.addresses import without_addresses

LONGEST_PROBE = 60  # seconds; connecting gives up earlier

logger = logging.getLogger(__name__)


class Health:
    """One relay. `own` is the circuit by this worker's failures, `shared` the one in the row that all workers see."""

    def __init__(self, relay: Relay, limits: Limits, *, at: datetime) -> None:
        self.relay, self.meter = relay, Meter(at)
        self.own = self.shared = WHOLE
        self.rest = self.spent = self.probe = OVER  # no new connections; no tokens; one connection tries
        self.is_calm = True  # nothing to do when the next letter goes well
        self.is_changed = False  # the row must hear of it
        self._limits, self._buckets = limits, buckets_for(limits)
        self._brake: Brake | None = None
        self._brake_rate: float | None = None
        self._was_greeted, self._losses = False, 0
        self._has_failed = self._has_healed = self._was_braked = False
        self._problem: tuple[str, datetime] | None = None

    @property
    def is_free(self) -> bool:
        """Whether letters may leave without asking the database."""
        return not self._limits and self._brake is None

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
    def _theirs(self) -> Circuit:
        return WHOLE if self._has_healed else self.shared

    @property
    def _failures(self) -> int:
        return max(self.own.failures, self._theirs.failures)

    def buckets(self, at: datetime) -> Buckets | None:
        """What limits it now; None: nothing does."""
        rate = self._brake.rate(self._limits.per_second, at=at) if self._brake else None
        if rate != self._brake_rate:
            slowed = Limits(rate or self._limits.per_second, self._limits.per_hour, self._limits.per_day)
            self._brake_rate, self._buckets = rate, buckets_for(slowed)
        return self._buckets if any(self._buckets) else None

    def try_once(self, at: datetime) -> None:
        """A connection is being opened."""
        if self.is_probing:
            self.probe = span_of(at, LONGEST_PROBE)

    def greet(self) -> None:
        """A connection stands."""
        self.probe, self._was_greeted = OVER, True

    def fail(self, reason: str, *, at: datetime) -> None:
        """It cannot be reached, or takes leave of each new connection.

        While letters go well over other connections it only wants no more of them.
        """
        self.probe, self._was_greeted = OVER, False
        if self.rest.is_on(at) or self.is_open(at):
            return  # other connections failed with the same cause
        self._note(reason, at)
        if self.meter.rate(at) > 0:
            self.rest = shortest_pause(at)
            return
        self.own = Circuit(self._failures).after_failure(at)
        self.is_calm, self._has_failed, self._has_healed = False, True, False
        pause = self.own.pause.left(at)
        logger.warning("The relay %s is left alone for %d seconds: %s", self.relay.name, pause, self._words(reason))

    def hear(self, reply: Reply, was_fresh: bool, *, at: datetime) -> None:
        """An answer that is not simply good, or one that comes while something is wrong."""
        if reply.is_good:
            self.meter.count += 1
        if reply.code is not None and reply.code != SERVICE_CLOSES:
            self._heal()
        elif reply.stage is not Stage.BODY or reply.code is not None:
            self._lose(reply, was_fresh, at)
        if is_complaint(reply, was_fresh=was_fresh):
            self._slow_down(reply, at)

    def adopt(self, row: Row | None, *, at: datetime) -> None:
        """Take over what the row says."""
        if row is None:
            return
        self.shared = Circuit.stored(row.failures, row.closed_until)
        self._brake = Brake(row.slowed_to, row.slowed_at) if row.slowed_to and row.slowed_at else None
        if self._brake and self._brake.rate(self._limits.per_second, at=at) is None:
            self._brake, self.is_changed = None, True
        self.is_calm = not (self._failures or self._losses)

    def told(self, row: Row, *, at: datetime) -> Row:
        """The row with what is new put in. What another worker wrote since we read it last stays."""
        if self._has_healed and Circuit.stored(row.failures, row.closed_until) == self.shared:
            row = row._replace(failures=0, closed_until=None)
        if self._has_failed and (row.closed_until is None or row.closed_until < self.own.pause.until):
            failures = max(row.failures, self.own.failures)
            row = row._replace(failures=failures, closed_until=self.own.pause.until)
        row = self._told_of_brake(row, at)
        if self._problem:
            row = row._replace(problem=self._problem[0], problem_at=self._problem[1])
        self._has_failed = self._has_healed = self._was_braked = self.is_changed = False
        self._problem = None
        return row

    def _told_of_brake(self, row: Row, at: datetime) -> Row:
        theirs = Brake(row.slowed_to, row.slowed_at) if row.slowed_to and row.slowed_at else None
        if self._was_braked and self._brake and not (theirs and theirs.was_just_pulled(at)):
            return row._replace(slowed_to=self._brake.slowed_to, slowed_at=self._brake.slowed_at)
        if theirs and theirs.rate(self._limits.per_second, at=at) is None:
            return row._replace(slowed_to=None, slowed_at=None)
        return row

    def _heal(self) -> None:
        if self._failures and not self._has_healed:
            self._has_healed = self.is_changed = True
            logger.info("The relay %s takes letters again", self.relay.name)
        self.own, self._has_failed, self._losses, self._was_greeted = WHOLE, False, 0, True
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
        if self._brake and self._brake.was_just_pulled(at):
            return
        limit = self._brake.rate(self._limits.per_second, at=at) if self._brake else None
        limit = limit or self._limits.per_second
        self._brake = Brake.pulled(self.meter.rate(at), limit=limit, at=at)
        self._was_braked = True
        self._note(f"{reply.code} at {reply.stage}: {reply.text}", at)
        words = self._words(reply.text)
        logger.warning("The relay %s is slowed to %.1f a second: %s", self.relay.name, self._brake.slowed_to, words)

    def _note(self, problem: str, at: datetime) -> None:
        self._problem, self.is_changed = (self._words(problem)[:500], at), True

    @staticmethod
    def _words(problem: str) -> str:
        """Without addresses, and without what PostgreSQL does not store."""
        return without_addresses(problem.replace("\0", ""))
