"""The order in which people in the Netherlands look for a name, the same on every database."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction

from dordt.shared.search import folded


class name_key(GenericFunction[str]):  # noqa: N801  (the name of an SQL function)
    """What rows are ordered by in a list by name: case, accents and which apostrophe or dash make no difference.

    Names are kept whole, the first name first, so that is how they are ordered: a tussenvoegsel counts where it stands.
    """

    type = sa.Text()
    inherit_cache = True


@compiles(name_key)
def _compile(element: Any, compiler: Any, **options: Any) -> str:
    return str(compiler.process(folded(*element.clauses), **options))


@compiles(name_key, "postgresql")
def _on_postgres(element: Any, compiler: Any, **options: Any) -> str:
    """Without the collation of the database, which may leave out spaces."""
    return f'({_compile(element, compiler, **options)}) COLLATE "C"'
