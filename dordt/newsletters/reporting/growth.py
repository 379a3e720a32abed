"""How the list grew: who came, who went, and how many there were, by the calendar of Amsterdam.

The proof of consent tells who came and when they went. Of somebody who asked twice before confirming there are two
proofs, which ended together: the first of them counts. Who came back has a proof that ended, and a new one.
Who moved to another address neither came nor went. How many there were is reckoned back from how many there are.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import accumulate
from typing import Any

import sqlalchemy as sa

from dordt.consent.models import Consent, ConsentPurpose
from dordt.extensions import db
from dordt.shared.clock import AMSTERDAM
from dordt.shared.columns import UtcMoment
from dordt.shared.reading import tally
from dordt.subscribers.models import Subscriber, SubscriberState, Unsubscription
from dordt.subscribers.services.preferences import CONFIRM_PAGE

MOST = 30  # steps that are shown, whatever date stood in a list that was taken over
ON_THE_LIST = (SubscriberState.CONFIRMED, SubscriberState.PAUSED)


class Unit(StrEnum):
    """How the calendar is cut."""

    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True)
class Interval:
    """One week, month or year. `size`: how many were on the list at its end, or are now."""

    starts_on: date
    joined: int
    left: int
    size: int


def growth(unit: Unit, count: int | None = None, *, at: datetime) -> list[Interval]:
    """The last `count` steps, the present one included; None: as far back as anybody is known to have come."""
    today = at.astimezone(AMSTERDAM).date()
    starts = starts_of(unit, today, count) if count else _all_starts(unit, today)
    borders = [midnight(start) for start in starts]
    joined, left = _per_step(_joined(borders[0]), borders), _per_step(_left(borders[0]), borders)
    sizes = _sizes([came - went for came, went in zip(joined, left, strict=True)])
    return [Interval(*values) for values in zip(starts, joined, left, sizes, strict=True)]


def start_of(unit: Unit, day: date) -> date:
    """The first day of the week (a Monday), month or year that holds a day."""
    if unit is Unit.WEEK:
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if unit is Unit.MONTH else day.replace(month=1, day=1)


def starts_of(unit: Unit, today: date, count: int) -> list[date]:
    """The first days of the last `count` steps, the oldest first; the present one is the last of them."""
    found = [start_of(unit, today)]
    while len(found) < count:
        found.append(start_of(unit, found[-1] - timedelta(days=1)))
    return found[::-1]


def midnight(day: date) -> datetime:
    """When a day begins in Amsterdam."""
    return datetime.combine(day, time(), AMSTERDAM).astimezone(UTC)


def _all_starts(unit: Unit, today: date) -> list[date]:
    """As far back as anybody is known to have come."""
    earliest = min(_first_day() or today, today)
    count = 1
    while count < MOST and starts_of(unit, today, count)[0] > earliest:
        count += 1
    return starts_of(unit, today, count)


def _first_day() -> date | None:
    came = sa.select(sa.func.min(Consent.confirmed_at, type_=UtcMoment))
    first = db.session.scalar(came.where(Consent.purpose == ConsentPurpose.NEWSLETTER))
    return first and first.astimezone(AMSTERDAM).date()


def _sizes(changes: Sequence[int]) -> list[int]:
    """At the end of each step: what there is now, less what came after."""
    on_the_list = sa.select(sa.func.count()).select_from(Subscriber).where(Subscriber.state.in_(ON_THE_LIST))
    now = db.session.scalar(on_the_list) or 0
    return list(accumulate(reversed(changes[1:]), lambda size, change: size - change, initial=now))[::-1]


def _per_step(moments: "sa.Select[Any]", borders: Sequence[datetime]) -> list[int]:
    """How many of these moments fall in each step; the steps begin at the borders, the oldest first."""
    (moment,) = moments.selected_columns
    newest_first = reversed(list(enumerate(borders)))
    step = sa.case(*((moment >= border, sa.literal_column(str(number))) for number, border in newest_first))
    counted = moments.with_only_columns(step.label("step"), sa.func.count()).group_by(sa.text("step"))
    found = tally(counted)
    return [found.get(number, 0) for number in range(len(borders))]


def _joined(since: datetime) -> "sa.Select[Any]":
    """When each membership since a moment began."""
    moved_here = sa.and_(Consent.source == CONFIRM_PAGE, Consent.confirmed_at.in_(_moved(since)))
    return sa.select(Consent.confirmed_at).where(*_is_first(), Consent.confirmed_at >= since, ~moved_here)


def _left(since: datetime) -> "sa.Select[Any]":
    """When each membership since a moment ended."""
    moved_away = Consent.withdrawn_at.in_(_moved(since))
    return sa.select(Consent.withdrawn_at).where(*_is_first(), Consent.withdrawn_at >= since, ~moved_away)


def _is_first() -> "Iterable[sa.ColumnElement[bool]]":
    """Whether a proof is the first of a membership: proofs of one address that ended together, or have not ended."""
    earlier = sa.orm.aliased(Consent)
    is_newsletter = (Consent.purpose == ConsentPurpose.NEWSLETTER, Consent.confirmed_at.is_not(None))
    of_the_same = (
        earlier.address_key == Consent.address_key,
        earlier.id < Consent.id,
        earlier.purpose == Consent.purpose,
        earlier.confirmed_at.is_not(None),
        earlier.withdrawn_at.is_not_distinct_from(Consent.withdrawn_at),
    )
    return (*is_newsletter, ~sa.exists().where(*of_the_same))


def _moved(since: datetime) -> "sa.Select[Any]":
    """When somebody who stayed moved to another address: who left at that moment gave the place to somebody else."""
    proof = sa.orm.aliased(Consent)
    nobody_left = ~sa.exists().where(Unsubscription.at == proof.confirmed_at)
    moved = sa.select(proof.confirmed_at).where(proof.source == CONFIRM_PAGE, proof.confirmed_at >= since)
    return moved.where(nobody_left)
