"""What must hold for every HTML answer, whatever page it is."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from html import unescape
from typing import Any

import html5lib

from tests.support.run_folder import run_folder

UNLABELLED_KINDS = {"hidden", "submit", "button", "reset", "image"}
LABELLED_TAGS = {"input", "select", "textarea"}
KNOWN_AS_RIGHT = run_folder("right-pages")
PLAIN = r"[^<>&\"\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff]"  # a character that no parser stumbles over
TEXT = re.compile(rf">{PLAIN}*?\w{PLAIN}*<")
VALUE = re.compile(
    rf'\b(action|alt|aria-label|content|data-[a-z-]+|datetime|formaction|href|placeholder|src|srcset|value)="{PLAIN}+"'
)
HEADING, TITLE = (re.compile(rf"<{tag}\b[^>]*>(.*?)</{tag}>", re.DOTALL) for tag in ("h1", "title"))
TAG = re.compile(r"<[^>]*>")


def faults(html: str) -> tuple[str, ...]:
    """Everything wrong with a page.

    Pages that differ in words, addresses and values alone are parsed once, by whichever process of the run meets one
    first: parsing was a quarter of the time of page tests.
    """
    return (*_heading_faults(html), *_faults(_shape(html)))


def _shape(html: str) -> str:
    return VALUE.sub(r'\1="value"', TEXT.sub(">text<", html))


@lru_cache(maxsize=1024)
def _faults(shape: str) -> tuple[str, ...]:
    known = KNOWN_AS_RIGHT / hashlib.sha256(shape.encode(errors="replace")).hexdigest()
    if known.exists():
        return ()
    found = _parsed_faults(shape)
    if not found:
        known.touch()
    return found


def _parsed_faults(html: str) -> tuple[str, ...]:
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    tree = parser.parse(html)
    found = [f"malformed: {code} {values} at {place}" for place, code, values in parser.errors]
    if tree.get("lang") != "nl":
        found.append("no lang=nl on the page")
    found += list(_id_faults(tree))
    found += list(_label_faults(tree))
    found += list(_inline_faults(tree))
    return tuple(found)


def compact(html: str) -> str:
    """A page as if its template stood on one line: no white space beside tags, one space elsewhere."""
    return re.sub(r" ?(<[^>]*>) ?", r"\1", " ".join(html.split()))


def text_of(html: str) -> str:
    """What can be read in the main part of a page, with one space between words."""
    main = html[html.index("<main") : html.rindex("</main>")]
    return _words(main, between=" ")


def _heading_faults(html: str) -> Iterator[str]:
    headings, titles = ([_words(inside) for inside in part.findall(html)] for part in (HEADING, TITLE))
    if len(headings) != 1:
        yield f"{len(headings)} h1 headings: {headings}"
    elif not "".join(titles[:1]).removeprefix("Fout: ").startswith(headings[0]):
        yield f"the title {titles} does not start with the heading {headings[0]!r}"


def _words(html: str, between: str = "") -> str:
    return " ".join(unescape(TAG.sub(between, html)).split())


def _id_faults(tree: Any) -> Iterator[str]:
    ids = Counter(element.get("id") for element in tree.iter() if element.get("id"))
    yield from (f"id {name!r} stands {times} times on the page" for name, times in ids.items() if times > 1)
    for element in tree.iter():
        for attribute in ("for", "aria-describedby", "aria-labelledby", "aria-controls"):
            for name in (element.get(attribute) or "").split():
                if name not in ids:
                    yield f"{attribute}={name!r} on <{element.tag}> points at nothing"


def _label_faults(tree: Any) -> Iterator[str]:
    labelled = {label.get("for") for label in tree.iter("label")}
    wrapped = {field for label in tree.iter("label") for field in label.iter() if field.tag in LABELLED_TAGS}
    for field in tree.iter():
        if field.tag not in LABELLED_TAGS or field.get("type") in UNLABELLED_KINDS:
            continue
        is_named = (
            field.get("id") in labelled or field in wrapped or field.get("aria-label") or field.get("aria-labelledby")
        )
        if not is_named:
            yield f"<{field.tag} name={field.get('name')!r}> has no label"


def _inline_faults(tree: Any) -> Iterator[str]:
    for element in tree.iter():
        if not isinstance(element.tag, str):
            continue
        if element.tag == "style" or (element.tag == "script" and not element.get("src")):
            yield f"<{element.tag}> inline"
        yield from (f"{name} on <{element.tag}>" for name, _ in element.items() if name == "style" or name[:2] == "on")
