"""Merge fields of other programs: nothing here fills them in, so the reader would see them as they are."""

import re
from collections.abc import Iterator

from dordt.newsletters.checks.finding import Finding, FindingKind
from dordt.newsletters.models import Newsletter

CERTAIN = re.compile(r"\[\[[^\[\]\n]{1,60}\]\]|\{\{[^{}\n]{1,60}\}\}")
LIKELY = re.compile(r"\*\|[^|\n]{1,60}\|\*|%[A-Za-z_.]{3,40}%|<<\w[\w. ]{0,38}>>")


def findings(newsletter: Newsletter) -> Iterator[Finding]:
    """Each field in the subject, the preheader and the blocks, once."""
    yield from _in_text(f"{newsletter.subject}\n{newsletter.preheader}", None)
    for index, block in enumerate(newsletter.blocks):
        yield from _in_text("\n".join([block.title, block.text, block.alt, block.url]), index)


def _in_text(text: str, index: int | None) -> Iterator[Finding]:
    place = "in het onderwerp of het voorproefje" if index is None else f"in blok {index + 1}"
    for pattern, is_blocking in ((CERTAIN, True), (LIKELY, False)):
        for field in dict.fromkeys(pattern.findall(text)):
            words = f"Haal ‘{field}’ weg {place}. Het wordt niet ingevuld: de lezer ziet het zo staan."
            yield Finding(words, FindingKind.FIELD, is_blocking, index)
