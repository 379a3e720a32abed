"""Whether an address is suppressed: asked once when an audience is frozen, and once more at the claim."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles

from dordt.mailer.models import Delivery, Mail, MailKind, Suppression, SuppressionScope


class domain_of(sa.sql.functions.GenericFunction[str]):  # noqa: N801  (an SQL function)
    """The domain of an address key, with its @: 'anna@voorbeeld.nl' gives '@voorbeeld.nl'."""

    type = sa.String()
    inherit_cache = True


@compiles(domain_of, "sqlite")
def _on_sqlite(element: Any, compiler: Any, **options: Any) -> str:
    key = compiler.process(element.clauses, **options)
    return f"substr({key}, instr({key}, '@'))"


@compiles(domain_of, "postgresql")
def _on_postgresql(element: Any, compiler: Any, **options: Any) -> str:
    key = compiler.process(element.clauses, **options)
    return f"substr({key}, strpos({key}, '@'))"


def is_suppressed(
    key: Any = Delivery.address_key, *, kind: Any = Mail.kind, list_id: Any = Mail.list_id
) -> "sa.ColumnElement[bool]":
    """Whether an address or its domain gets no mail of this kind; scope and kind share their words.

    Two questions, one per index lookup: with an OR the index would serve neither. An address that gets no newsletter
    still gets its receipts.
    """
    of_list = sa.and_(Suppression.scope == kind, Suppression.list_id.in_(["", list_id]))
    covers = sa.or_(Suppression.scope == SuppressionScope.ALL, of_list)
    return sa.or_(
        sa.exists().where(Suppression.address_key == key, covers),
        sa.exists().where(Suppression.address_key == domain_of(key), covers),
    )


def is_suppressed_for(key: Any, kind: MailKind, list_id: str) -> "sa.ColumnElement[bool]":
    """The same for a mail that is about to be frozen."""
    scope = SuppressionScope.NEWSLETTER if kind is MailKind.NEWSLETTER else SuppressionScope.GROUP
    return is_suppressed(key, kind=sa.literal(scope, Suppression.scope.type), list_id=sa.literal(list_id))
