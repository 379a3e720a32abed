"""What became of a newsletter once it was started: counted from the ledger, and as rows of a file.

The counts add up to the audience that was frozen. Who took the file is in the log.
"""

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa

from dordt.accounts.models import StaffMember
from dordt.extensions import db
from dordt.mailer.labels import DELIVERY_LABELS
from dordt.mailer.ledger import deliveries, outbox
from dordt.mailer.models import DeliveryState, Mail
from dordt.newsletters.models import Newsletter
from dordt.newsletters.transitions import log
from dordt.shared import tables
from dordt.shared.problems import NotAllowed
from dordt.shared.tables import Cell, Kind
from dordt.subscribers.models import UnsubscribeReason, UnsubscribeWay, Unsubscription

HEADERS = ("E-mailadres", "Wat werd ervan", "Pogingen", "Aangenomen", "Code", "Antwoord van de mailserver")
TOO_MANY = "Voor zoveel abonnees kunnen wij geen ODS-bestand maken. Kies CSV: dat opent u in hetzelfde programma."
logger = logging.getLogger(__name__)


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
        logger.error("The report of newsletter %d does not add up; its mail is %d", newsletter.number, mail.id)
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
        yield (row.address, DELIVERY_LABELS[row.state], row.attempts, row.accepted_at, row.relay_code, row.relay_text)
