"""The mail as it would leave: whether it can be left, is not cut off, has its headings in order and can be read."""

import binascii
import re
from collections.abc import Iterator, Sequence
from xml.etree.ElementTree import Element  # noqa: S405  (nothing is parsed as XML)

from dordt.newsletters.block_models import NewsletterBlock
from dordt.newsletters.checks.contrast import faint_texts
from dordt.newsletters.checks.finding import Finding, FindingKind
from dordt.newsletters.checks.tree import shown, text_of, tree_of
from dordt.shared.formats import dutch_number
from dordt.shared.mail import Draft
from dordt.shared.problems import NotAllowed
from dordt.subscribers import emails

LARGEST, LARGE = 90_000, 70_000  # octets; Gmail cuts a mail off at about 102,000
TOKEN_LENGTH = 64  # characters of a signed link token, and some
LONGEST_SAID = 40  # characters of a text that is pointed at
HEADING = re.compile(r"h[1-6]")


def findings(draft: Draft, blocks: Sequence[NewsletterBlock]) -> Iterator[Finding]:
    """What is to be said of the mail; `blocks` tell where a heading or a text was written."""
    tree = tree_of(draft.html)
    yield from _ways_out(draft, tree)
    yield from _size(draft)
    yield from _headings(tree, blocks)
    yield from _contrasts(tree, blocks)


def require_way_out(draft: Draft) -> None:
    """Raises NotAllowed when this very mail lacks the link to leave, whatever made it."""
    for finding in _ways_out(draft, tree_of(draft.html)):
        raise NotAllowed(finding.words)


def _ways_out(draft: Draft, tree: Element) -> Iterator[Finding]:
    """Without the purpose nobody would get a token of their own in the link."""
    link = emails.merged_unsubscribe_link()
    one_click = draft.headers.get("List-Unsubscribe-Post") == "List-Unsubscribe=One-Click"
    own_button = f"<{link}>" in draft.headers.get("List-Unsubscribe", "") and one_click
    ways = {
        "de tekst zonder opmaak": link in draft.text,
        "de opgemaakte tekst": any(a.get("href") == link and text_of(a) for a in shown(tree) if a.tag == "a"),
        "de knop van het mailprogramma": own_button and draft.token_purpose == emails.UNSUBSCRIBE,
    }
    missing = [place for place, is_there in ways.items() if not is_there]
    if missing:
        words = f"De link om u af te melden ontbreekt in {' en '.join(missing)}. Vraag de beheerder om hulp."
        yield Finding(words, FindingKind.UNSUBSCRIBE)


def _size(draft: Draft) -> Iterator[Finding]:
    html = draft.html.replace(emails.MERGED_TOKEN, "x" * TOKEN_LENGTH).encode()
    octets = len(binascii.b2a_qp(html, istext=True))
    size = dutch_number(round(octets / 1000))
    if octets > LARGEST:
        words = f"Maak de nieuwsbrief korter. Hij is {size} kB groot; boven {LARGEST // 1000} kB knipt Gmail hem af."
        yield Finding(words, FindingKind.SIZE)
    elif octets > LARGE:
        words = f"De nieuwsbrief is {size} kB groot. Voeg niet veel meer toe: {LARGEST // 1000} kB is het meeste."
        yield Finding(words, FindingKind.SIZE, is_blocking=False)


def _headings(tree: Element, blocks: Sequence[NewsletterBlock]) -> Iterator[Finding]:
    found = [(int(element.tag[1]), text_of(element)) for element in shown(tree) if HEADING.fullmatch(element.tag)]
    tops = [text for level, text in found if level == 1]
    if len(tops) != 1:
        words = f"De nieuwsbrief heeft {len(tops)} koppen van het hoogste niveau, en dat moet er één zijn."
        yield Finding(f"{words} Vraag de beheerder om hulp.", FindingKind.HEADING)
    above = 1
    for level, text in found:
        block = _block_with(text, blocks)
        if not text:
            yield Finding("Haal het kopje zonder woorden weg.", FindingKind.HEADING)
        elif level > above + 1:
            words = f"Haal een # weg voor het kopje ‘{text}’. Het slaat een niveau over."
            yield Finding(words, FindingKind.HEADING, block=block)
        above = level


def _contrasts(tree: Element, blocks: Sequence[NewsletterBlock]) -> Iterator[Finding]:
    for is_dark in (False, True):
        for text, look in faint_texts(tree, is_dark=is_dark):
            said = text if len(text) <= LONGEST_SAID else f"{text[:LONGEST_SAID].rstrip()}…"
            ratio, where = f"{int(look.ratio * 10) / 10}".replace(".", ","), " in donkere weergave" if is_dark else ""
            words = f"De tekst ‘{said}’ is{where} slecht te lezen (contrast {ratio} : 1). Vraag de beheerder om hulp."
            yield Finding(words, FindingKind.CONTRAST, block=_block_with(text, blocks))


def _block_with(text: str, blocks: Sequence[NewsletterBlock]) -> int | None:
    """The first block in which these words stand."""
    places = (index for index, block in enumerate(blocks) if text in f"{block.title}\n{block.text}")
    return next(places, None) if text else None
