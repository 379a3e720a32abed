"""Which HTML is let through of what somebody wrote: every list of allowed tags, attributes and schemes is here."""

import nh3

TEXT = {"p", "br", "hr", "strong", "em", "code", "pre", "blockquote", "ul", "ol", "li", "a", "img"}
TABLE = {"table", "thead", "tbody", "tr", "th", "td"}
FIGURE = {"figure", "figcaption"}
HEADINGS = ("h2", "h3", "h4", "h5", "h6")
DEEPEST_IN_MAIL = 4
SCHEMES = {"http", "https", "mailto", "tel"}

PAGE_TAGS = {*TEXT, *TABLE, *FIGURE, *HEADINGS, "span", "div", "wbr"}
PAGE_ATTRIBUTES = {
    "a": {"href", "rel", "title"},
    "img": {"src", "srcset", "sizes", "alt", "width", "height", "loading"},
    "div": {"tabindex", "role", "aria-label"},
    "th": {"scope"},
    "ol": {"start"},
}
PAGE_CLASSES = {
    "span": {"visually-hidden"},
    "figure": {"figure", "figure--free"},
    "div": {"table-frame"},
    "table": {"table"},
    "th": {"number"},
    "td": {"number"},
}
MAIL_TAGS = {*TEXT, *(tag for tag in HEADINGS if int(tag[1]) <= DEEPEST_IN_MAIL)}
MAIL_ATTRIBUTES = {tag: {"style"} for tag in MAIL_TAGS} | {
    "a": {"href", "title"},
    "img": {"src", "alt", "width", "style"},
    "ol": {"start", "style"},
}
FEED_TAGS = {*TEXT, *TABLE, *FIGURE, *HEADINGS}
FEED_ATTRIBUTES = {"a": {"href"}, "img": {"src", "alt", "width", "height"}, "ol": {"start"}}


def for_page(html: str) -> str:
    """HTML from a text of an editor, for a page of ours."""
    return nh3.clean(
        html,
        tags=PAGE_TAGS,
        attributes=PAGE_ATTRIBUTES,
        allowed_classes=PAGE_CLASSES,
        url_schemes=SCHEMES,
        link_rel=None,
    ).strip()


def for_mail(html: str) -> str:
    """HTML from a text of an editor, for a mail: styles stand inline, for which the caller answers."""
    return nh3.clean(html, tags=MAIL_TAGS, attributes=MAIL_ATTRIBUTES, url_schemes=SCHEMES, link_rel=None).strip()


def for_feed(html: str, *, page: str) -> str:
    """HTML that stands at `page`, for readers outside the site: no classes, every address in full."""
    return nh3.clean(
        html,
        tags=FEED_TAGS,
        attributes=FEED_ATTRIBUTES,
        url_schemes=SCHEMES,
        link_rel=None,
        url_relative=("rewrite_with_base", page),
    ).strip()
