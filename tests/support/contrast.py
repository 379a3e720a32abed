"""Whether the text of a mail stands out from its ground, computed from its styles as a mail program applies them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from html.parser import HTMLParser
from typing import Any
from xml.etree.ElementTree import (  # noqa: S405  (only built here; nothing is parsed as XML)
    Element,  # noqa: S405  (nothing is parsed as XML)
    SubElement,
)

import cssselect2
import tinycss2
from tinycss2 import color4

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"}
UNSEEN = {"head", "style", "script", "title", "template"}


def tree_of(html: str) -> Element:
    """The root of the document; comments, and so what only Outlook reads, are left out."""
    builder = _Builder()
    builder.feed(html)
    builder.close()
    return builder.root


def shown(element: Element) -> Iterator[Element]:
    """This element and all below it that can be on screen, in reading order."""
    if element.tag not in UNSEEN:
        yield element
        for child in element:
            yield from shown(child)


def text_of(element: Element) -> str:
    """All text in it, on one line."""
    return " ".join("".join(element.itertext()).split())


def own_text(element: Element) -> str:
    """The text right in this element, not in one below it."""
    return " ".join(" ".join([element.text or "", *(child.tail or "" for child in element)]).split())


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("html")
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "html":
            self.root.attrib.update(given)
            return
        element = SubElement(self.open[-1], tag, given)
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        tags = [element.tag for element in self.open]
        if tag in tags[1:]:
            del self.open[len(tags) - 1 - tags[::-1].index(tag) :]

    def handle_data(self, data: str) -> None:
        here = self.open[-1]
        if len(here):
            here[-1].tail = (here[-1].tail or "") + data
        else:
            here.text = (here.text or "") + data


Declared = dict[str, list[Any]]  # by property: the parts of its value
OF_EVERY_SCREEN = {"all", "screen", "only screen"}


def styles_of(root: Element, *, is_dark: bool) -> dict[Element, Declared]:
    """By element what is declared for it, the strongest of each property."""
    matcher = cssselect2.Matcher()
    for sheet in root.iter("style"):
        _add(matcher, tinycss2.parse_stylesheet(sheet.text or "", skip_comments=True, skip_whitespace=True), is_dark)
    wrapped = cssselect2.ElementWrapper.from_html_root(root)
    return {element.etree_element: _declared(element, matcher) for element in wrapped.iter_subtree()}


def _add(matcher: Any, rules: Sequence[Any], is_dark: bool) -> None:
    for rule in rules:
        if rule.type == "qualified-rule":
            declarations = _declarations(rule.content)
            for selector in _selectors(rule.prelude):
                matcher.add_selector(selector, declarations)
        elif rule.type == "at-rule" and _holds(rule, is_dark):
            _add(matcher, tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True), is_dark)


def _selectors(prelude: Sequence[Any]) -> list[Any]:
    """Those that can match: a selector for one mail programme only may be one that nobody else understands."""
    try:
        return [each for each in cssselect2.compile_selector_list(prelude) if each.pseudo_element is None]
    except cssselect2.SelectorError:
        return []


def _holds(rule: Any, is_dark: bool) -> bool:
    """Whether these rules are for this way of looking. Widths are left out: they move things and colour nothing."""
    condition = tinycss2.serialize(rule.prelude).strip().lower()
    if rule.lower_at_keyword != "media" or rule.content is None:
        return False
    return ("dark" in condition) == is_dark if "prefers-color-scheme" in condition else condition in OF_EVERY_SCREEN


def _declarations(content: Any) -> list[Any]:
    parts = tinycss2.parse_blocks_contents(content, skip_comments=True, skip_whitespace=True)
    return [part for part in parts if part.type == "declaration"]


def _declared(element: Any, matcher: Any) -> Declared:
    sheets = [declarations for *_strength, declarations in matcher.match(element)]
    own = _written_in(element.etree_element.get("style", ""))
    in_order = list(_by_strength([*sheets, own]))
    return {declaration.lower_name: declaration.value for declaration in in_order}


@lru_cache(maxsize=512)
def _written_in(style: str) -> list[Any]:
    """What one element declares itself: a mail says the same in many places."""
    return _declarations(style)


def _by_strength(groups: Sequence[Sequence[Any]]) -> Iterator[Any]:
    """What is important outdoes the rest, also what stands in the element itself."""
    for is_important in (False, True):
        for group in groups:
            yield from (declaration for declaration in group if declaration.important is is_important)


Colour = tuple[float, float, float]  # red, green, blue, each 0 to 1
WHITE, BLACK, BLUE = (1.0, 1.0, 1.0), (0.0, 0.0, 0.0), (0.0, 0.0, 238 / 255)
ENOUGH, ENOUGH_WHEN_LARGE = 4.5, 3.0
LARGE, LARGE_WHEN_BOLD = 24.0, 18.66  # px: 18 and 14 points
BOLD = 700
BOLD_TAGS = {"b", "strong", "th", "h1", "h2", "h3", "h4", "h5", "h6"}
HEADING_SIZES = {"h1": 2.0, "h2": 1.5, "h3": 1.17, "h5": 0.83, "h6": 0.67, "small": 0.83}
PIXELS = {"px": 1.0, "pt": 4 / 3, "rem": 16.0}
SIZE = re.compile(r"([\d.]+)(px|pt|rem|em|%)")


@dataclass(frozen=True)
class Look:
    """How text in an element looks, from all that is declared above it."""

    colour: Colour = BLACK
    ground: Colour = WHITE
    size: float = 16.0  # px
    weight: int = 400
    is_hidden: bool = False

    @property
    def ratio(self) -> float:
        """How much the text stands out: 1 (not at all) to 21."""
        return contrast(self.colour, self.ground)

    @property
    def needed(self) -> float:
        """What it must be; large text needs less."""
        is_large = self.size >= LARGE or (self.size >= LARGE_WHEN_BOLD and self.weight >= BOLD)
        return ENOUGH_WHEN_LARGE if is_large else ENOUGH


def contrast(one: Colour, other: Colour) -> float:
    """The contrast ratio of two colours, as WCAG 2.2 defines it."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: Colour) -> float:
    """The relative luminance of a colour in sRGB, as WCAG 2.2 defines it."""
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def faint_texts(root: Element, *, is_dark: bool) -> Iterator[tuple[str, Look]]:
    """The texts that do not stand out enough, each pair of colours once."""
    styles, told = styles_of(root, is_dark=is_dark), set()
    for element, look in _looks(root, styles, Look()):
        text = own_text(element)
        if text and look.ratio < look.needed and (look.colour, look.ground) not in told:
            told.add((look.colour, look.ground))
            yield text, look


