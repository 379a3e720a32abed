"""A link scanner as mail providers run them, and a look at whether it changed anything."""

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from html.parser import HTMLParser
from urllib.parse import urlsplit

import sqlalchemy as sa
from flask import Flask
from werkzeug.test import TestResponse

from dordt.extensions import db
from tests.support.posted import LINK
from tests.support.relay import ReceivedMessage
from tests.support.visitors import new_visitor

AS_BROWSER = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
# How they come: none sends a cookie; some say that they only fetch beforehand.
MANNERS: tuple[dict[str, str], ...] = (
    {"User-Agent": f"{AS_BROWSER} Chrome/126.0.0.0 Safari/537.36"},
    {"User-Agent": f"{AS_BROWSER} Chrome/126.0.0.0 Safari/537.36", "Sec-Purpose": "prefetch;prerender"},
    {"User-Agent": f"{AS_BROWSER} Edge/18.17763", "Purpose": "prefetch"},
    {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0", "X-Moz": "prefetch"},
    {"User-Agent": "Mozilla/5.0 (compatible; MSIE 10.0; Windows NT 6.2; Trident/6.0; SafeLinks)"},
    {"User-Agent": "BarracudaCentral Scanner", "Accept": "*/*"},
    {"User-Agent": "Mimecast URL Protect", "Referer": "https://protect-eu.mimecast.example/"},
    {"User-Agent": "Mozilla/5.0 (compatible; proofpoint)", "X-Forwarded-For": "203.0.113.7"},
    {"User-Agent": "GoogleImageProxy", "Via": "1.1 google"},
    {"User-Agent": "YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html"},
    {"User-Agent": "Slackbot-LinkExpanding 1.0", "Range": "bytes=0-32768"},
    {"User-Agent": "WhatsApp/2.23.20.0", "Accept": "image/*"},
    {"User-Agent": "facebookexternalhit/1.1", "Accept-Language": "en-US"},
    {"User-Agent": "Mozilla/5.0 (compatible; bingbot/2.0)", "From": "bingbot@microsoft.example"},
    {"User-Agent": "curl/8.5.0"},
    {"User-Agent": "python-requests/2.31.0", "Accept-Encoding": "gzip, deflate"},
    {"User-Agent": "Java/1.8.0_292", "Cache-Control": "no-cache", "Pragma": "no-cache"},
    {"User-Agent": "", "Accept": "text/html"},
    {"User-Agent": "Go-http-client/1.1", "X-Purpose": "preview"},
    {"User-Agent": AS_BROWSER, "List-Unsubscribe": "One-Click", "Content-Type": "application/x-www-form-urlencoded"},
)
IN_BRACKETS = re.compile(r"<(https?:[^>\s]+)>")


def links_of(received: ReceivedMessage) -> set[str]:
    """Every address that a mail leads to: in its text, its HTML and its headers."""
    message = received.message
    text, html = (message.get_body((kind,)).get_content() for kind in ("plain", "html"))
    reader = _Links()
    reader.feed(html)
    in_headers = {link for value in message.values() for link in IN_BRACKETS.findall(str(value))}
    return {link.rstrip(".,") for link in LINK.findall(text)} | reader.found | in_headers


def own_paths(links: Iterable[str], site: str) -> list[str]:
    """The paths on our own site, each once."""
    parts = [urlsplit(link) for link in links if link.startswith(f"{site}/") or link == site]
    return sorted({f"{part.path or '/'}{'?' if part.query else ''}{part.query}" for part in parts})


def scan(app: Flask, paths: Iterable[str], methods: Iterable[str] = ("GET", "HEAD")) -> Iterator[TestResponse]:
    """Ask for each path in every manner, as somebody without a cookie."""
    for path in paths:
        for manners in MANNERS:
            for method in methods:
                yield new_visitor(app).open(path, method=method, headers=manners, check=False)


def changed_by(act: Callable[[], object]) -> list[str]:
    """The tables in which anything is different afterwards, of all that the database has."""
    before = _contents()
    act()
    after = _contents()
    return sorted(name for name in before | after if before.get(name) != after.get(name))


def _contents() -> dict[str, str]:
    db.session.rollback()
    with db.engine.connect() as connection:
        found = sa.MetaData()
        found.reflect(connection)
        return {table.name: _digest(connection, table) for table in found.sorted_tables}


def _digest(connection: sa.Connection, table: sa.Table) -> str:
    rows = connection.execute(sa.select(table)).all()
    return hashlib.sha256("\n".join(sorted(map(repr, rows))).encode()).hexdigest()


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note where it leads or what it loads."""
        self.found |= {value for name, value in attrs if name in {"href", "src", "background", "action"} and value}
