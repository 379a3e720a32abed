"""What must hold for every HTML answer, whatever page it is."""

import atexit
import hashlib
import os
import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import html5lib

UNLABELLED_KINDS = {"hidden", "submit", "button", "reset", "image"}
LABELLED_TAGS = {"input", "select", "textarea"}
SHARED_FOLDER = "DORDT_TEST_PAGES"  # the environment variable by which the processes of a run know it
if SHARED_FOLDER not in os.environ:
    os.environ[SHARED_FOLDER] = tempfile.mkdtemp(prefix="dordt-pages-")
    atexit.register(shutil.rmtree, os.environ[SHARED_FOLDER], ignore_errors=True)
KNOWN_AS_RIGHT = Path(os.environ[SHARED_FOLDER])
SIGNED = re.compile(r"(?<![\w-])[\w-]{8,}+\.[\w-]{6}\.[\w-]{27}")  # as itsdangerous writes it: value, moment, signature
MOMENT = re.compile(r"\b\d{1,2}:\d\d\b|\b20\d\d-\d\d-\d\dT[\d:.+Z-]+")


def faults(html: str, *, is_page: bool = True) -> tuple[str, ...]:
    """Everything wrong with a page; `is_page` is False for a fragment, which needs no heading of its own.

    Pages that differ in a signed token or a time alone are looked at once, by whichever process of the run meets one
    first: parsing was a quarter of the time of page tests.
    """
    return _faults(MOMENT.sub("moment", SIGNED.sub("token", html)), is_page)


@lru_cache(maxsize=1024)
def _faults(html: str, is_page: bool) -> tuple[str, ...]:
    known = KNOWN_AS_RIGHT / hashlib.sha256(f"{is_page}{html}".encode(errors="replace")).hexdigest()
    if known.exists():
        return ()
    found = _parsed_faults(html, is_page)
    if not found:
        known.touch()
    return found


def _parsed_faults(html: str, is_page: bool) -> tuple[str, ...]:
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    tree = parser.parse(html)
    found = [f"malformed: {code} {values} at {place}" for place, code, values in parser.errors]
    if is_page:
        found += list(_page_faults(tree))
    found += list(_id_faults(tree))
    found += list(_label_faults(tree))
    found += list(_inline_faults(tree))
    return tuple(found)


def compact(html: str) -> str:
    """A page as if its template stood on one line: no white space beside tags, one space elsewhere."""
    return re.sub(r" ?(<[^>]*>) ?", r"\1", " ".join(html.split()))


def text_of(html: str) -> str:
    """What can be read in the main part of a page, with one space between words."""
    tree = html5lib.parse(html, namespaceHTMLElements=False)
    return " ".join(" ".join(next(tree.iter("main")).itertext()).split())


def _page_faults(tree: Any) -> Iterator[str]:
    headings = [_text(heading) for heading in tree.iter("h1")]
    title = _text(next(tree.iter("title"), None))
    if len(headings) != 1:
        yield f"{len(headings)} h1 headings: {headings}"
    elif not title.removeprefix("Fout: ").startswith(headings[0]):
        yield f"the title {title!r} does not start with the heading {headings[0]!r}"
    if tree.get("lang") != "nl":
        yield "no lang=nl on the page"


def _text(element: Any) -> str:
    return "" if element is None else " ".join("".join(element.itertext()).split())


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
