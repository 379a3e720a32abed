"""Addresses that get no mail of some kind: which there are, adding one, releasing one. Nothing here commits."""

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa

from dordt.extensions import db
from dordt.mailer.models import Suppression, SuppressionCause, SuppressionScope
from dordt.mailer.suppression.rules import domain_of
from dordt.shared.addresses import address_key
from dordt.shared.database import affected, insert_into
from dordt.shared.search import each_word, holds

LONGEST_REASON = 500


def listed(*, cause: str = "", words: str = "") -> "sa.Select[Suppression]":
    """The suppressions, the newest first: of one cause, with words in the address; an unknown cause leaves all in."""
    query = sa.select(Suppression).order_by(Suppression.since.desc(), Suppression.id.desc())
    if cause in list(SuppressionCause):
        query = query.where(Suppression.cause == SuppressionCause(cause))
    return query.where(each_word(words, lambda word: holds(word, Suppression.address_key)))


def numbered(suppression_id: int) -> "sa.Select[Suppression]":
    """The suppression with this row id."""
    return sa.select(Suppression).where(Suppression.id == suppression_id)


def covering(key: str) -> "sa.Select[Suppression]":
    """The suppressions of an address key: of the address itself and of its domain."""
    own_and_domain = [key, domain_of(key)]
    return sa.select(Suppression).where(Suppression.address_key.in_(own_and_domain)).order_by(Suppression.id)


def of_keys(keys: Collection[str], scopes: Collection[SuppressionScope]) -> "sa.Select[Suppression]":
    return sa.select(Suppression).where(Suppression.address_key.in_(keys), Suppression.scope.in_(scopes))


def counts() -> dict[SuppressionCause, int]:
    """How many there are of each cause."""
    found = db.session.execute(sa.select(Suppression.cause, sa.func.count()).group_by(Suppression.cause))
    return {row[0]: row[1] for row in found}


def key_of(written: str) -> str:
    """The key of an address, or '@voorbeeld.nl' of a whole domain written that way. Raises AddressRefused."""
    return domain_of(address_key(f"x{written}")) if written.startswith("@") else address_key(written)


def add(
    key: str,
    *,
    scope: SuppressionScope,
    cause: SuppressionCause,
    reason: str,
    at: datetime,
    list_id: str = "",
    delivery_id: int | None = None,
) -> int | None:
    """Suppress an address key or an '@domain'; returns the row id, or None when it was already there.

    Two workers may learn of the same address at once: the first row stays.
    """
    row = {
        "address_key": key,
        "scope": scope,
        "list_id": list_id,
        "cause": cause,
        "reason": reason[:LONGEST_REASON],
        "delivery_id": delivery_id,
        "since": at,
    }
    new = insert_into(Suppression).values(row)
    added: int | None = db.session.scalar(new.on_conflict_do_nothing().returning(Suppression.id))
    return added


def release(suppression_id: int) -> bool:
    """Let mail go to this address again; False when there was nothing to release."""
    gone = db.session.execute(sa.delete(Suppression).where(Suppression.id == suppression_id))
    return bool(affected(gone))
