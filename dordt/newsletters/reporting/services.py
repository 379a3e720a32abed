"""What became of a newsletter for each subscriber, as rows of a file; who took them is in the log."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from dordt.accounts.models import StaffMember
from dordt.extensions import db
from dordt.mailer.labels import DELIVERY_LABELS
from dordt.mailer.models import Delivery
from dordt.newsletters.models import Newsletter
from dordt.newsletters.transitions import log
from dordt.shared import tables
from dordt.shared.problems import NotAllowed
from dordt.shared.tables import Cell, Kind
from dordt.shared.transactions import reading

HEADERS = ("E-mailadres", "Wat werd ervan", "Pogingen", "Aangenomen", "Code", "Antwoord van de mailserver")
COLUMNS = (
    *(Delivery.recipient, Delivery.address, Delivery.state, Delivery.attempts),
    *(Delivery.accepted_at, Delivery.relay_code, Delivery.relay_text),
)
AT_ONCE = 2_000
TOO_MANY = "Voor zoveel abonnees kunnen wij geen ODS-bestand maken. Kies CSV: dat opent u in hetzelfde programma."


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
    """One after the other, read in pieces: nothing is held long, however many there are."""
    last = -1
    while found := _next(mail_id, last):
        last = found[-1].recipient
        for row in found:
            yield (
                row.address,
                DELIVERY_LABELS[row.state],
                row.attempts,
                row.accepted_at,
                row.relay_code,
                row.relay_text,
            )


def _next(mail_id: int, after: int) -> Sequence[Any]:
    piece = sa.select(*COLUMNS).where(Delivery.mail_id == mail_id, Delivery.recipient > after)
    with reading():
        found: Sequence[Any] = db.session.execute(piece.order_by(Delivery.recipient).limit(AT_ONCE)).all()
        db.session.rollback()
    return found
