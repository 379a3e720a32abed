"""The two lines that a reader sees before opening: subject and preheader."""

from collections.abc import Iterator
from functools import partial

from dordt.newsletters.checks.finding import Finding, FindingKind

LONGEST_SUBJECT, LONGEST_PREHEADER = 50, 90  # characters; what a phone shows
SHORTEST_SHOUT = 6  # letters; "NS" and "GGZ" are names
Subject = partial(Finding, kind=FindingKind.SUBJECT)
Preheader = partial(Finding, kind=FindingKind.PREHEADER)


def findings(subject: str, preheader: str) -> Iterator[Finding]:
    """What is to be said of them."""
    subject, preheader = subject.strip(), preheader.strip()
    yield from _of_subject(subject)
    yield from _of_preheader(preheader, subject)


def _of_subject(subject: str) -> Iterator[Finding]:
    if not subject:
        yield Subject("Vul een onderwerp in.")
    if len(subject) > LONGEST_SUBJECT:
        yield Subject(
            f"Maak het onderwerp korter. Het telt {len(subject)} tekens; een telefoon toont er {LONGEST_SUBJECT}.",
            is_blocking=False,
        )
    if _is_shouted(subject):
        yield Subject("Schrijf het onderwerp niet helemaal in hoofdletters. Dat leest als roepen.", is_blocking=False)
    if subject.count("!") > 1:
        yield Subject("Gebruik in het onderwerp hoogstens één uitroepteken.", is_blocking=False)


def _of_preheader(preheader: str, subject: str) -> Iterator[Finding]:
    if not preheader:
        yield Preheader(
            "Vul een voorproefje in. Anders toont het postvak de eerste woorden van de e-mail.", is_blocking=False
        )
    elif preheader.casefold() == subject.casefold():
        yield Preheader(
            "Zeg in het voorproefje iets anders dan in het onderwerp. Zij staan naast elkaar.", is_blocking=False
        )
    if len(preheader) > LONGEST_PREHEADER:
        yield Preheader(
            f"Maak het voorproefje korter. Het telt {len(preheader)} tekens; {LONGEST_PREHEADER} is genoeg.",
            is_blocking=False,
        )


def _is_shouted(subject: str) -> bool:
    return subject.isupper() and sum(map(str.isalpha, subject)) >= SHORTEST_SHOUT
