"""Files of subscribers: the list, the proofs of consent, and all that we hold of one of them.

Who takes the list or the proofs along is in the log.
"""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from dordt.accounts.authorization import asks
from dordt.accounts.models import StaffMember
from dordt.accounts.rights import Right
from dordt.audit import services as audit
from dordt.consent.models import Consent, ConsentPurpose, ConsentText
from dordt.extensions import db
from dordt.mailer.ledger import outbox
from dordt.shared.clock import AMSTERDAM
from dordt.shared.database import reading
from dordt.shared.tables import Cell
from dordt.subscribers.fields import FIELDS
from dordt.subscribers.imports.rows import COLUMNS
from dordt.subscribers.labels import METHOD_LABELS, REASON_LABELS, SENT_LABELS, STATE_LABELS, WAY_LABELS
from dordt.subscribers.models import AddressChange, Subscriber, SubscriberImport, SubscriberState, Unsubscription
from dordt.subscribers.services.preferences import waiting_address_of

ELSEWHERE = "De tekst stond ergens anders. Wij weten wel waar de toestemming vandaan komt."
PROOF_HEADERS = (
    *("e-mailadres", "tekstversie", "tekst", "gevraagd", "waar", "hoe", "ingevoerd door", "bevestigd", "ingetrokken"),
)


AT_ONCE = 2_000  # rows that are read at a time
LIST_HEADERS = (
    *COLUMNS,
    *("state", "asked_at", "confirmed_at", "unsubscribed_at", "paused_until"),
)


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


@asks(Right.SEE_CONTACT_DETAILS, closed_to_coordinators=True)
def proof_taken(subscriber: Subscriber, *, by: StaffMember, at: datetime) -> Sequence[Sequence[Cell]]:
    """The rows of one subscriber; the log says who took them."""
    _log(subscriber, by, at, count=None)
    return [proof.row(subscriber.email) for proof in proofs_of(subscriber)]


@asks(Right.EXPORT, closed_to_coordinators=True)
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


@asks(Right.EXPORT, closed_to_coordinators=True)
def exported(people: "sa.Select[Subscriber]", *, by: StaffMember, at: datetime) -> Iterator[Sequence[Cell]]:
    """The rows of everybody in this list, in the order in which they came; the log says who took how many."""
    count = db.session.scalar(sa.select(sa.func.count()).select_from(people.order_by(None).subquery()))
    audit.record("subscriber.exported", subject=("subscriber", None), by=by, at=at, count=count)
    db.session.commit()
    return _list_in_pieces(people.order_by(None).with_only_columns(Subscriber.id))


def _list_in_pieces(ids: "sa.Select[int]") -> Iterator[Sequence[Cell]]:
    """In short transactions, however many there are."""
    last = 0
    while True:
        with reading():
            piece = db.session.scalars(ids.where(Subscriber.id > last).order_by(Subscriber.id).limit(AT_ONCE)).all()
            found = list(_list_rows(piece)) if piece else []
            db.session.rollback()
        if not piece:
            return
        yield from found
        last = piece[-1]


def _list_rows(ids: Collection[int]) -> Iterator[Sequence[Cell]]:
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


@dataclass(frozen=True)
class PersonalData:
    """A subscriber with the proof of consent (and its words), the newsletters, and the times that they left."""

    subscriber: Subscriber
    consents: Sequence[tuple[Consent, str]]
    newsletters: Sequence[outbox.Sent]
    unsubscriptions: Sequence[Unsubscription]
    new_address: AddressChange | None


def personal_data_of(subscriber: Subscriber) -> PersonalData:
    """What stands in our files about this subscriber, the newest first."""
    purpose = ConsentPurpose.NEWSLETTER
    texts = {text.version: text.text for text in db.session.scalars(ConsentText.of(purpose))}
    proofs = db.session.scalars(Consent.of(subscriber.email_key, purpose))
    return PersonalData(
        subscriber=subscriber,
        consents=[(proof, texts.get(proof.text_version or 0, "")) for proof in proofs],
        newsletters=outbox.newsletters_to(subscriber.email_key),
        unsubscriptions=db.session.scalars(Unsubscription.of(subscriber.id)).all(),
        new_address=waiting_address_of(subscriber),
    )


NAME = "mijn-nieuwsbrief-gegevens"
OWN_DATA_HEADERS = ("onderdeel", "nummer", "gegeven", "waarde")


def json_of(personal_data: PersonalData) -> str:
    """For a programme; every name is a word that a reader knows."""
    return json.dumps(_facts(personal_data), ensure_ascii=False, indent=2) + "\n"


def rows_of(personal_data: PersonalData) -> Iterator[tuple[str, int, str, str]]:
    for part, records in _facts(personal_data).items():
        for number, record in enumerate(records, start=1):
            for name, value in record.items():
                yield part, number, name, "; ".join(value) if isinstance(value, list) else str(value or "")


def _facts(personal_data: PersonalData) -> dict[str, list[dict[str, Any]]]:
    return {
        "abonnement": [_subscription_facts(personal_data)],
        "toestemming": [_consent_facts(proof, text) for proof, text in personal_data.consents],
        "nieuwsbrieven": [
            {"onderwerp": sent.subject, "datum": _moment(sent.at), "wat ervan werd": SENT_LABELS[sent.state]}
            for sent in personal_data.newsletters
        ],
        "afmeldingen": [_unsubscription_facts(left) for left in personal_data.unsubscriptions],
    }


def _subscription_facts(personal_data: PersonalData) -> dict[str, Any]:
    subscriber = personal_data.subscriber
    return {
        "e-mailadres": subscriber.email,
        "status": STATE_LABELS[subscriber.state],
        "pauze tot": _moment(subscriber.paused_until),
        **{field.label.lower(): field.exported(subscriber) for field in FIELDS},
        "aangevraagd": _moment(subscriber.asked_at),
        "bevestigd": _moment(subscriber.confirmed_at),
        "nieuw e-mailadres, nog niet bevestigd": personal_data.new_address.email if personal_data.new_address else None,
    }


def _consent_facts(proof: Consent, text: str) -> dict[str, Any]:
    return {
        "tekst": text,
        "versie van de tekst": proof.text_version,
        "manier": METHOD_LABELS[proof.method],
        "waar": proof.source,
        "gegeven": _moment(proof.asked_at),
        "bevestigd": _moment(proof.confirmed_at),
        "ingetrokken": _moment(proof.withdrawn_at),
    }


def _unsubscription_facts(left: Unsubscription) -> dict[str, Any]:
    return {
        "datum": _moment(left.at),
        "manier": WAY_LABELS[left.way],
        "reden": REASON_LABELS[left.reason] if left.reason else None,
        "opmerking": left.remark or None,
    }


def _moment(at: datetime | None) -> str | None:
    return at.astimezone(AMSTERDAM).isoformat(timespec="seconds") if at else None
