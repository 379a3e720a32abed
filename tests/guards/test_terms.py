"""One thing has one term on screen and in mail: the other word for it does not come back."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.guards.modules import MODULES, ROOT, Module


@dataclass(frozen=True)
class Term:
    """What is not said, and under which folders; `kept` says it for a reason."""

    instead_of: str
    under: tuple[str, ...] = ("",)
    kept: tuple[str, ...] = ()


ARTICLES = ("news", "newsletters", "staff/news", "staff/newsletters")  # where a message of a resident never stands
TERMS = {
    "bewoner": Term(
        r"\binwoners?\b",
        kept=("inwoner",),  # alone: what the log holds since its first day, and the screen says otherwise
    ),
    "krijgen": Term(r"\bontv(?:ang(?:en|t|st)?|ing(?:en)?)\b"),  # ontvanger, of a mail, is the word of its field
    "keuzes": Term(r"\bvoorkeur(?:en)?\b", kept=(r"/voorkeuren/\S*",)),  # the address, which mails of years ago hold
    "postvak": Term(r"\bpostbus(?:sen)?\b(?! \d)", kept=(r".*\(\?:user\|.*",)),  # what servers write of one
    "nieuwsbericht": Term(r"\bbericht(?:en)?\b", under=ARTICLES, kept=("Stuur ons een bericht",)),  # that is a message
}
# Sentences that were replaced, by what is said instead.
REPLACED = {
    "Praat en doe mee in uw wijk": r"praat en doe mee over",
    "Vul alle velden in. Staat er ‘niet verplicht’? Dan mag u het veld leeg laten.": r"Vul alles in\. Hoeft",
    "Van het thema hangt af hoe snel u antwoord krijgt.": r"de goede medewerker",
    "Wij wissen uit uw foto’s waar en wanneer u ze maakte.": r"foto.s halen wij weg",
    "Wij kiezen alvast voor u:": r"wij vinken",
    "kunt u zich altijd afmelden|U kunt zich altijd afmelden": r"meldt? (?:zich|u) met één klik",
    "Komende bijeenkomsten": r"Volgende bijeenkomsten",
    "Ons antwoord op uw bericht: dit kunnen wij niet doen": r"gaan niet verder met uw bericht",
    "Niet geholpen: {{ message.reference }} is weer open": r"\(heropend\)",
    "Ik pak dit op": r"Neem op mij",
    "Nog niet toegewezen": r"Van niemand",
    "Is hij klaar om te versturen?": r"Kan hij weg",
    "nog worden verstuurd": r"\bnog weg\b",
    "Nieuwsbrief weggooien": r"(?<!\{\{ \")Nieuwsbrief stoppen",
    "Stop de pauze": r"Stuur de nieuwsbrief weer",
    "Vooraf overgeslagen": r"telden niet mee",
}
SEED = ROOT / "dordt" / "development" / "seed"  # what residents of the demo say, in words of their own
WRITTEN = ("templates/**/*.*", "dordt/frontend/js/**/*.js", "dordt/development/seed/articles/*.md")
WRITTEN += ("dordt/development/seed/newsletters.yaml", "dordt/development/seed/workgroups.yaml")


@pytest.mark.parametrize("term", TERMS)
def test_a_thing_has_one_term_on_screen(term: str):
    assert [f"{place}: {text.strip()[:120]}" for place, text in SAID if offends(TERMS[term], place, text)] == []


@pytest.mark.parametrize("now", REPLACED)
def test_a_sentence_that_was_replaced_does_not_come_back(now: str):
    old = re.compile(REPLACED[now], re.IGNORECASE)

    assert [f"{place}: {text.strip()[:120]}" for place, text in SAID if old.search(text)] == []
    assert any(said in text for _place, text in SAID for said in now.split("|"))


@pytest.mark.parametrize(
    ("term", "text"),
    {
        "bewoner": "Bericht aan de inwoner",
        "krijgen": "Ontvang de nieuwsbrief",
        "keuzes": "Pas uw voorkeuren aan",
        "postvak": "De postbus is vol",
        "nieuwsbericht": "Het bericht is bewaard.",
    }.items(),
)
def test_the_guard_sees_the_other_term(term: str, text: str):
    assert offends(TERMS[term], "templates/news/index.html:1", text)


def offends(term: Term, place: str, text: str) -> bool:
    folder = place.partition("/")[2]
    if not any(folder.startswith(under and f"{under}/") for under in term.under):
        return False
    if any(re.fullmatch(kept, text) for kept in term.kept):
        return False
    for kept in term.kept:
        text = re.sub(kept, "", text) if " " in kept or "/" in kept else text
    return re.search(term.instead_of, text, re.IGNORECASE) is not None


def said() -> Iterator[tuple[str, str]]:
    """Each line of a template, of a script and of what staff wrote for the demo, and each string of the code that is no
    docstring, with where it stands."""
    for path in sorted(each for pattern in WRITTEN for each in ROOT.glob(pattern)):
        for number, line in enumerate(path.read_text().splitlines(), 1):
            yield f"{path.relative_to(ROOT)}:{number}", line
    for module in MODULES:
        if not module.path.is_relative_to(SEED):
            yield from strings_of(module)


def strings_of(module: Module) -> Iterator[tuple[str, str]]:
    docstrings = {id(node.value) for node in ast.walk(module.tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield f"{module.name}:{node.lineno}", node.value


SAID = list(said())
