"""The blocks: filled in, with text beside each picture, about something that residents can still find."""

from collections.abc import Iterator
from datetime import datetime

from dordt.newsletters.block_models import BlockKind, NewsletterBlock
from dordt.newsletters.checks.finding import Finding, FindingKind
from dordt.newsletters.models import Newsletter

MOST_BUTTONS = 1
FILE_ENDINGS = (".jpg", ".jpeg", ".png", ".webp", ".gif")
EMPTY = {
    BlockKind.INTRO: "Schrijf iets in blok {place} (inleiding) of haal het weg.",
    BlockKind.TEXT: "Schrijf iets in blok {place} (tekst) of haal het weg.",
    BlockKind.QUOTE: "Schrijf in blok {place} wat er is gezegd, of haal het citaat weg.",
    BlockKind.OUTCOME: "Schrijf in blok {place} wat er met de inbreng is gedaan, of haal het blok weg.",
}


def findings(newsletter: Newsletter, at: datetime) -> Iterator[Finding]:
    """What is to be said of the blocks, one by one, and of all together."""
    if not newsletter.blocks:
        yield Finding("Voeg een blok toe: een inleiding of een bericht.", FindingKind.BLOCK)
    for index, block in enumerate(newsletter.blocks):
        yield from _filled(block, index)
        yield from _picture(block, index)
        yield from _article(block, index, at)
        yield from _workgroup(block, index, at)
    yield from _buttons(newsletter.blocks)
    yield from _kept_apart(newsletter)


def _filled(block: NewsletterBlock, index: int) -> Iterator[Finding]:
    words = EMPTY.get(block.kind)
    if words and not block.text.strip():
        yield Finding(words.format(place=index + 1), FindingKind.BLOCK, block=index)
    if block.kind == BlockKind.BUTTON and not block.title.strip():
        yield Finding(f"Vul in wat er op de knop van blok {index + 1} staat.", FindingKind.BUTTON, block=index)
    if block.kind == BlockKind.BUTTON and not block.url.strip():
        yield Finding(f"Vul in waar de knop van blok {index + 1} heen gaat.", FindingKind.BUTTON, block=index)
    if block.kind == BlockKind.IMAGE and block.media is None:
        yield Finding(f"Kies een afbeelding voor blok {index + 1} of haal het weg.", FindingKind.IMAGE, block=index)
    if block.kind in {BlockKind.ARTICLE, BlockKind.WORKGROUP} and not block.title.strip():
        yield Finding(f"Vul een titel in bij blok {index + 1}.", FindingKind.BLOCK, block=index)


def _picture(block: NewsletterBlock, index: int) -> Iterator[Finding]:
    if block.media is None or block.kind not in {BlockKind.IMAGE, BlockKind.ARTICLE}:
        return
    alt = block.alt.strip()
    if not alt and not block.is_decorative:
        words = f"Beschrijf de afbeelding van blok {index + 1}, of geef aan dat zij alleen versiering is."
        yield Finding(words, FindingKind.IMAGE, block=index)
    elif alt.lower().endswith(FILE_ENDINGS):
        words = f"Beschrijf wat er op de afbeelding van blok {index + 1} te zien is. Nu staat er een bestandsnaam."
        yield Finding(words, FindingKind.IMAGE, is_blocking=False, block=index)


def _article(block: NewsletterBlock, index: int, at: datetime) -> Iterator[Finding]:
    if block.kind != BlockKind.ARTICLE:
        return
    if block.article is None:
        words = f"Het bericht van blok {index + 1} bestaat niet meer. Kies een ander bericht of haal het blok weg."
        yield Finding(words, FindingKind.ARTICLE, block=index)
    elif not block.article.is_out(at):
        title = block.article.title
        words = f"Het bericht ‘{title}’ staat niet op de site. Publiceer het of haal het uit de nieuwsbrief."
        yield Finding(words, FindingKind.ARTICLE, block=index)


def _workgroup(block: NewsletterBlock, index: int, at: datetime) -> Iterator[Finding]:
    if block.kind != BlockKind.WORKGROUP:
        return
    if block.workgroup is None:
        words = f"De werkgroep van blok {index + 1} bestaat niet meer. Kies een andere of haal het blok weg."
        yield Finding(words, FindingKind.WORKGROUP, block=index)
    elif block.meeting and block.meeting.ends_at <= at:
        words = f"De bijeenkomst ‘{block.meeting.title}’ is al geweest. Kies de volgende of haal haar weg."
        yield Finding(words, FindingKind.MEETING, block=index)


def _buttons(blocks: list[NewsletterBlock]) -> Iterator[Finding]:
    places = [index for index, block in enumerate(blocks) if block.kind == BlockKind.BUTTON]
    if len(places) > MOST_BUTTONS:
        words = "Gebruik hoogstens één knop. Dan is duidelijk wat u het liefst van de lezer wilt."
        yield Finding(words, FindingKind.BUTTON, is_blocking=False, block=places[1])


def _kept_apart(newsletter: Newsletter) -> Iterator[Finding]:
    """Who got a newsletter that never left? Nobody: both would come to everybody."""
    other = newsletter.not_to
    if other is not None and other.mail_id is None:
        words = (
            f"Nieuwsbrief {other.number} ging nog niet weg. Verstuur die eerst, of laat deze ook naar zijn lezers gaan."
        )
        yield Finding(words, FindingKind.AUDIENCE)
