"""The rule of suppression: asked when an audience is frozen and once more at the claim, where it runs as plain SQL."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles

from dordt.extensions import db
from dordt.mailer.models import Delivery, Mail, MailKind, Suppression, SuppressionScope

_DOMAIN = {"sqlite": "substr({0}, instr({0}, '@'))", "postgresql": "substr({0}, strpos({0}, '@'))"}
_COVERED = """EXISTS (SELECT 1 FROM suppression WHERE suppression.address_key = {}
    AND (scope = 'all' OR scope = :kind AND list_id IN ('', :list_id)))"""


def domain_of(key: str) -> str:
    """The domain of an address key, with its @: '@voorbeeld.nl', from 'anna@voorbeeld.nl' or from itself."""
    return key[key.rindex("@") :]


class DomainOf(sa.sql.functions.GenericFunction[str]):
    """The same in SQL."""

    type = sa.String()
    inherit_cache = True


@compiles(DomainOf)
def _domain_sql(element: Any, compiler: Any, **options: Any) -> str:
    return _DOMAIN[compiler.dialect.name].format(compiler.process(element.clauses, **options))


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
        sa.exists().where(Suppression.address_key == DomainOf(key), covers),
    )


def is_suppressed_for(key: Any, kind: MailKind, list_id: str) -> "sa.ColumnElement[bool]":
    """The same for a mail that is about to be frozen."""
    scope = SuppressionScope.NEWSLETTER if kind is MailKind.NEWSLETTER else SuppressionScope.GROUP
    return is_suppressed(key, kind=sa.literal(scope, Suppression.scope.type), list_id=sa.literal(list_id))


def suppressed_sql(key: str, dialect: str) -> str:
    """`is_suppressed` as plain SQL for the statement that runs at each claim; it takes :kind and :list_id.

    key: the SQL name of a column of address keys.
    """
    return f"{_COVERED.format(key)} OR {_COVERED.format(_DOMAIN[dialect].format(key))}"


def gets_no_mail(key: str) -> bool:
    """Whether mail of every kind is kept from this address key, also a mail to it alone."""
    everything = sa.literal(SuppressionScope.ALL, Suppression.scope.type)
    return bool(db.session.scalar(sa.select(is_suppressed(sa.literal(key), kind=everything, list_id=sa.literal("")))))
