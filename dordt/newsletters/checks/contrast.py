"""Whether letters stand out enough from their ground: WCAG 2.2, success criterion 1.4.3, computed from the styles."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any
from xml.etree.ElementTree import Element  # noqa: S405  (nothing is parsed as XML)

import tinycss2
from tinycss2 import color4

from dordt.newsletters.checks.styles import Declared, styles_of
from dordt.newsletters.checks.tree import UNSEEN, own_text

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
        """How much the letters stand out: 1 (not at all) to 21."""
        return contrast(self.colour, self.ground)

    @property
    def needed(self) -> float:
        """What it must be; large letters need less."""
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
