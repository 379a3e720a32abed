"""Markdown as HTML for a page, as HTML for a mail with its styles inline, and as the text part of a mail."""

import textwrap
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, current_app
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup, escape

from dordt.media.images import image_at
from dordt.shared import clean_html
from dordt.shared.formats import breakable
from dordt.shared.links import full_address

DEEPEST_ON_PAGE = 6
SIZES = "(min-width: 45rem) 42rem, 100vw"  # as wide as a line of text
ELSEWHERE = '<span class="visually-hidden"> (andere website)</span>'
LINE = 72  # characters of a plain text
RULE = "-" * 20
MAIL_WIDTH = 528  # pixels: the column in templates/email/newsletter/body.mjml.xml
MAIL_HEADING = "margin:24px 0 8px;font-size:{}px;line-height:1.3"
MAIL_STYLES = {
    "p": "margin:0 0 14px",
    "ul": "margin:0 0 14px 24px;padding:0",  # Outlook for Windows knows padding on table cells alone
    "ol": "margin:0 0 14px 28px;padding:0",
    "li": "margin:0 0 6px",
    "h2": MAIL_HEADING.format(22),
    "h3": MAIL_HEADING.format(19),
    "h4": MAIL_HEADING.format(17),
    "blockquote": "margin:0 0 14px 20px",
    "hr": "border:0;border-top:1px solid #cac4bd;margin:24px 0",
}


def init_app(app: Flask) -> None:
    """Add the `markdown` filter."""

    def markdown(text: str, below: int = 1) -> Markup:
        return Markup(page_html(text, site=current_app.config["SITE_URL"], below=below))  # noqa: S704  (cleaned there)

    app.add_template_filter(markdown)


def page_html(text: str, *, site: str = "", below: int = 1) -> str:
    """Clean HTML for a page. `site` is our own address: links to other hosts say that they lead elsewhere.

    below: the level of the heading above the text.
    """
    tokens = parse(text)
    _fit_headings(tokens, below, deepest=DEEPEST_ON_PAGE)
    _frame_pictures(tokens)
    _frame_tables(tokens)
    _mark_links(tokens, _host(site))
    return clean_html.for_page(_page_parser().renderer.render(tokens, _page_parser().options, {}))


def mail_html(text: str, *, site: str, below: int = 1) -> Markup:
    """Clean HTML for a mail: few elements, styles inline. `site` is our own address: pages of ours are named in full.

    below: the level of the heading above the text. A table stays as it was typed.
    """
    tokens = parse_for_mail(text)
    _fit_headings(tokens, below, deepest=clean_html.DEEPEST_IN_MAIL)
    for token in tokens:
        if token.nesting >= 0 and token.tag in MAIL_STYLES:
            token.attrSet("style", MAIL_STYLES[token.tag])
    html = _mail_parser().renderer.render(tokens, _mail_parser().options, {"site": site})
    return Markup(clean_html.for_mail(html))  # noqa: S704  (cleaned here)


def mail_text(text: str, *, site: str) -> str:
    """The text part of a mail: lines that fit, links written out. `site` is our own address."""
    writer = _TextWriter(site)
    for token in parse_for_mail(text):
        writer.take(token)
    return "\n".join(writer.lines).strip()


def wrapped(text: str) -> str:
    """Plain text in lines that fit; an address is never broken."""
    return "\n".join(_wrap(line, "", "") for line in text.splitlines())


def parse(text: str) -> list[Token]:
    """The tokens of a Markdown text; HTML in it is text like any other."""
    found: list[Token] = _page_parser().parse(text)
    return found


def parse_for_mail(text: str) -> list[Token]:
    """The same, without tables."""
    found: list[Token] = _mail_parser().parse(text)
    return found


@cache
def _page_parser() -> MarkdownIt:
    parser = _parser().enable("table")
    parser.add_render_rule("image", _page_image)
    parser.add_render_rule("text", lambda _renderer, tokens, index, *_rest: breakable(tokens[index].content))
    parser.add_render_rule("table_open", _table_open)
    parser.add_render_rule("table_close", lambda *_parts: "</table></div>\n")
    return parser


@cache
def _mail_parser() -> MarkdownIt:
    parser = _parser()
    parser.add_render_rule("link_open", _mail_link)
    parser.add_render_rule("image", _mail_image)
    return parser


def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False})


def _fit_headings(tokens: Sequence[Token], level: int, *, deepest: int) -> None:
    """Headings start one level below `level`, the one above the text, and never skip a level."""
    headings = [token for token in tokens if token.type in {"heading_open", "heading_close"}]
    step = level + 1 - min((int(token.tag[1]) for token in headings), default=0)
    for token in headings:
        if token.type == "heading_open":
            level = min(int(token.tag[1]) + step, level + 1, deepest)
        token.tag = f"h{level}"


def _frame_pictures(tokens: Sequence[Token]) -> None:
    """A picture that stands alone becomes a figure; its title becomes the caption."""
    for opening, text, closing in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if opening.type != "paragraph_open" or [child.type for child in text.children or []] != ["image"]:
            continue
        opening.tag = closing.tag = "figure"
        opening.attrSet("class", "figure figure--free")
        caption = (text.children or [])[0].attrs.pop("title", "")
        if caption:
            text.children = [*(text.children or []), _html(f"<figcaption>{escape(str(caption))}</figcaption>")]


