"""How the relays are doing, for operators and staff."""

from dataclasses import dataclass
from datetime import datetime

from flask import current_app

from dordt.mailer.relays import rows
from dordt.mailer.relays.circuit_breaker import Circuit
from dordt.mailer.relays.settings import Limits, limits_from, relays_from
from dordt.mailer.relays.throttle import Brake


@dataclass(frozen=True)
class Standing:
    """One relay; `problem` is the last one, with its moment, even when all is well again."""

    name: str
    is_backup: bool
    limits: Limits
    closed_until: datetime | None = None  # None: it may be used
    slowed_to: float | None = None  # letters per second now; None: at full speed
    problem: str | None = None
    problem_at: datetime | None = None


def standing(*, at: datetime) -> list[Standing]:
    """The relays in the order in which they are used."""
    relays, limits = relays_from(current_app.config), limits_from(current_app.config)
    found = rows.read([relay.name for relay in relays])
    return [_standing(found.get(relay.name, rows.Row(relay.name)), relay.is_backup, limits, at) for relay in relays]


def _standing(row: rows.Row, is_backup: bool, limits: Limits, at: datetime) -> Standing:
    circuit = Circuit.stored(row.failures, row.closed_until)
    brake = Brake(row.slowed_to, row.slowed_at) if row.slowed_to and row.slowed_at else None
    return Standing(
        row.name,
        is_backup,
        limits,
        closed_until=circuit.pause.until if circuit.pause.is_on(at) else None,
        slowed_to=brake.rate(limits.per_second, at=at) if brake else None,
        problem=row.problem,
        problem_at=row.problem_at,
    )
