"""What became of a newsletter once it was started, also as rows of a file, and how the list of subscribers grows.

The counts add up to the audience that was frozen. Who took the file is in the log.
"""

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import accumulate
from typing import Any

import sqlalchemy as sa

from dordt.accounts.authorization import asks
from dordt.accounts.models import StaffMember
from dordt.accounts.rights import Right
from dordt.consent.models import Consent, ConsentPurpose
from dordt.extensions import db
from dordt.mailer.labels import DELIVERY_LABELS
from dordt.mailer.ledger import deliveries, outbox
from dordt.mailer.models import DeliveryState, Mail
from dordt.mailer.reply_labels import reply_label
from dordt.newsletters.models import Newsletter
from dordt.newsletters.transitions import log
from dordt.shared import tables
from dordt.shared.clock import AMSTERDAM
from dordt.shared.database import UtcMoment
from dordt.shared.problems import NotAllowed
from dordt.shared.reading import tally
from dordt.shared.tables import Cell, Kind
from dordt.subscribers.models import Subscriber, SubscriberState, UnsubscribeReason, UnsubscribeWay, Unsubscription
from dordt.subscribers.services.preferences import CONFIRM_PAGE

HEADERS = (
    *("E-mailadres", "Wat werd ervan", "Pogingen", "Aangenomen"),
    *("Code", "Wat de mailserver zei", "Antwoord van de mailserver"),
)
TOO_MANY = "Voor zoveel abonnees kunnen wij geen ODS-bestand maken. Kies CSV: dat opent u in hetzelfde programma."
logger = logging.getLogger(__name__)
MOST = 30  # steps that are shown, whatever date stood in a list that was taken over
ON_THE_LIST = (SubscriberState.CONFIRMED, SubscriberState.PAUSED)


@dataclass(frozen=True)
class Tally:
    """`frozen`: how many it was made ready for at the start. `counts`: where these stand, all of one moment."""

    frozen: int
    counts: Mapping[DeliveryState, int]

    @property
    def total(self) -> int:
        """What the counts come to."""
        return sum(self.counts.values())

    @property
    def adds_up(self) -> bool:
        """Whether everybody is accounted for, once."""
        return self.total == self.frozen


@dataclass(frozen=True)
class Leavers:
    """Who left after a newsletter; who gave no reason is counted under None."""

    ways: Mapping[UnsubscribeWay, int] = field(default_factory=dict)
    reasons: Mapping[UnsubscribeReason | None, int] = field(default_factory=dict)
    remarks: int = 0

    @property
    def total(self) -> int:
        """How often somebody left."""
        return sum(self.ways.values())


@dataclass(frozen=True)
class Compared:
    """One newsletter beside others. `left`: how often somebody left after it."""

    newsletter: Newsletter
    tally: Tally
    left: int


def started() -> "sa.Select[Newsletter]":
    """The newsletters that have a report, the newest first."""
    return Newsletter.newest_first().where(Newsletter.mail_id.is_not(None))


def tally_of(newsletter: Newsletter, mail: Mail) -> Tally:
    """Where all of them stand. It must add up; if it does not, operators read so in the log."""
    found = Tally(mail.frozen_count, outbox.progress(mail.id))
    if not found.adds_up:
        logger.error("The report of newsletter %d does not add up; its mail is %d", newsletter.id, mail.id)
    return found


def left_out(newsletter: Newsletter, mail: Mail) -> dict[str, int]:
    """How many were left out when it started, by the reason; older newsletters only know of blocked addresses."""
    kept = newsletter.exclusions if newsletter.exclusions is not None else {"suppressed": mail.excluded_count}
    return {reason: count for reason, count in kept.items() if isinstance(count, int) and count}


def leavers_after(mail_id: int) -> Leavers:
    """Who left after a newsletter: by which way, and why."""
    after = Unsubscription.mail_id == mail_id
    has_remark = sa.func.sum(sa.case((Unsubscription.remark != "", 1), else_=0))
    columns = (Unsubscription.way, Unsubscription.reason, sa.func.count(), has_remark)
    ways: dict[UnsubscribeWay, int] = {}
    reasons: dict[UnsubscribeReason | None, int] = {}
    remarks = 0
    for way, reason, count, remarked in db.session.execute(
        sa.select(*columns).where(after).group_by(Unsubscription.way, Unsubscription.reason)
    ):
        ways[way] = ways.get(way, 0) + count
        reasons[reason] = reasons.get(reason, 0) + count
        remarks += remarked
    return Leavers(ways, reasons, remarks)


def remarks_after(mail_id: int) -> "sa.Select[Unsubscription]":
    """What leavers wrote, the newest first."""
    wrote = sa.select(Unsubscription).where(Unsubscription.mail_id == mail_id, Unsubscription.remark != "")
    return wrote.order_by(Unsubscription.at.desc(), Unsubscription.id.desc())


def compared(most: int) -> list[Compared]:
    """The newest newsletters side by side, the newest first."""
    newest = db.session.scalars(started().limit(most)).all()
    left = _left_after([newsletter.mail_id for newsletter in newest if newsletter.mail_id])
    return [
        Compared(newsletter, tally_of(newsletter, newsletter.mail), left.get(newsletter.mail.id, 0))
        for newsletter in newest
        if newsletter.mail
    ]


def _left_after(mail_ids: list[int]) -> dict[int, int]:
    of_them = Unsubscription.mail_id.in_(mail_ids)
    counted = sa.select(Unsubscription.mail_id, sa.func.count()).where(of_them).group_by(Unsubscription.mail_id)
    return {mail_id: count for mail_id, count in db.session.execute(counted) if mail_id}


@asks(Right.EXPORT, Right.SEE_CONTACT_DETAILS)
def begin_export(newsletter: Newsletter, kind: Kind, *, by: StaffMember, at: datetime) -> int:
    """Note who takes the file; returns the mail that it is about. Raises NotAllowed when the file cannot hold it."""
    mail = newsletter.mail
    if mail is None:
        raise NotAllowed("Deze nieuwsbrief is nog niet verstuurd. Er valt dus niets te downloaden.")
    if kind == "ods" and mail.frozen_count > tables.MOST_IN_ODS:
        raise NotAllowed(TOO_MANY)
    log("newsletter.exported", newsletter, by, at=at, kind=kind, frozen=mail.frozen_count)
    db.session.commit()
    return mail.id


def rows_of(mail_id: int) -> Iterator[Sequence[Cell]]:
    """One after the other: nothing is held long, however many there are."""
    for row in deliveries.results(mail_id):
        said = reply_label(row.relay_text, row.relay_code)
        yield (
            *(row.address, DELIVERY_LABELS[row.state], row.attempts, row.accepted_at),
            *(row.relay_code, said, row.relay_text),
        )


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
