"""Words that somebody looks for: case, accents, and which apostrophe, dash or space was typed make no difference.

What SQLite compares is folded by the function below, what PostgreSQL compares by the same steps in SQL.
"""

import re
import sqlite3
import unicodedata
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction

from dordt.shared import typed_text

COMBINING = re.compile("[\u0300-\u036f]")  # what is left of an accent when a letter is taken apart (NFKD)
LOOKS_LIKE = {"'": "’‘‛ʼ´`′", '"': "“”„«»", "-": "‐‑‒–—−", "o": "øØ", "l": "łŁ", "d": "đĐ"}
ALIKE = {ord(other): plain for plain, others in LOOKS_LIKE.items() for other in others}
LONGEST = 200
FEWEST_DIGITS = 6  # that make a telephone number of what somebody looks for
PREFIX = re.compile(r"^(?:00|\+)?31(?=[1-9])|^0+")  # of the country or the region, each may be left out

Condition = sa.ColumnElement[bool]


class folded(GenericFunction[str]):  # noqa: N801  (the name of an SQL function)
    """A text as it is compared in SQL."""

    type = sa.Text()
    inherit_cache = True


def fold(text: str) -> str:
    """A text as it is compared: ‘ZOË’, ‘Zoë’ with its accent as a sign of its own, and ‘zoe’ are one."""
    apart = COMBINING.sub("", unicodedata.normalize("NFKD", text))
    return apart.translate(ALIKE).lower()


def add_to(connection: sqlite3.Connection) -> None:
    """Teach SQLite the function; PostgreSQL has what it needs."""
    connection.create_function("folded", 1, lambda text: None if text is None else fold(str(text)), deterministic=True)


def words_of(typed: str | None) -> str:
    """What somebody typed or pasted in a field to search by, as it is kept and shown."""
    return typed_text.one_line(typed or "")[:LONGEST]


def each_word(words: str, found: Callable[[str], Condition]) -> Condition:
    """Whether every word of these is found; no words find everything."""
    return sa.and_(sa.true(), *(found(word) for word in fold(words).split()))


def holds(word: str, *columns: Any) -> Condition:
    """Whether a folded word stands in one of these columns."""
    return sa.or_(*(sa.func.folded(column).contains(word, autoescape=True) for column in columns))


def ends_number(words: str, column: Any) -> Condition:
    """Whether these words are the telephone number in this column, or its end, however both were written."""
    digits = PREFIX.sub("", re.sub(r"[^\d+]|(?<=.)\+", "", words.replace("(0)", "")))
    if len(digits) < FEWEST_DIGITS or re.search(r"[^\W\d_]", words):
        return sa.false()
    written = column
    for sign in " -().+/":
        written = sa.func.replace(written, sign, "")
    return sa.cast(written.endswith(digits), sa.Boolean)


@compiles(folded, "postgresql")
def _on_postgres(element: Any, compiler: Any, **options: Any) -> str:
    column = compiler.process(element.clauses, **options)
    apart = f"regexp_replace(normalize({column}, NFKD), '[\\u0300-\\u036f]', '', 'g')"
    signs, plain = "".join(map(chr, ALIKE)), "".join(ALIKE.values()).replace("'", "''")
    return f"lower(translate({apart}, '{signs}', '{plain}'))"
