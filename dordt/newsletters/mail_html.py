"""Markdown as HTML that mail programmes show well: few elements, styles inline, every address absolute."""

from collections.abc import Sequence
from functools import cache
from urllib.parse import urljoin, urlsplit

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup, escape

from dordt.media.images import image_at

WIDTH = 528  # of the column in templates/email/newsletter/body.mjml.xml
TAGS = {"p", "br", "hr", "strong", "em", "code", "pre", "blockquote", "ul", "ol", "li", "a", "img", "h2", "h3", "h4"}
ATTRIBUTES = {tag: {"style"} for tag in TAGS} | {
    "a": {"href", "title"},
    "img": {"src", "alt", "width", "style"},
    "ol": {"start", "style"},
}
DEEPEST = 4  # heading
SCHEMES = {"http", "https", "mailto", "tel"}
HEADING = "margin:24px 0 8px;font-size:{}px;line-height:1.3"
STYLES = {
    "p": "margin:0 0 14px",
    "ul": "margin:0 0 14px 24px;padding:0",  # Outlook for Windows knows padding on table cells alone
    "ol": "margin:0 0 14px 28px;padding:0",
    "li": "margin:0 0 6px",
    "h2": HEADING.format(22),
    "h3": HEADING.format(19),
    "h4": HEADING.format(17),
    "blockquote": "margin:0 0 14px 20px",
    "hr": "border:0;border-top:1px solid #cac4bd;margin:24px 0",
}


def to_html(text: str, *, site: str, below: int = 1) -> Markup:
    """`site` is our own address: pages of ours are named in full, for a mail stands on no site.

    below: the level of the heading that stands above the text.
    """
    tokens = parse(text)
    _fit(tokens, below)
    html = _parser().renderer.render(tokens, _parser().options, {"site": site})
    clean = nh3.clean(html, tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES, link_rel=None)
    return Markup(clean.strip())  # noqa: S704  (cleaned in the line above)


def paragraphs(text: str) -> Markup:
    """Plain text: an empty line parts paragraphs, a line end stays one."""
    parts = (part.strip() for part in text.replace("\r\n", "\n").split("\n\n"))
    lines = (Markup("<br>").join(part.split("\n")) for part in parts if part)
    return Markup("").join(Markup('<p style="{}">{}</p>').format(STYLES["p"], line) for line in lines)


def parse(text: str) -> list[Token]:
    """The parts of a Markdown text; HTML in it is text like any other."""
    found: list[Token] = _parser().parse(text)
    return found


def absolute_address(address: str, site: str) -> str:
    """The full address; '' when it is none that a mail can lead to."""
    try:
        full = urljoin(f"{site}/", address)
    except ValueError:  # such as https://[dordrecht.nl
        return ""
    return full if urlsplit(full).scheme in SCHEMES and not address.startswith("#") else ""


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False})
    parser.add_render_rule("link_open", _link_open)
    parser.add_render_rule("image", _image)
    return parser


def _fit(tokens: Sequence[Token], below: int) -> None:
    """Headings follow the one above with no step left out, and what has a style of its own gets it."""
    headings = [token for token in tokens if token.type in {"heading_open", "heading_close"}]
    step = below + 1 - min((int(token.tag[1]) for token in headings), default=0)
    level = below
    for token in headings:
        if token.nesting > 0:
            level = min(int(token.tag[1]) + step, level + 1, DEEPEST)
        token.tag = f"h{level}"
    for token in tokens:
        if token.nesting >= 0 and token.tag in STYLES:
            token.attrSet("style", STYLES[token.tag])


def _link_open(_renderer: object, tokens: Sequence[Token], index: int, _options: object, env: dict[str, str]) -> str:
    address = absolute_address(str(tokens[index].attrs.get("href", "")), env["site"])
    return f'<a href="{escape(address)}">' if address else "<a>"


def _image(_renderer: object, tokens: Sequence[Token], index: int, _options: object, env: dict[str, str]) -> str:
    """Only pictures of our own are shown; of any other the text remains."""
    token = tokens[index]
    image = image_at(str(token.attrs.get("src", "")), token.content)
    if image is None:
        return str(escape(token.content))
    size = f'width="{min(image.width, WIDTH)}" style="max-width:100%;height:auto"'
    return f'<img src="{env["site"]}{image.url}" alt="{escape(image.alt)}" {size}>'