def _looks(element: Element, styles: dict[Element, Declared], above: Look) -> Iterator[tuple[Element, Look]]:
    look = _look(element, styles[element], above)
    if element.tag in UNSEEN or look.is_hidden:
        return
    yield element, look
    for child in element:
        yield from _looks(child, styles, look)


def _look(element: Element, declared: Declared, above: Look) -> Look:
    ground = _ground(element, declared, above.ground)
    return replace(
        above,
        ground=ground,
        colour=_colour(element, declared, above, ground),
        size=_size(element, declared, above.size),
        weight=_weight(element, declared, above.weight),
        is_hidden=_word(declared, "display") == "none" or _word(declared, "visibility") == "hidden",
    )


def _ground(element: Element, declared: Declared, above: Colour) -> Colour:
    parts = declared.get("background-color") or declared.get("background") or []
    found = next((colour for part in parts if (colour := color4.parse_color(part))), None)
    return _over(found or color4.parse_color(element.get("bgcolor", "")), above)


def _colour(element: Element, declared: Declared, above: Look, ground: Colour) -> Colour:
    parts = [part for part in declared.get("color", []) if part.type != "whitespace"]
    found = color4.parse_color(parts[0]) if parts else color4.parse_color(element.get("color", ""))
    usual = BLUE if element.tag == "a" and element.get("href") else above.colour
    return _over(found, ground) if found and not isinstance(found, str) else above.colour if found or parts else usual


def _over(colour: Any, ground: Colour) -> Colour:
    """A colour as it looks on this ground; what is no colour of its own lets the ground through."""
    if colour is None or isinstance(colour, str):
        return ground
    parts, alpha = colour.to("srgb").coordinates, colour.alpha
    red, green, blue = (part * alpha + below * (1 - alpha) for part, below in zip(parts, ground, strict=True))
    return red, green, blue


def _size(element: Element, declared: Declared, above: float) -> float:
    found = SIZE.fullmatch(_word(declared, "font-size"))
    if found is None:
        return above * HEADING_SIZES.get(element.tag, 1.0)
    number, unit = float(found[1]), found[2]
    return number * PIXELS.get(unit, above / 100 if unit == "%" else above)


def _weight(element: Element, declared: Declared, above: int) -> int:
    word = _word(declared, "font-weight")
    named = {"bold": BOLD, "bolder": BOLD, "normal": 400, "lighter": 400}
    usual = BOLD if element.tag in BOLD_TAGS else above
    return int(word) if word.isdigit() else named.get(word, usual)


def _word(declared: Declared, name: str) -> str:
    return str(tinycss2.serialize(declared.get(name, []))).strip().lower()
