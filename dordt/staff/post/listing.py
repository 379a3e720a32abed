"""Which deliveries a member of staff asked to see, also when there are a million of them.

Nothing is counted that would have to read them all: a page knows whether there is one more, and the states that need
somebody have an index of their own. SQLite uses a partial index only where a query says it in the index's own words.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from dordt.mailer.models import (
    IS_DUE_BULK,
    IS_DUE_SINGLE,
    IS_HELD,
    IS_TROUBLED,
    OPEN_STATES,
    TROUBLED_STATES,
    Delivery,
    DeliveryState,
    Mail,
    MailEvent,
    MailKind,
    literally,
)
from dordt.newsletters.models import Newsletter
from dordt.shared.addresses import AddressRefused, address_key
from dordt.shared.reading import tally
from dordt.shared.requests import whole_number
from dordt.shared.search import each_word, holds

OPEN = "open"  # the filter for all states of what still has to leave
NOT_ARRIVED = "niet-aangekomen"  # the one for what needs somebody, as the start page counts it
RECENT = timedelta(days=14)
GROUP_LABELS = {OPEN: "Moet nog worden verstuurd", NOT_ARRIVED: f"Niet aangekomen in {RECENT.days} dagen"}
PERIOD_LABELS = {"1": "De afgelopen 24 uur", "7": "De afgelopen 7 dagen", "30": "De afgelopen 30 dagen"}
ORDER_LABELS = {"nieuwste": "Nieuwste eerst", "oudste": "Oudste eerst"}
IN_QUERY = {"status": "status", "kind": "soort", "period": "periode", "number": "nummer", "order": "volgorde"}
MOST_COUNTED = 10_000


@dataclass(frozen=True)
class DeliveryFilter:
    """What was chosen above the list; empty means everything."""

    status: str = ""
    kind: str = ""
    period: str = ""
    number: str = ""
    order: str = ""

    @classmethod
    def from_query(cls, given: Mapping[str, str]) -> "DeliveryFilter":
        """Read the query of the address; an unknown value counts as nothing chosen."""
        offered: dict[str, Any] = {
            "status": {*GROUP_LABELS, *DeliveryState},
            "kind": set(MailKind),
            "period": PERIOD_LABELS,
            "order": ORDER_LABELS,
        }
        values = {name: given.get(IN_QUERY[name], "") for name in offered}
        known = {name: value for name, value in values.items() if value in offered[name]}
        number = whole_number(given.get(IN_QUERY["number"]))
        return cls(**known, number=str(number) if number else "")

    @property
    def query(self) -> dict[str, str]:
        """What was chosen, for the addresses of other pages of this list."""
        return {IN_QUERY[name]: value for name, value in asdict(self).items() if value}

    def but(self, **other: str) -> dict[str, str]:
        """The same with something else chosen, for an address."""
        return replace(self, **other).query


def deliveries(chosen: DeliveryFilter, *, words: str, with_addresses: bool, at: datetime) -> "sa.Select[Delivery]":
    """What was asked for. By mail and then by recipient: the order of an index, so that nothing has to be sorted."""
    query = sa.select(Delivery).options(sa.orm.selectinload(Delivery.mail).load_only(Mail.subject, Mail.kind))
    query = query.where(*_of_mails(chosen, at=at))
    if chosen.status:
        query = query.where(_has_status(chosen.status, at=at))
    query = query.where(*_found_by(words, with_addresses=with_addresses))
    order = (Delivery.mail_id, Delivery.recipient)
    return query.order_by(*(order if chosen.order == "oudste" else (column.desc() for column in order)))


def counts(chosen: DeliveryFilter, *, at: datetime) -> dict[str, int]:
    """How many still have to leave (as OPEN), and how many stand in each state that needs somebody.

    Of the mails that were chosen; what waits is counted no further than MOST_COUNTED.
    """
    of_mails = _of_mails(chosen, at=at, by=sa.func.coalesce(Delivery.mail_id, 0))  # so that no other index is taken
    troubled = sa.select(Delivery.state, sa.func.count()).where(literally(IS_TROUBLED), *of_mails)
    found = {str(state): count for state, count in tally(troubled.group_by(Delivery.state)).items()}
    conditions = (IS_DUE_SINGLE, IS_DUE_BULK, IS_HELD)
    waiting = [sa.select(Delivery.id).where(literally(each), *of_mails).limit(MOST_COUNTED) for each in conditions]
    parts = [sa.select(part.subquery().c.id) for part in waiting]
    both = sa.union_all(*parts).subquery()
    total = tally(sa.select(sa.literal(OPEN), sa.func.count()).select_from(both))
    return {name: count for name, count in (total | found).items() if count}


def not_arrived(at: datetime) -> "sa.ColumnElement[bool]":
    """Of the last weeks, what did not arrive or may not have; who complained did get it."""
    is_recent = Delivery.created_at > at - RECENT
    return sa.and_(literally(IS_TROUBLED), Delivery.state != DeliveryState.COMPLAINED, is_recent)


def newsletters(chosen: DeliveryFilter, *, most: int) -> "sa.Select[Newsletter]":
    """Which newsletters there are to choose from: the newest that were started, and the one that was chosen."""
    query = sa.select(Newsletter).where(Newsletter.mail_id.is_not(None))
    newest = query.with_only_columns(Newsletter.id).order_by(Newsletter.number.desc()).limit(most)
    is_chosen = Newsletter.number == int(chosen.number or 0)
    return query.where(sa.or_(Newsletter.id.in_(newest), is_chosen)).order_by(Newsletter.number.desc())


def one(delivery_id: int) -> "sa.Select[Delivery]":
    """One delivery with its mail."""
    return sa.select(Delivery).where(Delivery.id == delivery_id).options(sa.orm.joinedload(Delivery.mail))


def events(delivery_id: int) -> "sa.Select[MailEvent]":
    """What was reported of a delivery, in the order in which it happened."""
    return sa.select(MailEvent).where(MailEvent.delivery_id == delivery_id).order_by(MailEvent.at, MailEvent.id)


def _of_mails(
    chosen: DeliveryFilter, *, at: datetime, by: "sa.SQLColumnExpression[int]" = Delivery.mail_id
) -> "list[sa.ColumnElement[bool]]":
    """The mails first: a newsletter is one of them, however many it went to."""
    mails = sa.select(Mail.id)
    found: list[sa.ColumnElement[bool]] = []
    if chosen.kind:
        found.append(by.in_(mails.where(Mail.kind == MailKind(chosen.kind))))
    if chosen.period:
        since = at - timedelta(days=int(chosen.period))
        found.append(by.in_(mails.where(Mail.created_at > since)))
    if chosen.number:
        of_number = sa.select(Newsletter.mail_id).where(Newsletter.number == int(chosen.number))
        found.append(by == of_number.scalar_subquery())
    return found


def _has_status(status: str, *, at: datetime) -> "sa.ColumnElement[bool]":
    if status == OPEN:
        return Delivery.state.in_(OPEN_STATES)
    if status == NOT_ARRIVED:
        return not_arrived(at)
    state = DeliveryState(status)
    if state in TROUBLED_STATES:
        few = sa.select(Delivery.id).where(literally(IS_TROUBLED, state=state))
        return Delivery.id.in_(few)
    return Delivery.state == state


def _found_by(words: str, *, with_addresses: bool) -> "list[sa.ColumnElement[bool]]":
    """A whole address has an index; anything else is looked for in every mail."""
    if with_addresses and (key := _address(words)):
        return [Delivery.address_key == key]
    return [each_word(words, lambda word: _contains(word, with_addresses=with_addresses))]


def _address(words: str) -> str | None:
    try:
        return address_key(words)
    except AddressRefused:
        return None


def _contains(word: str, *, with_addresses: bool) -> "sa.ColumnElement[bool]":
    """Addresses are compared as they are stored, in small letters: there may be millions."""
    in_subject = Delivery.mail_id.in_(sa.select(Mail.id).where(holds(word, Mail.subject)))
    in_address = Delivery.address_key.contains(word, autoescape=True)
    return sa.or_(in_subject, in_address) if with_addresses else in_subject
