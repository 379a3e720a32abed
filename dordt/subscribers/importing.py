"""Subscribers from a CSV file, each with the proof of consent that was given elsewhere; who left never comes back."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

import sqlalchemy as sa

from dordt.audit import services as audit
from dordt.consent import services as consent
from dordt.consent.models import ConsentPurpose
from dordt.extensions import db
from dordt.places import services as places
from dordt.places.models import Neighbourhood, Topic
from dordt.subscribers import services
from dordt.subscribers.import_rows import ImportRow, KnownSlugs, read_rows
from dordt.subscribers.models import Subscriber, SubscriberState, subscriber_neighbourhood, subscriber_topic

ROWS_PER_COMMIT = 1000  # each commit frees the database for residents; an import that was cut off is simply run again


@dataclass
class ImportOutcome:
    """What became of the rows; `refused` holds the line in the file and the reason."""

    added: int = 0
    known: int = 0
    unsubscribed: int = 0
    refused: list[tuple[int, str]] = field(default_factory=list)


def import_subscribers(lines: Iterable[str], *, at: datetime) -> ImportOutcome:
    """Take over who agreed elsewhere, as confirmed. Known addresses stay as they are, who left stays away.

    lines: the text of the file, as `open(…, newline="")` gives it. Raises FileRefused before anything is stored.
    """
    outcome = ImportOutcome()
    known = KnownSlugs(*(frozenset(db.session.scalars(sa.select(kind.slug))) for kind in (Neighbourhood, Topic)))
    db.session.rollback()  # so that reading and checking the file holds no lock
    rows = read_rows(lines, known=known, at=at, refused=outcome.refused)
    while batch := list(islice(rows, ROWS_PER_COMMIT)):
        _store(batch, outcome)
        db.session.commit()
    _log(outcome, at=at)
    return outcome


def _log(outcome: ImportOutcome, *, at: datetime) -> None:
    audit.record(
        "subscriber.imported",
        subject=("subscriber", None),
        at=at,
        added=outcome.added,
        known=outcome.known,
        unsubscribed=outcome.unsubscribed,
        refused=len(outcome.refused),
    )
    db.session.commit()


def _store(batch: Sequence[ImportRow], outcome: ImportOutcome) -> None:
    services.hold_list()
    keys = [row.email_key for row in batch]
    present = db.session.scalars(sa.select(Subscriber).where(Subscriber.email_key.in_(keys)))
    known = {subscriber.email_key: subscriber for subscriber in present}
    fresh: dict[str, ImportRow] = {}
    for row in batch:
        subscriber = known.get(row.email_key)
        if subscriber is not None and subscriber.state == SubscriberState.UNSUBSCRIBED:
            outcome.unsubscribed += 1
        elif row.email_key in fresh or (subscriber is not None and subscriber.is_confirmed):
            outcome.known += 1
        elif subscriber is not None:
            _confirm(subscriber, row)
            outcome.added += 1
        else:
            fresh[row.email_key] = row
    _add(list(fresh.values()))
    outcome.added += len(fresh)


def _confirm(subscriber: Subscriber, row: ImportRow) -> None:
    """This address was waiting for its owner; the consent that was given elsewhere is proof enough."""
    subscriber.state = SubscriberState.CONFIRMED
    subscriber.asked_at = subscriber.confirmed_at = row.consent_at
    subscriber.neighbourhoods = places.neighbourhoods(row.neighbourhoods)
    subscriber.topics = places.topics(row.topics)
    consent.imported([(row.email_key, row.consent_source, row.consent_at)], ConsentPurpose.NEWSLETTER)


def _add(rows: Sequence[ImportRow]) -> None:
    """Rows in bulk: a hundred thousand through the session take three times as long."""
    if not rows:
        return
    new = sa.insert(Subscriber).returning(Subscriber.email_key, Subscriber.id)
    ids = dict(db.session.execute(new, [_values(row) for row in rows]).all())
    _choose(subscriber_neighbourhood, Neighbourhood, {ids[row.email_key]: row.neighbourhoods for row in rows})
    _choose(subscriber_topic, Topic, {ids[row.email_key]: row.topics for row in rows})
    proof = [(row.email_key, row.consent_source, row.consent_at) for row in rows]
    consent.imported(proof, ConsentPurpose.NEWSLETTER)


def _values(row: ImportRow) -> dict[str, object]:
    return {
        "email": row.email,
        "email_key": row.email_key,
        "state": SubscriberState.CONFIRMED,
        "asked_at": row.consent_at,
        "confirmed_at": row.consent_at,
    }


def _choose(table: sa.Table, kind: type[Neighbourhood] | type[Topic], choices: dict[int, Sequence[str]]) -> None:
    numbers = dict(db.session.execute(sa.select(kind.slug, kind.id)).all())
    owner, chosen = table.c.keys()
    pairs = [{owner: row_id, chosen: numbers[slug]} for row_id, slugs in choices.items() for slug in set(slugs)]
    if pairs:
        db.session.execute(sa.insert(table), pairs)
