"""Column types and names that behave alike on SQLite and PostgreSQL."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, MappedColumn, mapped_column, registry

from dordt.extensions import db


class UtcMoment(sa.TypeDecorator[datetime]):
    """A moment in UTC, with its zone on both databases; SQLite gives moments back without one."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a moment without a zone, store the rest in UTC."""
        if value is not None and value.tzinfo is None:
            raise ValueError("a moment needs a zone")
        return value and value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the zone back that SQLite drops."""
        return value and (value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC))


class Base(DeclarativeBase):
    """The base of every model: moments in UTC and a name for each of the five kinds of constraint."""

    registry = registry(type_annotation_map={datetime: UtcMoment}, metadata=db.metadata)
    metadata: ClassVar[sa.MetaData] = registry.metadata


LARGEST_INTEGER = 2**31 - 1  # what an integer column holds on PostgreSQL
Name = Annotated[str, mapped_column(sa.String(120))]
Slug = Annotated[str, mapped_column(sa.String(120))]
Email = Annotated[str, mapped_column(sa.String(254))]
Phone = Annotated[str, mapped_column(sa.String(30))]
Title = Annotated[str, mapped_column(sa.String(200))]
Text = Annotated[str, mapped_column(sa.Text)]


def state_column(states: type[StrEnum], **options: Any) -> MappedColumn[Any]:
    """A column that stores the state's value: the same word in SQL, code and JSON."""
    values = sa.Enum(
        states,
        native_enum=False,
        create_constraint=False,
        length=30,
        values_callable=lambda kind: [state.value for state in kind],
    )
    return mapped_column(values, **options)


def foreign_key(target: str, **options: Any) -> MappedColumn[Any]:
    """A column that points at another table, by its name as a string, with an index."""
    on_delete = options.pop("ondelete", None)
    options.setdefault("index", True)
    return mapped_column(sa.ForeignKey(target, ondelete=on_delete), **options)


def like(text: str) -> str:
    """A pattern that finds `text` anywhere, the characters of LIKE itself taken literally (escaped by a backslash)."""
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"
