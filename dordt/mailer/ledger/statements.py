"""The SQL that runs for every message, written by hand: built by an expression language it cost twice what it does.

Values travel as one JSON text per statement; SQLite and PostgreSQL differ only in how they unfold it.
"""

import json
from collections.abc import Collection, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

import sqlalchemy as sa

from dordt.mailer.models import IS_DUE_BULK, Delivery
from dordt.mailer.suppression.rules import suppressed_sql

MOMENT = Delivery.accepted_at.type


class Accepted(NamedTuple):
    """What the relay said when it took a message."""

    id: int
    message_id: str
    code: int | None
    enhanced: str | None
    words: str
    relay: str | None


_TYPES = ("integer", "text", "integer", "text", "text", "text")  # of the fields of Accepted
_FIELD = {"sqlite": "json_extract(value, '$[{}]')", "postgresql": "value->>{}"}
_ALL = {"sqlite": "json_each(:rows)", "postgresql": "json_array_elements(CAST(:rows AS json))"}
_AMONG = {
    "sqlite": "id IN (SELECT value FROM json_each(:rows))",
    "postgresql": "id IN (SELECT CAST(value AS integer) FROM json_array_elements_text(CAST(:rows AS json)))",
}
_LOCK = {"sqlite": "", "postgresql": "FOR UPDATE OF delivery SKIP LOCKED"}
_NEXT = f"""
    SELECT id, recipient, address, address_key, link_version, attempts, created_at, next_attempt_at,
      {{is_suppressed}} AS is_suppressed
    FROM delivery
    WHERE mail_id = :mail_id AND {IS_DUE_BULK} AND next_attempt_at <= :at {{after}}
    ORDER BY next_attempt_at, id LIMIT :count {{lock}}"""  # noqa: S608  (our own words)
_AFTER = "AND (next_attempt_at, id) > (:after_at, :after_id)"
_LEASE = "UPDATE delivery SET state = 'leased', lease_owner = :owner, lease_until = :until WHERE {among}"
_MARK = """
    UPDATE delivery SET state = 'sending'
    WHERE {among} AND state = 'leased' AND lease_owner = :owner
      AND EXISTS (SELECT 1 FROM mail WHERE mail.id = delivery.mail_id AND mail.state = 'running')"""
_MARKED = "SELECT id FROM delivery WHERE {among} AND state = 'sending' AND lease_owner = :owner"
_ACCEPT = """
    UPDATE delivery SET state = 'accepted', attempts = delivery.attempts + 1, accepted_at = :at,
      lease_owner = NULL, lease_until = NULL, message_id = new.message_id, relay_code = new.code,
      relay_enhanced = new.enhanced, relay_text = new.words, relay = new.relay
    FROM {new} WHERE delivery.id = new.id AND lease_owner = :owner AND state IN ('sending', 'uncertain')"""
_TELL = """
    INSERT INTO mail_event (delivery_id, kind, at, detail)
    SELECT new.id, 'accepted', :at, 'BODY: ' || new.code || ' ' || new.words FROM {new}"""


def due_of(
    connection: sa.Connection,
    mail: "sa.Row[Any]",
    count: int,
    *,
    at: datetime,
    after: tuple[Any, int] | None,
) -> Sequence["sa.Row[Any]"]:
    """Lock what is due next of a mail, as rows of _NEXT; moments are as the database gave them.

    mail: a row of its id, kind and list_id. after: where the last claim ended.
    """
    values = {"mail_id": mail.id, "kind": mail.kind.value, "list_id": mail.list_id, "at": _moment(connection, at)}
    values |= {"count": count, "after_at": after[0], "after_id": after[1]} if after else {"count": count}
    return connection.execute(_next(_name(connection), bool(after)), values).all()


def lease(connection: sa.Connection, ids: Collection[int], *, owner: str, until: datetime) -> None:
    """Lease these deliveries, which the current transaction has locked."""
    if ids:
        _run(connection, _LEASE, list(ids), owner=owner, until=_moment(connection, until))


def mark(connection: sa.Connection, ids: Collection[int], *, owner: str) -> set[int]:
    """Mark as being sent what is still leased to us and not paused; returns which."""
    if not ids or _run(connection, _MARK, list(ids), owner=owner).rowcount == len(ids):
        return set(ids)
    return set(_run(connection, _MARKED, list(ids), owner=owner).scalars())


def accept(connection: sa.Connection, rows: Sequence[Accepted], *, owner: str, at: datetime) -> None:
    """Write down what the relay took, with an event for each."""
    if rows:
        moment = _moment(connection, at)
        _run(connection, _ACCEPT, rows, owner=owner, at=moment)
        _run(connection, _TELL, rows, at=moment)


@lru_cache
def moment_of(stored: Any) -> datetime:
    """A moment as a column gave it: a million recipients share one."""
    value = datetime.fromisoformat(stored) if isinstance(stored, str) else stored
    found = MOMENT.process_result_value(value, None)
    assert isinstance(found, datetime)
    return found


def _run(connection: sa.Connection, sql: str, rows: Sequence[Any], **values: Any) -> "sa.CursorResult[Any]":
    return connection.execute(_text(_name(connection), sql), {"rows": json.dumps(rows), **values})


@lru_cache
def _text(dialect: str, sql: str) -> sa.TextClause:
    columns = [
        f"CAST({_FIELD[dialect].format(number)} AS {kind}) AS {name}"
        for number, (name, kind) in enumerate(zip(Accepted._fields, _TYPES, strict=True))
    ]
    new = f"(SELECT {', '.join(columns)} FROM {_ALL[dialect]}) AS new"  # noqa: S608  (our own names, no values)
    return sa.text(sql.format(among=_AMONG[dialect], new=new))


@lru_cache
def _next(dialect: str, is_further: bool) -> sa.TextClause:
    is_suppressed = suppressed_sql("delivery.address_key", dialect)
    after = _AFTER if is_further else ""
    return sa.text(_NEXT.format(after=after, lock=_LOCK[dialect], is_suppressed=is_suppressed))


def _moment(connection: sa.Connection, at: datetime) -> Any:
    """As the column stores it."""
    dialect = connection.dialect
    process = MOMENT.dialect_impl(dialect).bind_processor(dialect)
    return process(at) if process else at


def _name(connection: sa.Connection) -> str:
    return str(connection.dialect.name)
