"""How a newsletter looks: as one mail for many, with merge fields for each recipient's own links, and as a page.

What a block says is a copy, so the page stays as it was sent; a link is there as long as what it leads to is.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from flask import current_app, url_for
from markupsafe import Markup

from dordt.media.images import Image, image_of
from dordt.media.markdown import MAIL_STYLES, MAIL_WIDTH, mail_html, mail_text, page_html, wrapped
from dordt.newsletters.content.block_kinds import BLOCK_TYPES, BlockKind
from dordt.newsletters.models import Newsletter, NewsletterBlock
from dordt.shared import formats
from dordt.shared.clean_html import SCHEMES
from dordt.shared.clock import AMSTERDAM
from dordt.shared.links import absolute, full_address
from dordt.shared.mail import Draft, compose
from dordt.subscribers import emails
from dordt.workgroups.models import Meeting

SUMMARY_LENGTH = 155  # characters that a search engine shows
LEAVE = "[[leave]]"  # becomes the address of the recipient that ends it
OPENING_MARKS, CLOSING_MARKS = tuple("‘“„'\""), tuple("’”'\"")


@dataclass(frozen=True)
class RenderedPicture:
    """A picture at its full address, as wide as a mail shows it; a blocked one leaves no gap."""

    url: str
    alt: str
    width: int


@dataclass(frozen=True)
class RenderedMeeting:
    """When and where a work group meets, in Dutch."""

    title: str
    day: str
    time: str
    place: str
    day_number: str
    month: str


@dataclass(frozen=True)
class RenderedBlock:
    """One block; what its kind does not have, or what is gone, is empty."""

    kind: BlockKind
    title: str
    html: Markup
    text: str
    link: str
    picture: RenderedPicture | None
    meeting: RenderedMeeting | None

    @property
    def title_text(self) -> str:
        return wrapped(formats.capital(self.title))


@dataclass(frozen=True)
class WebBlock:
    """All that a page shows of one block; `link` is empty when it leads nowhere (any more)."""

    kind: BlockKind
    title: str
    text: str
    link: str
    leads_elsewhere: bool
    image: Image | None
    meeting: Meeting | None
    is_first_article: bool  # the large one


def draft_of(newsletter: Newsletter, number: int | None = None) -> Draft:
    """Subject, text part, HTML part and the headers of RFC 2369 and RFC 8058.

    number: the one that it is given, and with it a page of its own; without it the mail leads to the archive.
    """
    archive = absolute("newsletters.archive")
    return compose(
        "newsletter",
        to="",
        reply_to=current_app.config["CONTACT_ADDRESS"],
        token_purpose=emails.UNSUBSCRIBE,
        headers=_headers(),
        subject=plain(newsletter.subject),
        preheader=plain(newsletter.preheader),
        blocks=[_block(block) for block in newsletter.blocks],
        unsubscribe_link=emails.merged_unsubscribe_link(),
        preferences_link=emails.merged_preferences_link(),
        web_link=absolute("newsletters.show", number=number) if number else archive,
    )


def web_blocks(newsletter: Newsletter, *, at: datetime) -> list[WebBlock]:
    """The blocks in their order; only what is on the site at this moment is linked."""
    articles = [block for block in newsletter.blocks if block.kind == BlockKind.ARTICLE]
    return [_web_block(block, at, is_first=block in articles[:1]) for block in newsletter.blocks]


def summary(newsletter: Newsletter) -> str:
    """One sentence for search engines, lists and feeds."""
    written = [newsletter.preheader, *(_words(block) for block in newsletter.blocks)]
    text = " ".join(next((text for text in written if text.strip()), newsletter.subject).split())
    return text if len(text) <= SUMMARY_LENGTH else f"{text[: SUMMARY_LENGTH - 1].rstrip()}…"


def plain(text: str) -> str:
    """What somebody wrote never becomes a merge field, and has no control characters."""
    shown = "".join(
        character for character in text if character in "\n\t" or unicodedata.category(character) not in {"Cc", "Cs"}
    )
    return re.sub(r"\[(?=\[)", "[ ", shown)


def quoted(text: str) -> str:
    """With Dutch quotation marks around it, unless it has some already."""
    said = text.strip()
    has_marks = said.startswith(OPENING_MARKS) and said.endswith(CLOSING_MARKS)
    return said if has_marks or not said else f"‘{said}’"


def _headers() -> dict[str, str]:
    contact, leave = current_app.config["CONTACT_ADDRESS"], emails.merged_unsubscribe_link()
    return {
        "List-Unsubscribe": f"<{leave}>, <mailto:{_leave_address()}?subject=afmelden>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "List-Subscribe": f"<{absolute('subscribers.subscribe')}>",
        "List-Help": f"<mailto:{contact}>",
        "List-Owner": f"<mailto:{contact}>",
        "List-Post": "NO",
        "List-Archive": f"<{absolute('newsletters.archive')}>",
    }


def _leave_address() -> str:
    """Where a mail of each recipient's own ends the newsletter; where no mail comes in, a person reads it."""
    config = current_app.config
    return LEAVE if config["MAIL_BOUNCE_DOMAIN"] else str(config["CONTACT_ADDRESS"])


