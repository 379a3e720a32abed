"""The texts and the blocks: filled in, good to read, about something that residents can still find."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from dordt.newsletters.content.block_kinds import BLOCK_TYPES, BlockKind
from dordt.newsletters.models import Newsletter, NewsletterBlock
from dordt.shared.formats import capital

LONGEST_SUBJECT, LONGEST_PREHEADER = 50, 90  # characters; what a phone shows
SHORTEST_SHOUT = 6  # characters; "NS" and "GGZ" are names
MOST_BUTTONS = 1
FILE_ENDINGS = (".jpg", ".jpeg", ".png", ".webp", ".gif")
# Merge fields of other programs: nothing here fills them in, so the reader would see them as they are.
CERTAIN = re.compile(r"\[\[[^\[\]\n]{1,60}\]\]|\{\{[^{}\n]{1,60}\}\}")
LIKELY = re.compile(r"\*\|[^|\n]{1,60}\|\*|%[A-Za-z_.]{3,40}%|<<\w[\w. ]{0,38}>>")


@dataclass(frozen=True)
class CheckFinding:
    """What a check says, in one sentence; `is_blocking`: the newsletter may not go like this.

    block: the place of the block that it is about, counted from 0; None when it is about the whole.
    """

    words: str
    is_blocking: bool = True
    block: int | None = None


def findings(newsletter: Newsletter, at: datetime) -> Iterator[CheckFinding]:
    """What is to be said of the texts and the blocks, in the order in which an editor meets them."""
    yield from lines(newsletter.subject, newsletter.preheader)
    if not newsletter.blocks:
        yield CheckFinding("Voeg een blok toe: een inleiding of een nieuwsbericht.")
    for index, block in enumerate(newsletter.blocks):
        yield from _filled(block, index)
        yield from _picture(block, index)
        yield from _article(block, index, at)
        yield from _workgroup(block, index, at)
    yield from _buttons(newsletter.blocks)
    yield from _kept_apart(newsletter)


def lines(subject: str, preheader: str) -> Iterator[CheckFinding]:
    subject, preheader = subject.strip(), preheader.strip()
    yield from _of_subject(subject)
    yield from _of_preheader(preheader, subject)


def merge_fields(newsletter: Newsletter) -> Iterator[CheckFinding]:
    """Each field in the subject, the preheader and the blocks, once."""
    yield from _in_text(f"{newsletter.subject}\n{newsletter.preheader}", None)
    for index, block in enumerate(newsletter.blocks):
        yield from _in_text("\n".join([block.title, block.text, block.alt, block.url]), index)


def _filled(block: NewsletterBlock, index: int) -> Iterator[CheckFinding]:
    block_type = BLOCK_TYPES[block.kind]
    for field in block_type.fields:
        if field.empty and not getattr(block, field.name).strip():
            yield CheckFinding(field.empty.format(place=index + 1), block=index)
    if block_type.no_picture and block.media is None:
        yield CheckFinding(block_type.no_picture.format(place=index + 1), block=index)


def _picture(block: NewsletterBlock, index: int) -> Iterator[CheckFinding]:
    if block.media is None or "media" not in BLOCK_TYPES[block.kind].columns:
        return
    alt = block.alt.strip()
    if not alt and not block.is_decorative:
        words = f"Beschrijf de afbeelding van blok {index + 1}, of geef aan dat zij alleen versiering is."
        yield CheckFinding(words, block=index)
    elif alt.lower().endswith(FILE_ENDINGS):
        words = f"Beschrijf wat er op de afbeelding van blok {index + 1} te zien is. Nu staat er een bestandsnaam."
        yield CheckFinding(words, is_blocking=False, block=index)


def _article(block: NewsletterBlock, index: int, at: datetime) -> Iterator[CheckFinding]:
    if "article" not in BLOCK_TYPES[block.kind].columns:
        return
    if block.article is None:
        words = f"Het nieuwsbericht van blok {index + 1} bestaat niet meer. Kies een ander of haal het blok weg."
        yield CheckFinding(words, block=index)
    elif not block.article.is_out(at):
        title = block.article.title
        words = f"Het nieuwsbericht ‘{title}’ staat niet op de site. Publiceer het of haal het uit de nieuwsbrief."
        yield CheckFinding(words, block=index)


def _workgroup(block: NewsletterBlock, index: int, at: datetime) -> Iterator[CheckFinding]:
    if "workgroup" not in BLOCK_TYPES[block.kind].columns:
        return
    if block.workgroup is None:
        words = f"De werkgroep van blok {index + 1} bestaat niet meer. Kies een andere of haal het blok weg."
        yield CheckFinding(words, block=index)
    elif block.meeting and block.meeting.ends_at <= at:
        words = f"De bijeenkomst ‘{block.meeting.title}’ is al geweest. Kies de volgende of haal haar weg."
        yield CheckFinding(words, block=index)


def _buttons(blocks: list[NewsletterBlock]) -> Iterator[CheckFinding]:
    places = [index for index, block in enumerate(blocks) if block.kind == BlockKind.BUTTON]
    if len(places) > MOST_BUTTONS:
        words = "Gebruik hoogstens één knop. Dan is duidelijk wat u het liefst van de lezer wilt."
        yield CheckFinding(words, is_blocking=False, block=places[1])


def _kept_apart(newsletter: Newsletter) -> Iterator[CheckFinding]:
    """Who got a newsletter that never left? Nobody: both would come to everybody."""
    other = newsletter.not_to
    if other is not None and other.mail_id is None:
        words = f"{capital(other.name)} ging nog niet weg. Verstuur die eerst, of laat deze ook naar zijn lezers gaan."
        yield CheckFinding(words)


def _of_subject(subject: str) -> Iterator[CheckFinding]:
    if not subject:
        yield CheckFinding("Vul een onderwerp in.")
    if len(subject) > LONGEST_SUBJECT:
        yield CheckFinding(
            f"Maak het onderwerp korter. Het telt {len(subject)} tekens; een telefoon toont er {LONGEST_SUBJECT}.",
            is_blocking=False,
        )
    if _is_shouted(subject):
        yield CheckFinding(
            "Schrijf het onderwerp niet helemaal in hoofdletters. Dat leest als roepen.", is_blocking=False
        )
    if subject.count("!") > 1:
        yield CheckFinding("Gebruik in het onderwerp hoogstens één uitroepteken.", is_blocking=False)


def _of_preheader(preheader: str, subject: str) -> Iterator[CheckFinding]:
    if not preheader:
        yield CheckFinding(
            "Vul een voorproefje in. Anders toont het postvak de eerste woorden van de e-mail.", is_blocking=False
        )
    elif preheader.casefold() == subject.casefold():
        yield CheckFinding(
            "Zeg in het voorproefje iets anders dan in het onderwerp. Zij staan naast elkaar.", is_blocking=False
        )
    if len(preheader) > LONGEST_PREHEADER:
        yield CheckFinding(
            f"Maak het voorproefje korter. Het telt {len(preheader)} tekens; {LONGEST_PREHEADER} is genoeg.",
            is_blocking=False,
        )


def _is_shouted(subject: str) -> bool:
    return subject.isupper() and sum(map(str.isalpha, subject)) >= SHORTEST_SHOUT


def _in_text(text: str, index: int | None) -> Iterator[CheckFinding]:
    place = "in het onderwerp of het voorproefje" if index is None else f"in blok {index + 1}"
    for pattern, is_blocking in ((CERTAIN, True), (LIKELY, False)):
        for field in dict.fromkeys(pattern.findall(text)):
            words = f"Haal ‘{field}’ weg {place}. Het wordt niet ingevuld: de lezer ziet het zo staan."
            yield CheckFinding(words, is_blocking, index)