def _frame_tables(tokens: Sequence[Token]) -> None:
    for token in tokens:
        if token.type in {"th_open", "td_open"}:
            style = token.attrs.pop("style", "")
            if style in {"text-align:right", "text-align:center"}:
                token.attrSet("class", "number")
        if token.type == "th_open":
            token.attrSet("scope", "col")


def _mark_links(tokens: Sequence[Token], own_host: str) -> None:
    for token in tokens:
        if token.children:
            token.children = list(_with_marked_links(token.children, own_host))


def _with_marked_links(children: Sequence[Token], own_host: str) -> Iterator[Token]:
    leads_elsewhere = False
    for child in children:
        if child.type == "link_open":
            host = _host(str(child.attrs.get("href", "")))
            leads_elsewhere = bool(host) and host != own_host
            if leads_elsewhere:
                child.attrSet("rel", "noopener")
        if child.type == "link_close" and leads_elsewhere:
            yield _html(ELSEWHERE)
        yield child


def _host(url: str) -> str:
    try:
        return urlsplit(url).netloc
    except ValueError:
        return "unreadable"


def _html(content: str) -> Token:
    return Token("html_inline", "", 0, content=content)


def _page_image(renderer: Any, tokens: Sequence[Token], index: int, options: Any, values: Any) -> str:
    """Only pictures of our own are shown; of any other the text remains."""
    token = tokens[index]
    alt = renderer.renderInlineAsText(token.children or [], options, values)
    image = image_at(str(token.attrs.get("src", "")), alt)
    if image is None:
        return escape(alt)
    return (
        f'<img src="{image.url}" srcset="{image.srcset}" sizes="{SIZES}" alt="{escape(image.alt)}" '
        f'width="{image.width}" height="{image.height}" loading="lazy">'
    )


def _mail_image(renderer: Any, tokens: Sequence[Token], index: int, options: Any, values: dict[str, str]) -> str:
    token = tokens[index]
    alt = renderer.renderInlineAsText(token.children or [], options, values)
    image = image_at(str(token.attrs.get("src", "")), alt)
    if image is None:
        return escape(alt)
    size = f'width="{min(image.width, MAIL_WIDTH)}" style="max-width:100%;height:auto"'
    return f'<img src="{values["site"]}{image.url}" alt="{escape(image.alt)}" {size}>'


def _mail_link(_renderer: Any, tokens: Sequence[Token], index: int, _options: Any, values: dict[str, str]) -> str:
    address = full_address(str(tokens[index].attrs.get("href", "")), values["site"])
    return f'<a href="{escape(address)}">' if address else "<a>"


def _table_open(_renderer: Any, _tokens: Any, _index: int, _options: Any, values: dict[str, int]) -> str:
    number = values["tables"] = values.get("tables", 0) + 1
    frame = f'<div class="table-frame" tabindex="0" role="region" aria-label="Tabel {number}">'
    return f'{frame}<table class="table">\n'


class _TextWriter:
    """Walks over the parts; `margins` stands before every line of what we are in now."""

    def __init__(self, site: str) -> None:
        self.site = site
        self.lines: list[str] = []
        self.margins: list[str] = []
        self.marks: list[int | None] = []  # per open list: the next number, or None for a dash
        self.mark = ""

    def take(self, token: Token) -> None:
        """Write one part, or remember what it opens or closes."""
        if token.type == "inline":
            self._write("".join(_mail_words(token.children or [], self.site)))
        elif token.type in {"fence", "code_block"}:
            self._write(token.content.rstrip("\n"))
        elif token.type == "hr":
            self._write(RULE)
        elif token.type in {"bullet_list_open", "ordered_list_open"}:
            self.marks.append(int(token.attrs.get("start", 1)) if token.tag == "ol" else None)
        elif token.type in {"bullet_list_close", "ordered_list_close"}:
            self.marks.pop()
            self._part()
        else:
            self._step(token)

    def _step(self, token: Token) -> None:
        if token.type == "list_item_open":
            self._open_item()
        elif token.type == "blockquote_open":
            self.margins.append("> ")
        elif token.type in {"list_item_close", "blockquote_close"}:
            self.margins.pop()
        elif token.type in {"paragraph_close", "heading_close"} and not token.hidden:
            self._part()

    def _open_item(self) -> None:
        number = self.marks[-1]
        self.mark = "- " if number is None else f"{number}. "
        if number is not None:
            self.marks[-1] = number + 1
        self.margins.append(" " * len(self.mark))

    def _write(self, text: str) -> None:
        margin = "".join(self.margins)
        first = margin[: len(margin) - len(self.mark)] + self.mark if self.mark else margin
        for line in text.split("\n"):
            self.lines += _wrap(line, first, margin).split("\n")
            first = margin
        self.mark = ""

    def _part(self) -> None:
        if self.lines and self.lines[-1]:
            self.lines.append("")


def _mail_words(tokens: Sequence[Token], site: str) -> Iterator[str]:
    """The text of a line; the address of a link follows its words, unless they are the same."""
    address, said = "", ""
    for token in tokens:
        if token.type == "link_open":
            address, said = full_address(str(token.attrs.get("href", "")), site), ""
        elif token.type == "link_close":
            yield f" ({address})" if address and address.removeprefix("mailto:") != said else ""
        else:
            words = {"softbreak": " ", "hardbreak": "\n"}.get(token.type, token.content)
            said += words
            yield words


def _wrap(line: str, first: str, rest: str) -> str:
    return textwrap.fill(
        line, LINE, initial_indent=first, subsequent_indent=rest, break_long_words=False, break_on_hyphens=False
    )
