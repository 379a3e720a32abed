"""The list of subscribers as a table: the columns that an import takes, and how each one stands."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa

from dordt.accounts.models import StaffMember
from dordt.audit import services as audit
from dordt.consent.models import Consent, ConsentPurpose
from dordt.extensions import db
from dordt.shared.database import reading
from dordt.shared.tables import Cell
from dordt.subscribers.fields import FIELDS
from dordt.subscribers.imports.rows import COLUMNS
from dordt.subscribers.models import Subscriber, SubscriberState

AT_ONCE = 2_000  # of which as much is read as goes in one row each
HEADERS = (
    *COLUMNS,
    *("state", "asked_at", "confirmed_at", "unsubscribed_at", "paused_until"),
)


def exported(people: "sa.Select[Subscriber]", *, by: StaffMember, at: datetime) -> Iterator[Sequence[Cell]]:
    """The rows of everybody in this list, in the order in which they came; the log says who took how many."""
    count = db.session.scalar(sa.select(sa.func.count()).select_from(people.order_by(None).subquery()))
    audit.record("subscriber.exported", subject=("subscriber", None), by=by, at=at, count=count)
    db.session.commit()
    return _in_pieces(people.order_by(None).with_only_columns(Subscriber.id))


def _in_pieces(ids: "sa.Select[int]") -> Iterator[Sequence[Cell]]:
    """In short transactions, however many there are."""
    last = 0
    while True:
        with reading():
            piece = db.session.scalars(ids.where(Subscriber.id > last).order_by(Subscriber.id).limit(AT_ONCE)).all()
            found = list(_rows(piece)) if piece else []
            db.session.rollback()
        if not piece:
            return
        yield from found
        last = piece[-1]


def _rows(ids: Collection[int]) -> Iterator[Sequence[Cell]]:
    cells = [field.cells(ids) for field in FIELDS]
    proofs = _proofs(ids)
    s = Subscriber
    columns = (s.id, s.email, s.email_key, s.state, s.asked_at, s.confirmed_at, s.unsubscribed_at, s.paused_until)
    people = sa.select(*columns).where(s.id.in_(ids)).order_by(s.id)
    for number, email, key, state, asked_at, confirmed_at, unsubscribed_at, paused_until in db.session.execute(people):
        given_at, source = proofs.get(key, (None, None))
        fields = (of_field.get(number, "") for of_field in cells)
        moments = (asked_at, confirmed_at, unsubscribed_at, paused_until)
        yield (email, *fields, given_at, source, str(SubscriberState(state)), *moments)


def _proofs(ids: Collection[int]) -> Mapping[str, tuple[datetime | None, str]]:
    """When and where each address agreed: the last consent that was confirmed."""
    keys = sa.select(Subscriber.email_key).where(Subscriber.id.in_(ids))
    proofs = (
        sa.select(Consent.address_key, Consent.confirmed_at, Consent.source)
        .where(Consent.purpose == ConsentPurpose.NEWSLETTER, Consent.confirmed_at.is_not(None))
        .where(Consent.address_key.in_(keys))
        .order_by(Consent.id)
    )
    return {key: (given_at, source) for key, given_at, source in db.session.execute(proofs)}
