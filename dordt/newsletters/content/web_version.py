"""A newsletter as a page of the site: its blocks with the links and pictures that they have on the web.

What a block says is a copy, so the page stays as it was sent; a link is there as long as what it leads to is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from urllib.parse import urlsplit

from flask import current_app, url_for
from markupsafe import Markup

from dordt.media import markdown
from dordt.media.images import Image, image_of
from dordt.newsletters.content.block_kinds import BlockKind
from dordt.newsletters.models import Newsletter, NewsletterBlock
from dordt.shared.clean_html import SCHEMES
from dordt.shared.clock import AMSTERDAM
from dordt.workgroups.models import Meeting

SUMMARY_LENGTH = 155  # characters that a search engine shows


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


def blocks(newsletter: Newsletter, *, at: datetime) -> list[WebBlock]:
    """The blocks in their order; only what is on the site at this moment is linked."""
    articles = [block for block in newsletter.blocks if block.kind == BlockKind.ARTICLE]
    return [_web_block(block, at, is_first=block in articles[:1]) for block in newsletter.blocks]


def summary(newsletter: Newsletter) -> str:
    """One sentence for search engines, lists and feeds."""
    written = [newsletter.preheader, *(_plain(block) for block in newsletter.blocks)]
    text = " ".join(next((text for text in written if text.strip()), newsletter.subject).split())
    return text if len(text) <= SUMMARY_LENGTH else f"{text[: SUMMARY_LENGTH - 1].rstrip()}…"


def by_year(newsletters: Sequence[Newsletter]) -> list[tuple[int, list[Newsletter]]]:
    """Neighbours of the same year together, as Amsterdam counts it."""
    years = groupby(newsletters, lambda newsletter: newsletter.dated_at.astimezone(AMSTERDAM).year)
    return [(year, list(found)) for year, found in years]


def _web_block(block: NewsletterBlock, at: datetime, *, is_first: bool) -> WebBlock:
    link = _link(block, at)
    return WebBlock(
        kind=block.kind,
        title=block.title,
        text=block.text,
        link=link,
        leads_elsewhere=_leads_elsewhere(link),
        image=image_of(block.media, "" if block.is_decorative else block.alt),
        meeting=block.meeting,
        is_first_article=is_first,
    )


def _link(block: NewsletterBlock, at: datetime) -> str:
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


def _plain(block: NewsletterBlock) -> str:
    """The words of a text in Markdown, without its marks."""
    return Markup(markdown.page_html(block.text)).striptags()  # noqa: S704  (only its words are taken)
