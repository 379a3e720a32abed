"""Markdown to clean HTML that fits under the one h1 of a page."""

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import nh3
from flask import Flask, current_app
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup, escape

from dordt.media.images import image_at

TAGS = {
    *("h2", "h3", "h4", "h5", "h6", "p", "br", "hr", "strong", "em", "code", "pre", "blockquote"),
    *("ul", "ol", "li", "a", "img", "figure", "figcaption", "span", "div"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}
ATTRIBUTES = {
    "a": {"href", "rel", "title"},
    "img": {"src", "srcset", "sizes", "alt", "width", "height", "loading"},
    "div": {"tabindex", "role", "aria-label"},
    "th": {"scope"},
    "ol": {"start"},
}
CLASSES = {
    "span": {"visually-hidden"},
    "figure": {"figure", "figure--free"},
    "div": {"table-frame"},
    "table": {"table"},
    "th": {"number"},
    "td": {"number"},
}
SCHEMES = {"http", "https", "mailto", "tel"}
SIZES = "(min-width: 45rem) 42rem, 100vw"  # as wide as a line of text
ELSEWHERE = '<span class="visually-hidden"> (andere website)</span>'


def init_app(app: Flask) -> None:
    """Add the `markdown` filter."""

    def markdown(text: str, below: int = 1) -> Markup:
        return Markup(to_html(text, site=current_app.config["SITE_URL"], below=below))  # noqa: S704  (cleaned there)

    app.add_template_filter(markdown)


def to_html(text: str, *, site: str = "", below: int = 1) -> str:
    """Clean HTML from Markdown. `site` is our own address: links to other hosts say that they lead elsewhere.

    below: the level of the heading above the text.
    """
    tokens = parse(text)
    _fit_headings(tokens, below)
    _frame_pictures(tokens)
    _frame_tables(tokens)
    _mark_links(tokens, _host(site))
    html = _parser().renderer.render(tokens, _parser().options, {})
    return nh3.clean(
        html, tags=TAGS, attributes=ATTRIBUTES, allowed_classes=CLASSES, url_schemes=SCHEMES, link_rel=None
    ).strip()


def parse(text: str) -> list[Token]:
    """The parts of a Markdown text; HTML in it is text like any other."""
    found: list[Token] = _parser().parse(text)
    return found


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    parser.add_render_rule("image", _image)
    parser.add_render_rule("table_open", _table_open)
    parser.add_render_rule("table_close", lambda *_parts: "</table></div>\n")
    return parser


def _fit_headings(tokens: Sequence[Token], above: int) -> None:
    """Headings start one level below the one above the text, and never skip a level."""
    headings = [token for token in tokens if token.type in {"heading_open", "heading_close"}]
    if not headings:
        return
    step = above + 1 - min(int(token.tag[1]) for token in headings)
    for token in headings:
        if token.type == "heading_open":
            above = min(int(token.tag[1]) + step, above + 1, 6)
        token.tag = f"h{above}"


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


def _image(renderer: Any, tokens: Sequence[Token], index: int, options: Any, values: Any) -> str:
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


def _table_open(_renderer: Any, _tokens: Any, _index: int, _options: Any, values: dict[str, int]) -> str:
    number = values["tables"] = values.get("tables", 0) + 1
    frame = f'<div class="table-frame" tabindex="0" role="region" aria-label="Tabel {number}">'
    return f'{frame}<table class="table">\n'
