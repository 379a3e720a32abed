"""How relays are treated: which one is used now, how fast, and when one is left alone. Shared by all workers.

What is known of a relay stands in one row that all workers read once a second. Everything here commits by itself, and
while all goes well without limits nothing is written.
"""

import logging
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask import current_app

from dordt.extensions import db
from dordt.mailer.buckets import Limits, refilled
from dordt.mailer.conversation import SERVICE_CLOSES, Reply, Stage
from dordt.mailer.models import MailRelay
from dordt.shared import clock
from dordt.shared.columns import INSERTS
from dordt.shared.transactions import reading

PAUSES = (5, 10, 20, 40, 60)  # seconds that a relay is left alone, after so many failures in a row
LOOK_EVERY = 1.0  # seconds between two looks at what other workers found
SLOWEST = 0.1  # letters per second
SLOWED_FROM = 10.0  # letters per second: where halving begins at least, when few letters left yet
SLOWS_ONCE_PER = 5.0  # seconds: what many connections hear at once is heard once
RECOVERS_EVERY = 30.0  # seconds without a complaint, after which the rate grows
RECOVERS_BY = 1.5
UNSLOWED = 500.0  # letters per second above which a relay without a limit of its own is as fast as ever
RATE_WORDS = re.compile(r"\brate\b|too (?:many|fast|much)|throttl|slow down|try again later.*limit", re.IGNORECASE)
TRY_LATER = 454  # what some relays say to who is too fast

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Relay:
    """A server that takes our mail; `name` is host:port."""

    name: str
    server: str
    port: int
    username: str | None
    password: str | None = field(repr=False)
    use_tls: bool
    use_ssl: bool
    is_backup: bool


def relays_from(config: Mapping[str, Any]) -> list[Relay]:
    """The relay of MAIL_SERVER, and after it that of MAIL_BACKUP_SERVER where there is one."""
    found = [_relay(config, "MAIL_", is_backup=False)]
    if config["MAIL_BACKUP_SERVER"]:
        found.append(_relay(config, "MAIL_BACKUP_", is_backup=True))
    return found


def _relay(config: Mapping[str, Any], prefix: str, *, is_backup: bool) -> Relay:
    server, port = config[f"{prefix}SERVER"], config[f"{prefix}PORT"]
    is_catcher = not is_backup and config.get("MAIL_CATCHER_FILE")
    return Relay(
        name="catcher" if is_catcher else f"{server}:{port}",
        server=server,
        port=port,
        username=config[f"{prefix}USERNAME"],
        password=config[f"{prefix}PASSWORD"],
        use_tls=config[f"{prefix}USE_TLS"],
        use_ssl=config[f"{prefix}USE_SSL"],
        is_backup=is_backup,
    )


class _Health:
    """What this worker knows of one relay."""

    def __init__(self, relay: Relay) -> None:
        self.relay = relay
        self.failures = 0
        self.closed_until: datetime | None = None
        self.slowed_to: float | None = None
        self.slowed_at: datetime | None = None
        self.problem: str | None = None
        self.problem_at: datetime | None = None
        self.has_changed = False
        self.waits_until = 0.0  # by the monotonic clock: no token before then

    @property
    def shared(self) -> dict[str, Any]:
        """The columns that all workers share."""
        names = ("failures", "closed_until", "slowed_to", "slowed_at", "problem", "problem_at")
        return {name: getattr(self, name) for name in names}


