"""Atom feeds (RFC 4287) as XML."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlsplit

from flask import current_app

from dordt.shared import clean_html

MIMETYPE = "application/atom+xml"
NAMESPACE = "http://www.w3.org/2005/Atom"
NOT_XML = re.compile(
    "[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
)  # no XML can hold these, also not escaped


@dataclass(frozen=True)
class Entry:
    """One thing to read. `content` is HTML as it stands on our page; `about` are slugs and names."""

    id: str
    title: str
    link: str
    published_at: datetime
    updated_at: datetime
    summary: str
    content: str
    about: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True)
class Feed:
    """A list of entries, the newest first. `link` is the page that lists the same; `began_at` dates it while empty."""

    id: str
    title: str
    link: str
    address: str
    began_at: datetime
    entries: Sequence[Entry]


def tag(began_on: date, name: str) -> str:
    """A tag URI (RFC 4151): an id that stays the same when the scheme or the port of the site changes."""
    return f"tag:{urlsplit(current_app.config['SITE_URL']).hostname},{began_on:%Y-%m-%d}:{name}"


def document(feed: Feed) -> bytes:
    """The XML in UTF-8. The same feed gives the same bytes, so that it can be cached."""
    root = ET.Element("feed", {"xmlns": NAMESPACE, "xml:lang": "nl"})
    _text(root, "id", feed.id)
    _text(root, "title", feed.title)
    _moment(root, "updated", max((entry.updated_at for entry in feed.entries), default=feed.began_at))
    _text(ET.SubElement(root, "author"), "name", "Gemeente Dordrecht, Dordt aan Zet")
    _link(root, "self", feed.address, MIMETYPE)
    _link(root, "alternate", feed.link, "text/html")
    for entry in feed.entries:
        _entry(ET.SubElement(root, "entry"), entry)
    ET.indent(root)
    xml: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return xml


def _entry(element: ET.Element, entry: Entry) -> None:
    _text(element, "id", entry.id)
    _text(element, "title", entry.title)
    _moment(element, "published", entry.published_at)
    _moment(element, "updated", entry.updated_at)
    _link(element, "alternate", entry.link, "text/html")
    for slug, name in entry.about:
        ET.SubElement(element, "category", {"term": _clean(slug), "label": _clean(name)})
    _text(element, "summary", entry.summary)
    _text(element, "content", clean_html.for_feed(entry.content, page=entry.link), type="html")


def _text(parent: ET.Element, name: str, text: str, **attributes: str) -> None:
    ET.SubElement(parent, name, attributes).text = _clean(text)


def _moment(parent: ET.Element, name: str, moment: datetime) -> None:
    _text(parent, name, moment.isoformat(timespec="seconds"))


def _link(parent: ET.Element, rel: str, address: str, kind: str) -> None:
    ET.SubElement(parent, "link", {"rel": rel, "type": kind, "href": address})


def _clean(text: str) -> str:
    return NOT_XML.sub("", text)
