"""Links that an editor wrote: whether they lead somewhere, and whether their words say where."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urljoin, urlsplit

from flask import current_app
from markdown_it.token import Token

from dordt.media.images import image_at
from dordt.media.markdown import parse_for_mail
from dordt.newsletters.block_models import BlockKind, NewsletterBlock
from dordt.newsletters.checks import addresses
from dordt.newsletters.checks.finding import Finding, FindingKind
from dordt.newsletters.models import Newsletter

IN_MARKDOWN = {BlockKind.INTRO, BlockKind.TEXT, BlockKind.OUTCOME}
WITH_URL = {BlockKind.BUTTON, BlockKind.OUTCOME}
SAYS_NOTHING = {"hier", "klik", "klik hier", "klik dan hier", "link", "deze link", "via deze link", "meer", "lees meer"}
SAYS_NOTHING |= {"lees verder", "meer lezen", "meer info", "meer informatie", "deze pagina", "website", "de website"}

BREAKS = {"softbreak", "hardbreak"}


@dataclass(frozen=True)
class Link:
    """words: what is clicked on; None where it is judged elsewhere."""

    address: str
    words: str | None


def findings(newsletter: Newsletter, at: datetime) -> Iterator[Finding]:
    """What is to be said of the links and the pictures in the text of each block."""
    for index, block in enumerate(newsletter.blocks):
        for link in dict.fromkeys(_links(block)):
            yield from _of_link(link, index, at)
        for source, alt in _pictures(block):
            yield from _of_picture(source, alt, index, at)


def _links(block: NewsletterBlock) -> Iterator[Link]:
    if block.kind in IN_MARKDOWN:
        for line in _lines(block):
            yield from _links_in(line)
    if block.kind in WITH_URL and block.url.strip():
        yield Link(block.url, block.title.strip() or None if block.kind == BlockKind.BUTTON else None)


def _lines(block: NewsletterBlock) -> Iterator[Sequence[Token]]:
    return (token.children or [] for token in parse_for_mail(block.text) if token.type == "inline")


def _links_in(tokens: Sequence[Token]) -> Iterator[Link]:
    address, words = "", ""
    for token in tokens:
        if token.type == "link_open":
            address, words = str(token.attrs.get("href", "")), ""
        elif token.type == "link_close":
            yield Link(address, " ".join(words.split()))
        else:
            words += " " if token.type in BREAKS else token.content


def _pictures(block: NewsletterBlock) -> Iterator[tuple[str, str]]:
    if block.kind in IN_MARKDOWN:
        images = (token for line in _lines(block) for token in line if token.type == "image")
        yield from ((str(token.attrs.get("src", "")), token.content) for token in images)


def _of_link(link: Link, index: int, at: datetime) -> Iterator[Finding]:
    place = f"in blok {index + 1}"
    problem = addresses.problem_of(link.address, at=at)
    if problem:
        words = f"De link ‘{link.address.strip() or link.words}’ {place} {problem}. Verbeter hem of haal hem weg."
        yield Finding(words, FindingKind.LINK, block=index)
    elif _is_open(link.address):
        words = f"Laat de link ‘{link.address}’ {place} met https:// beginnen, als die website dat kan."
        yield Finding(words, FindingKind.LINK, is_blocking=False, block=index)
    if link.words is not None:
        yield from _of_words(link.words, link.address, index)


def _is_open(address: str) -> bool:
    full = urlsplit(urljoin(f"{current_app.config['SITE_URL']}/", address.strip()))
    return full.scheme == "http" and not addresses.is_own(full)


def _of_words(words: str, address: str, index: int) -> Iterator[Finding]:
    place = f"in blok {index + 1}"
    bare = words.strip(" .…:!>»→").casefold()
    if not words:
        yield Finding(f"Geef de link ‘{address}’ {place} woorden om op te klikken.", FindingKind.LINK, block=index)
    elif not bare or bare in SAYS_NOTHING:
        sentence = f"Zeg met de woorden van de link ‘{words}’ {place} waar hij heen gaat."
        yield Finding(sentence, FindingKind.LINK, is_blocking=False, block=index)
    elif bare.startswith(("http://", "https://", "www.")):
        sentence = f"Zet {place} woorden op de link in plaats van het adres ‘{words}’."
        yield Finding(sentence, FindingKind.LINK, is_blocking=False, block=index)


def _of_picture(source: str, alt: str, index: int, at: datetime) -> Iterator[Finding]:
    place = f"in de tekst van blok {index + 1}"
    if image_at(source) is None:
        words = f"De afbeelding ‘{source}’ {place} wordt niet getoond. Gebruik een afbeelding van onze eigen site."
        yield Finding(words, FindingKind.IMAGE, is_blocking=False, block=index)
    elif addresses.problem_of(source, at=at):
        words = f"De afbeelding ‘{source}’ {place} bestaat niet meer. Haal haar weg."
        yield Finding(words, FindingKind.IMAGE, block=index)
    elif not alt.strip():
        words = f"Beschrijf de afbeelding {place}, tussen de rechte haken: ![beschrijving](adres)."
        yield Finding(words, FindingKind.IMAGE, block=index)
