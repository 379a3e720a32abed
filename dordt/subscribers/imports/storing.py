"""Putting rows that are in order on the list, in bulk; everything here is part of the caller's transaction."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import sqlalchemy as sa

from dordt.consent import services as consent
from dordt.consent.models import ConsentPurpose
from dordt.extensions import db
from dordt.shared.database import is_postgres
from dordt.subscribers import services
from dordt.subscribers.fields import FIELDS
from dordt.subscribers.imports.rows import ImportRow
from dordt.subscribers.models import Subscriber, SubscriberState

_ON_THE_LIST = {SubscriberState.CONFIRMED, SubscriberState.PAUSED}


@dataclass
class BatchCounts:
    """What became of the rows of one batch."""

    added: int = 0
    known: int = 0
    unsubscribed: int = 0
    refused: int = 0


def store(rows: Sequence[ImportRow], import_id: int) -> BatchCounts:
    """Add who is new, confirm who waited for a mail, leave everybody else as they are.

    Who took their consent back never comes back, also when they had moved to another address by then.
    """
    services.lock_list()
    keys = [row.email_key for row in rows]
    with _planned_anew():
        states, gone = _states(keys), consent.withdrawn_among(keys, ConsentPurpose.NEWSLETTER)
    fresh: dict[str, ImportRow] = {}
    waiting: dict[str, ImportRow] = {}
    stored = BatchCounts()
    for row in rows:
        state = states.get(row.email_key)
        if state == SubscriberState.UNSUBSCRIBED or (row.email_key in gone and state not in _ON_THE_LIST):
            stored.unsubscribed += 1
        elif row.email_key in fresh or row.email_key in waiting or state in _ON_THE_LIST:
            stored.known += 1
        else:
            (waiting if state else fresh)[row.email_key] = row
    _confirm(waiting.values(), import_id)
    _add(list(fresh.values()), import_id)
    stored.added = len(fresh) + len(waiting)
    return stored


@contextmanager
def _planned_anew() -> Iterator[None]:
    """PostgreSQL keeps the plan of a statement that it saw before; one made for a short list reads the whole table,
    again and again, while the list grows."""
    if is_postgres():
        db.session.execute(sa.text("SET LOCAL plan_cache_mode = force_custom_plan"))
    yield
    if is_postgres():
        db.session.execute(sa.text("SET LOCAL plan_cache_mode = auto"))


def _states(keys: Sequence[str]) -> dict[str, SubscriberState]:
    found = db.session.execute(sa.select(Subscriber.email_key, Subscriber.state).where(Subscriber.email_key.in_(keys)))
    return dict(found.all())


def _confirm(rows: Collection[ImportRow], import_id: int) -> None:
    """These asked for it on the site and waited for their mail; consent that was given elsewhere is proof enough.

    What they chose stays. So does the moment at which they asked: that it differs from the moment of the proof tells
    import_undo that they were on the list before.
    """
    if not rows:
        return
    one = sa.update(Subscriber).where(Subscriber.email_key == sa.bindparam("of_key"))
    confirmed = {"state": SubscriberState.CONFIRMED, "import_id": import_id}
    values = [{"of_key": row.email_key, "confirmed_at": row.consent_at, **confirmed} for row in rows]
    db.session.connection().execute(one.values(dict.fromkeys(("confirmed_at", *confirmed), None)), values)
    _prove(rows, import_id)


def _add(rows: Collection[ImportRow], import_id: int) -> None:
    """Rows in bulk: a hundred thousand through the session take three times as long."""
    if not rows:
        return
    before = db.session.scalar(sa.select(sa.func.max(Subscriber.id))) or 0
    db.session.connection().execute(sa.insert(Subscriber), [_values(row, import_id) for row in rows])
    ids = _ids_after(before, import_id)
    for field in FIELDS:
        field.store_many((ids[row.email_key], getattr(row.fields, field.name)) for row in rows)
    _prove(rows, import_id)


def _ids_after(before: int, import_id: int) -> dict[str, int]:
    """The list is locked, so whoever came after the last one is ours. A RETURNING would take twice as long."""
    ours = sa.and_(Subscriber.id > before, Subscriber.import_id == import_id)
    with _planned_anew():
        return dict(db.session.execute(sa.select(Subscriber.email_key, Subscriber.id).where(ours)).all())


def _values(row: ImportRow, import_id: int) -> dict[str, object]:
    return {
        "email": row.email,
        "email_key": row.email_key,
        "state": SubscriberState.CONFIRMED,
        "asked_at": row.consent_at,
        "confirmed_at": row.consent_at,
        "import_id": import_id,
    }


def _prove(rows: Iterable[ImportRow], import_id: int) -> None:
    proofs = [(row.email_key, row.consent_source, row.consent_at) for row in rows]
    consent.record_imported(proofs, ConsentPurpose.NEWSLETTER, import_id=import_id)
