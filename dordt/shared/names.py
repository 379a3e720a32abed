"""Names as people in the Netherlands write them: in which order a list has them, and what somebody is called."""

import re
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction

from dordt.shared.formats import capital
from dordt.shared.search import folded

# What a surname can begin with, and what stands before a name, in small letters and without full stops.
PARTICLES = frozenset(
    {
        *("aan", "bij", "da", "de", "del", "den", "der", "des", "dos", "du", "el", "het", "in", "la", "le", "les"),
        *("los", "op", "'s", "'t", "te", "ten", "ter", "tot", "uit", "van", "vande", "vanden", "vander", "von", "voor"),
        *("zu", "zum", "zur"),
    }
)
TITLES = frozenset({"dhr", "dr", "drs", "hr", "ing", "ir", "meneer", "mevr", "mevrouw", "mr", "mw", "prof"})
# Two letters or more; capitals without a vowel are initials ('JW').
GIVEN = re.compile(r"(?![B-DF-HJ-NP-TV-XZ]{2,3}$)(?=[^\W\d_]{2}|[^\W\d_]['’])[^\W\d_]+(?:[-'’][^\W\d_]+)*")
IN_BRACKETS = re.compile(r"\(([^()]+)\)")


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


def first_name(name: str) -> str:
    """'Sanne' of 'Drs. Sanne de Boer', of 'Boer, Sanne de' and of 'Boer, S. de (Sanne)'; empty when nobody can tell.

    One word and never more, for the second may be a surname already: who is called Jan Willem writes Jan-Willem.
    """
    before, _comma, after = IN_BRACKETS.sub(" ", name).partition(",")
    words = after.split() if after.strip()[:1].isupper() else before.split()
    first = next((word for word in words if word.rstrip(".").lower() not in TITLES), "")
    in_brackets = IN_BRACKETS.search(name)
    called = in_brackets[1] if in_brackets and in_brackets[1][:1] == first[:1] else ""  # 'S. (Sanne)', not '(wijkteam)'
    return next((capital(word) for word in (first, called) if GIVEN.fullmatch(word) and not _is_particle(word)), "")


def _is_particle(word: str) -> bool:
    return word.lower().replace("’", "'") in PARTICLES
