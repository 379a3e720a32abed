"""The last part of an article's address."""

import re
import unicodedata
from collections.abc import Iterable

SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
LONGEST = 120
TAKEN_WORDS = {"archief", "wijk", "bevestigen", "afmelden"}


def slug_from(title: str) -> str:
    """A proposal: 'Één jaar Het Tuinhuis!' becomes 'een-jaar-het-tuinhuis'."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return "-".join(re.findall(r"[a-z0-9]+", plain))[:LONGEST].strip("-")


def is_well_formed(slug: str) -> bool:
    """Small letters, digits, and single hyphens between them."""
    return len(slug) <= LONGEST and SLUG.fullmatch(slug) is not None


def reserved(rules: Iterable[str]) -> set[str]:
    """Words that no slug may be: the first segments of the addresses that the site has itself, and a few more."""
    return TAKEN_WORDS | {rule.split("/")[1] for rule in rules} - {""}
