"""The parts of a newsletter as its mail shows them: each block with its texts, full addresses and picture settled."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime

from flask import current_app
from markupsafe import Markup

from dordt.media.images import image_of
from dordt.media.markdown import MAIL_STYLES, MAIL_WIDTH, mail_html
from dordt.newsletters.block_models import BlockKind, NewsletterBlock
from dordt.newsletters.content import mail_text
from dordt.shared import formats
from dordt.shared.clock import AMSTERDAM
from dordt.shared.links import absolute, full_address
from dordt.workgroups.models import Meeting

OPENING = "[["  # of a merge field: only ours may stand in a mail
MARKDOWN = {BlockKind.INTRO, BlockKind.OUTCOME, BlockKind.TEXT}  # the other kinds hold plain text


@dataclass(frozen=True)
class Picture:
    """A picture at its full address, as wide as a mail shows it; of one that is blocked no empty room remains."""

    url: str
    alt: str
    width: int


@dataclass(frozen=True)
class Gathering:
    """When and where a work group meets, in Dutch."""

    title: str
    day: str
    time: str
    place: str
    day_number: str
    month: str


@dataclass(frozen=True)
class Part:
    """One block; what its kind does not have, or what is gone, is empty."""

    kind: BlockKind
    title: str
    html: Markup
    text: str
    link: str
    picture: Picture | None
    meeting: Gathering | None

    @property
    def title_text(self) -> str:
        """The title in lines that fit the text part."""
        return mail_text.wrapped(formats.capital(self.title))


def parts_of(blocks: list[NewsletterBlock]) -> list[Part]:
    """The blocks in their order."""
    return [_part(block) for block in blocks]


def plain(text: str) -> str:
    """What somebody wrote never becomes a merge field, and holds nothing that no mail may hold."""
    shown = "".join(sign for sign in text if sign in "\n\t" or unicodedata.category(sign) not in {"Cc", "Cs"})
    return re.sub(r"\[(?=\[)", "[ ", shown)


def _part(block: NewsletterBlock) -> Part:
    html, text = _texts(block)
    return Part(
        kind=block.kind,
        title=plain(block.title),
        html=html,
        text=text,
        link=_link(block),
        picture=_picture(block),
        meeting=_gathering(block.meeting) if block.meeting else None,
    )


def _texts(block: NewsletterBlock) -> tuple[Markup, str]:
    site, text = current_app.config["SITE_URL"], plain(block.text)
    if block.kind in MARKDOWN:
        below = 2 if block.title and block.kind is not BlockKind.INTRO else 1
        html = mail_html(text, site=site, below=below)
        return Markup(plain(html)), plain(mail_text.to_text(text, site=site))  # noqa: S704  (Markdown may undo a space)
    return _paragraphs(text), mail_text.wrapped(text.strip())


def _paragraphs(text: str) -> Markup:
    """Plain text: an empty line separates paragraphs, a line end stays one."""
    parts = (part.strip() for part in text.replace("\r\n", "\n").split("\n\n"))
    lines = (Markup("<br>").join(part.split("\n")) for part in parts if part)
    return Markup("").join(Markup('<p style="{}">{}</p>').format(MAIL_STYLES["p"], line) for line in lines)


def _link(block: NewsletterBlock) -> str:
    if block.article:
        return absolute("news.article", slug=block.article.slug)
    if block.workgroup:
        return absolute("workgroups.show", slug=block.workgroup.slug)
    return full_address(plain(block.url), current_app.config["SITE_URL"]) if block.url else ""


def _picture(block: NewsletterBlock) -> Picture | None:
    """The JPEG or PNG version: not every mail programme shows WebP."""
    image = image_of(block.media, "" if block.is_decorative else block.alt)
    if image is None:
        return None
    url = f"{current_app.config['SITE_URL']}{image.url}"
    return Picture(url, plain(image.alt), min(image.width, MAIL_WIDTH))


def _gathering(meeting: Meeting) -> Gathering:
    starts, ends = (moment.astimezone(AMSTERDAM) for moment in (meeting.starts_at, meeting.ends_at))
    return Gathering(
        title=plain(meeting.title),
        day=formats.dutch_day(starts),
        time=_hours(starts, ends),
        place=plain(meeting.location),
        day_number=str(starts.day),
        month=formats.short_month(starts),
    )


def _hours(starts: datetime, ends: datetime) -> str:
    """'19.30 tot 21.30 uur'; of a meeting that ends on another day only when it starts."""
    is_one_day = starts.date() == ends.date() and ends > starts
    return f"{starts:%H.%M} tot {formats.dutch_time(ends)}" if is_one_day else formats.dutch_time(starts)
