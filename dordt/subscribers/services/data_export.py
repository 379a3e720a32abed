"""All personal data of one subscriber for the newsletter (AVG article 15): on a page, as JSON, or as a table."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dordt.consent.models import Consent, ConsentPurpose, ConsentText
from dordt.extensions import db
from dordt.mailer.ledger import outbox
from dordt.shared.clock import AMSTERDAM
from dordt.subscribers.fields import FIELDS
from dordt.subscribers.labels import METHOD_LABELS, REASON_LABELS, SENT_LABELS, STATE_LABELS, WAY_LABELS
from dordt.subscribers.models import AddressChange, Subscriber, Unsubscription
from dordt.subscribers.services.preferences import waiting_address_of


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
HEADERS = ("onderdeel", "nummer", "gegeven", "waarde")


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
