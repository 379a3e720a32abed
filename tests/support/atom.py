"""What RFC 4287 demands of a feed, and ours besides: a zone in every moment, no address that is only half."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from datetime import datetime
from urllib.parse import urlsplit

import html5lib

ATOM = "{http://www.w3.org/2005/Atom}"
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")  # RFC 3339, as section 3.3 narrows it
ONCE = ("id", "title", "updated")  # exactly one in a feed and in each entry
AT_MOST_ONCE = ("published", "summary", "content", "subtitle", "rights")


def parsed(document: bytes) -> ET.Element:
    """The feed element. Raises ParseError when it is not well formed."""
    return ET.fromstring(document)  # noqa: S314  (our own answer)


def entries(document: bytes) -> list[ET.Element]:
    """The entries in their order."""
    return parsed(document).findall(f"{ATOM}entry")


def text(element: ET.Element, name: str) -> str:
    """What stands in one of its parts."""
    return element.findtext(f"{ATOM}{name}") or ""


def faults(document: bytes) -> list[str]:
    """Everything that a reader of feeds may stumble over."""
    feed = parsed(document)
    found = [] if feed.tag == f"{ATOM}feed" else [f"the root is {feed.tag}"]
    found += _faults_of(feed, "feed")
    for entry in feed.findall(f"{ATOM}entry"):
        found += _faults_of(entry, text(entry, "id"))
        if feed.find(f"{ATOM}author/{ATOM}name") is None and entry.find(f"{ATOM}author/{ATOM}name") is None:
            found.append("an entry without author")
        found += _half_addresses(text(entry, "content"))
    ids = [text(part, "id") for part in [feed, *feed.findall(f"{ATOM}entry")]]
    return [*found, *(f"id {name} twice" for name in set(ids) if ids.count(name) > 1)]


def _faults_of(element: ET.Element, name: str) -> Iterator[str]:
    names = [child.tag.removeprefix(ATOM) for child in element]
    yield from (f"{name}: {names.count(each)} × {each}" for each in ONCE if names.count(each) != 1)
    yield from (f"{name}: {names.count(each)} × {each}" for each in AT_MOST_ONCE if names.count(each) > 1)
    if not urlsplit(text(element, "id")).scheme:
        yield f"{name}: the id is no address"
    for each in ("updated", "published"):
        yield from (f"{name}: {each} {moment!r}" for moment in _moments(element, each) if not _is_moment(moment))
    yield from _link_faults(element, name)


def _link_faults(element: ET.Element, name: str) -> Iterator[str]:
    links = [dict(link.items()) for link in element.findall(f"{ATOM}link")]
    kinds = [(link.get("rel", "alternate"), link.get("type"), link.get("hreflang")) for link in links]
    yield from (f"{name}: two links {kind}" for kind in set(kinds) if kinds.count(kind) > 1)
    yield from (f"{name}: half an address {link}" for link in links if not urlsplit(link.get("href", "")).netloc)
    if ("alternate", "text/html", None) not in kinds:
        yield f"{name}: no page"


def _moments(element: ET.Element, name: str) -> list[str]:
    return [moment.text or "" for moment in element.findall(f"{ATOM}{name}")]


def _is_moment(moment: str) -> bool:
    return bool(MOMENT.fullmatch(moment)) and datetime.fromisoformat(moment).tzinfo is not None


def _half_addresses(html: str) -> Iterator[str]:
    for element in html5lib.parseFragment(html, namespaceHTMLElements=False).iter():
        for name in ("href", "src"):
            address = element.get(name)
            if address is not None and not urlsplit(address).scheme:
                yield f"half an address in the text: {address!r}"