def _block(block: NewsletterBlock) -> RenderedBlock:
    html, text = _texts(block)
    return RenderedBlock(
        kind=block.kind,
        title=plain(block.title),
        html=html,
        text=text,
        link=_link(block),
        picture=_picture(block),
        meeting=_meeting(block.meeting) if block.meeting else None,
    )


def _texts(block: NewsletterBlock) -> tuple[Markup, str]:
    site, text = current_app.config["SITE_URL"], plain(_written(block))
    kind = BLOCK_TYPES[block.kind]
    if "text" in kind.markdown:
        below = 2 if block.title and "title" in kind.columns else 1
        html = mail_html(text, site=site, below=below)
        return Markup(plain(html)), plain(mail_text(text, site=site))  # noqa: S704  (Markdown may undo a space)
    return _paragraphs(text), wrapped(text.strip())


def _written(block: NewsletterBlock) -> str:
    return quoted(block.text) if block.kind is BlockKind.QUOTE else block.text


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


def _picture(block: NewsletterBlock) -> RenderedPicture | None:
    """The JPEG or PNG version: not every mail program shows WebP."""
    image = image_of(block.media, "" if block.is_decorative else block.alt)
    if image is None:
        return None
    url = f"{current_app.config['SITE_URL']}{image.url}"
    return RenderedPicture(url, plain(image.alt), min(image.width, MAIL_WIDTH))


def _meeting(meeting: Meeting) -> RenderedMeeting:
    starts = meeting.starts_at.astimezone(AMSTERDAM)
    return RenderedMeeting(
        title=plain(meeting.title),
        day=formats.dutch_day(starts),
        time=formats.dutch_hours(meeting.starts_at, meeting.ends_at),
        place=plain(meeting.location),
        day_number=str(starts.day),
        month=formats.short_month(starts),
    )


def _web_block(block: NewsletterBlock, at: datetime, *, is_first: bool) -> WebBlock:
    link = _web_link(block, at)
    return WebBlock(
        kind=block.kind,
        title=block.title,
        text=_written(block),
        link=link,
        leads_elsewhere=_leads_elsewhere(link),
        image=image_of(block.media, "" if block.is_decorative else block.alt),
        meeting=block.meeting,
        is_first_article=is_first,
    )


def _web_link(block: NewsletterBlock, at: datetime) -> str:
    if block.article:
        return url_for("news.article", slug=block.article.slug) if block.article.is_out(at) else ""
    if block.workgroup:
        return url_for("workgroups.show", slug=block.workgroup.slug)
    return _address(block.url)


def _address(written: str) -> str:
    """What an editor wrote, when a visitor can follow it: a path on this site, or a full address."""
    try:
        parts = urlsplit(written)
    except ValueError:
        return ""
    is_path = not parts.scheme and not parts.netloc and written.startswith("/")
    return written if is_path or parts.scheme in SCHEMES else ""


def _leads_elsewhere(link: str) -> bool:
    return bool(urlsplit(link).netloc) and urlsplit(link).netloc != urlsplit(current_app.config["SITE_URL"]).netloc


def _words(block: NewsletterBlock) -> str:
    """The words of a text in Markdown, without its marks."""
    return Markup(page_html(block.text)).striptags()  # noqa: S704  (only its words are taken)
