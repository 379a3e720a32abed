"""All that we hold of one subscriber for the newsletter (AVG article 15)."""

from collections.abc import Sequence
from dataclasses import dataclass

from dordt.consent.models import Consent, ConsentPurpose, ConsentText
from dordt.extensions import db
from dordt.mailer.ledger import outbox
from dordt.subscribers.models import AddressChange, Subscriber, Unsubscription
from dordt.subscribers.services.addresses import waiting_address_of


@dataclass(frozen=True)
class Held:
    """A subscriber with the proof of consent (and its words), the newsletters, and the times that they left."""

    subscriber: Subscriber
    consents: Sequence[tuple[Consent, str]]
    newsletters: Sequence[outbox.Sent]
    departures: Sequence[Unsubscription]
    new_address: AddressChange | None


def held_of(subscriber: Subscriber) -> Held:
    """What stands in our files about this subscriber, the newest first."""
    purpose = ConsentPurpose.NEWSLETTER
    words = {text.version: text.text for text in db.session.scalars(ConsentText.of(purpose))}
    proofs = db.session.scalars(Consent.of(subscriber.email_key, purpose))
    return Held(
        subscriber=subscriber,
        consents=[(proof, words.get(proof.text_version or 0, "")) for proof in proofs],
        newsletters=outbox.newsletters_to(subscriber.email_key),
        departures=db.session.scalars(Unsubscription.of(subscriber.id)).all(),
        new_address=waiting_address_of(subscriber),
    )