class Relays:
    """The relays of one worker; all calls come from one thread, outside a transaction."""

    def __init__(self, now: Callable[[], datetime] = clock.now) -> None:
        self._now = now
        self._all = [_Health(relay) for relay in relays_from(current_app.config)]
        self._by_name = {health.relay.name: health for health in self._all}
        self._limits = Limits.from_config(current_app.config)
        self._looked_at = -LOOK_EVERY
        self._taken, self._counted_at = 0, time.monotonic()

    def choose(self) -> Relay | None:
        """Where a new connection goes now: the backup while the first is left alone, nowhere while both are."""
        now = self._now()
        for health in self._all:
            if health.closed_until is None or health.closed_until <= now:
                return health.relay
        return None

    def is_probing(self, relay: Relay) -> bool:
        """Whether it was in trouble, and one connection must show that this is over."""
        return self._by_name[relay.name].failures > 0

    def seconds_to_next(self) -> float:
        """How long until a limit may let another letter go."""
        return max(0.0, min(health.waits_until for health in self._all) - time.monotonic())

    def unreachable(self, relay: Relay, reason: str) -> None:
        """Leave a relay alone, longer after each failure in a row. `reason` holds no address."""
        health, now = self._by_name[relay.name], self._now()
        if health.closed_until is not None and health.closed_until > now:
            return  # other connections failed with the same cause
        pause = PAUSES[min(health.failures, len(PAUSES) - 1)]
        health.failures += 1
        health.closed_until, health.has_changed = now + timedelta(seconds=pause), True
        health.problem, health.problem_at = reason[:500], now
        logger.warning("The mail relay %s cannot be used (%s); next try in %d seconds", relay.name, reason, pause)

    def heard(self, relay: Relay, reply: Reply, was_fresh: bool) -> None:
        """Tell a relay in trouble, or one that finds us too fast, from a letter that is not wanted."""
        health = self._by_name[relay.name]
        if reply.is_good and not health.failures:
            self._taken += 1
            return
        is_trouble = reply.code == SERVICE_CLOSES or (reply.code is None and reply.stage is not Stage.BODY)
        if not is_trouble:
            if health.failures:
                health.failures, health.closed_until, health.has_changed = 0, None, True
        elif was_fresh:
            self.unreachable(relay, f"{reply.code or 'no answer'} at {reply.stage}")
        if _finds_us_too_fast(reply, was_fresh):
            self._slow_down(health, reply)

    def allowance(self, relay: Relay, wanted: int) -> int:
        """How many of the wanted letters may leave now to this relay; they count as gone. Commits."""
        health = self._by_name[relay.name]
        limits = self._limits.slowed_to(health.slowed_to)
        if not wanted or not limits.are_any:
            return wanted
        if time.monotonic() < health.waits_until:
            return 0
        row = self._row(relay)
        tokens = refilled(row, limits, at=self._now())
        granted = min(wanted, tokens.whole)
        row.second_tokens, row.hour_tokens, row.day_tokens = tokens.less(granted)
        row.filled_at = self._now()
        db.session.commit()
        if granted < wanted:
            health.waits_until = time.monotonic() + tokens.less_of(granted).seconds_to_one(limits)
        return granted

    def save(self) -> None:
        """Tell the other workers what was found, and hear what they found; at most once a second. Commits."""
        moment = time.monotonic()
        changed = [health for health in self._all if health.has_changed]
        if not changed and moment - self._looked_at < LOOK_EVERY:
            return
        self._looked_at = moment
        for health in changed:
            self._row(health.relay)
            ours = sa.update(MailRelay).where(MailRelay.name == health.relay.name)
            db.session.execute(ours.values(**health.shared))
            health.has_changed = False
        db.session.commit()
        self._look()

    def _look(self) -> None:
        with reading():
            rows = db.session.scalars(sa.select(MailRelay).where(MailRelay.name.in_(self._by_name))).all()
            for row in rows:
                health = self._by_name[row.name]
                for name in health.shared:
                    setattr(health, name, getattr(row, name))
                self._recover(health)
            db.session.rollback()

    def _slow_down(self, health: _Health, reply: Reply) -> None:
        now = self._now()
        if health.slowed_at and now - health.slowed_at < timedelta(seconds=SLOWS_ONCE_PER):
            return
        present = min(health.slowed_to or self._pace(), self._limits.per_second or float("inf"))
        health.slowed_to, health.slowed_at, health.has_changed = max(SLOWEST, present / 2), now, True
        health.problem, health.problem_at = f"{reply.code} {reply.enhanced or ''}: not so fast".replace(" :", ":"), now
        logger.warning("The relay %s finds us too fast: %.1f letters a second now", health.relay.name, health.slowed_to)

    def _recover(self, health: _Health) -> None:
        """Faster again, step by step; the worker that writes it first does it for all."""
        now = self._now()
        if health.slowed_to is None or health.slowed_at is None:
            return
        if now - health.slowed_at >= timedelta(seconds=RECOVERS_EVERY):
            faster = health.slowed_to * RECOVERS_BY
            is_over = faster >= (self._limits.per_second or UNSLOWED)
            health.slowed_to, health.slowed_at, health.has_changed = None if is_over else faster, now, True

    def _pace(self) -> float:
        """Letters per second that left lately."""
        seconds = max(1.0, time.monotonic() - self._counted_at)
        pace = self._taken / seconds
        self._taken, self._counted_at = 0, time.monotonic()
        return max(SLOWED_FROM, pace)

    @staticmethod
    def _row(relay: Relay) -> MailRelay:
        """The relay's row, locked; made at first use, by whichever worker comes first."""
        query = sa.select(MailRelay).where(MailRelay.name == relay.name).with_for_update()
        query = query.execution_options(populate_existing=True)
        row = db.session.scalars(query).one_or_none()
        if row is None:
            insert = INSERTS[db.engine.dialect.name](MailRelay).values(
                name=relay.name, second_tokens=0, hour_tokens=0, day_tokens=0, failures=0
            )
            db.session.execute(insert.on_conflict_do_nothing(index_elements=["name"]))
            row = db.session.scalars(query).one()
        return row


def standing() -> list[dict[str, Any]]:
    """How each relay is doing, for `mailer status` and the staff page; moments as datetimes."""
    rows = {row.name: row for row in db.session.scalars(sa.select(MailRelay))}
    now, found = clock.now(), []
    for relay in relays_from(current_app.config):
        row = rows.get(relay.name)
        is_closed = row is not None and row.closed_until is not None and row.closed_until > now
        found.append(
            {
                "name": relay.name,
                "is_backup": relay.is_backup,
                "closed_until": row.closed_until if row and is_closed else None,
                "slowed_to": row.slowed_to if row else None,
                "problem": row.problem if row else None,
                "problem_at": row.problem_at if row else None,
            }
        )
    return found


def _finds_us_too_fast(reply: Reply, was_fresh: bool) -> bool:
    """421 after some letters only means that one connection carried enough; other words are about our pace."""
    if reply.code is None or reply.code >= 500 or reply.code < 400:
        return False
    is_about_pace = (reply.enhanced or "").startswith("4.7.") or reply.code == TRY_LATER
    return is_about_pace or bool(RATE_WORDS.search(reply.text)) or (reply.code == SERVICE_CLOSES and was_fresh)
