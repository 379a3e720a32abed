"""Which styles hold for each element of a mail: its style sheets and its own, by daylight or in dark mode."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any
from xml.etree.ElementTree import Element  # noqa: S405  (nothing is parsed as XML)

import cssselect2
import tinycss2

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
