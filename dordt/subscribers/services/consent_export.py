"""The proof of consent as a table: who agreed to which words, where, when, and who entered it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from dordt.accounts.models import StaffMember
from dordt.audit import services as audit
from dordt.consent.models import Consent, ConsentPurpose, ConsentText
from dordt.extensions import db
from dordt.shared.database import reading
from dordt.shared.tables import Cell
from dordt.subscribers.labels import METHOD_LABELS
from dordt.subscribers.models import Subscriber, SubscriberImport

ELSEWHERE = "De tekst stond ergens anders. Wij weten wel waar de toestemming vandaan komt."
HEADERS = (
    *("e-mailadres", "tekstversie", "tekst", "gevraagd", "waar", "hoe", "ingevoerd door", "bevestigd", "ingetrokken"),
)


AT_ONCE = 2_000


@dataclass(frozen=True)
class ConsentProof:
    """One act of consent. entered_by: the member of staff who entered it or brought the list in, and which list."""

    consent: Consent
    text: str | None
    entered_by: str

    def row(self, email: str) -> Sequence[Cell]:
        found = self.consent
        how = (found.asked_at, found.source, METHOD_LABELS[found.method], self.entered_by)
        return (email, found.text_version, self.text or ELSEWHERE, *how, found.confirmed_at, found.withdrawn_at)


def proofs_of(subscriber: Subscriber) -> list[ConsentProof]:
    """Every act of consent of one subscriber, the newest first."""
    found = Consent.of(subscriber.email_key, ConsentPurpose.NEWSLETTER)
    return list(_with_context(db.session.scalars(found).all()))


def proof_taken(subscriber: Subscriber, *, by: StaffMember, at: datetime) -> Sequence[Sequence[Cell]]:
    """The rows of one subscriber; the log says who took them."""
    _log(subscriber, by, at, count=None)
    return [proof.row(subscriber.email) for proof in proofs_of(subscriber)]


def all_proof_taken(*, by: StaffMember, at: datetime) -> Iterator[Sequence[Cell]]:
    """The rows of everybody who is or was on the list, in the order of agreeing; the log says who took them."""
    _log(("subscriber", None), by, at, count=proof_count())
    return _in_pieces()


def _in_pieces() -> Iterator[Sequence[Cell]]:
    """In short transactions, however many there are."""
    last = 0
    while True:
        with reading():
            piece = db.session.scalars(_all().where(Consent.id > last).order_by(Consent.id).limit(AT_ONCE)).all()
            found = list(_rows_of(piece)) if piece else []
            last = piece[-1].id if piece else last
            db.session.rollback()
        if not found:
            return
        yield from found


def _rows_of(piece: Sequence[Consent]) -> Iterator[Sequence[Cell]]:
    keys = [consent.address_key for consent in piece]
    known = sa.select(Subscriber.email_key, Subscriber.email).where(Subscriber.email_key.in_(keys))
    emails = dict(db.session.execute(known).all())
    for proof in _with_context(piece):
        yield proof.row(emails.get(proof.consent.address_key, proof.consent.address_key))


def proof_count() -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(_all().subquery())) or 0


def _all() -> "sa.Select[Consent]":
    return sa.select(Consent).where(Consent.purpose == ConsentPurpose.NEWSLETTER)


def _log(subject: Subscriber | tuple[str, None], by: StaffMember, at: datetime, *, count: int | None) -> None:
    audit.record("subscriber.proof_taken", subject=subject, at=at, by=by, count=count)
    db.session.commit()


def _with_context(found: Sequence[Consent]) -> Iterator[ConsentProof]:
    texts = {text.version: text.text for text in db.session.scalars(ConsentText.of(ConsentPurpose.NEWSLETTER))}
    lists = _lists()
    for consent in found:
        by = consent.entered_by_name or lists.get(consent.import_id or 0, "")
        yield ConsentProof(consent, texts.get(consent.text_version or 0), by)


def _lists() -> Mapping[int, str]:
    """Who brought a list in, and which one it was."""
    query = sa.select(SubscriberImport.id, SubscriberImport.filename, StaffMember.name).outerjoin(
        StaffMember, StaffMember.id == SubscriberImport.created_by_id
    )
    return {
        number: f"{name or 'de opdrachtregel'} (lijst {number}: {file})"
        for number, file, name in db.session.execute(query)
    }
