"""The site full of demo content, and a walk along every link of it."""

import hashlib
from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

from dordt.accounts.models import StaffMember
from dordt.development.seed.commands import seed_command
from dordt.extensions import db
from dordt.shared.database import Base
from tests.support.databases import ENGINES, build_app, migrated
from tests.support.visitors import Visitor, new_visitor, note_unsaved_work, signed_in

PER_ENDPOINT = 2  # pages of one kind that a walk looks at
MAY_CHANGE_ON_GET = {"reading_entry": None, "staff_session": "last_seen"}


@pytest.fixture(scope="session", params=ENGINES)
def seeded_app(request: pytest.FixtureRequest, new_folder: Callable[[str], Path]) -> Iterator[Flask]:
    """The application with the demo content, on each database engine; tests that use it leave it as it was."""
    url = request.getfixturevalue("new_postgres_database")("seeded") if request.param == "postgres" else None
    app = build_app(new_folder(f"seeded-{request.param}"), url)
    engine = migrated(app)
    note_unsaved_work(app)
    with app.app_context():
        seed_command.main([], standalone_mode=False)
        db.session.remove()
        yield app
        db.session.remove()
    engine.dispose()


@dataclass
class Walk:
    """What a visitor met: the answer of each page, and the addresses that forms post to."""

    visitor: Visitor
    answers: dict[str, TestResponse] = field(default_factory=dict)
    actions: set[str] = field(default_factory=set)
    per_endpoint: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def along(self, *starts: str) -> "Walk":
        """Open these pages and whatever they link to, a few of each kind."""
        waiting = deque(starts)
        while waiting:
            path = waiting.popleft()
            if self._is_worth_a_look(path):
                waiting.extend(self._open(path))
        return self

    def _is_worth_a_look(self, path: str) -> bool:
        endpoint = endpoint_of(self.visitor.application, path)
        known = self.per_endpoint[endpoint or ""]
        if endpoint is None or endpoint == "static" or path in known or len(known) >= PER_ENDPOINT:
            return False
        known.append(path)
        return True

    def _open(self, path: str) -> list[str]:
        answer = self.answers[path] = self.visitor.get(path)
        if answer.location:
            return [urlsplit(answer.location).path]
        reader = _Addresses(path)
        if answer.mimetype == "text/html":
            reader.feed(answer.text)
        self.actions |= reader.actions
        return reader.links


class _Addresses(HTMLParser):
    """Where the links and the forms of a page lead, on this site."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self.path = path
        self.links: list[str] = []
        self.actions: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note <a>, <iframe>, <img> and posting <form>s."""
        values = dict(attrs)
        target = values.get("href") if tag == "a" else values.get("src") if tag in {"iframe", "img"} else None
        if target and (here := self._here(target)):
            self.links.append(here)
        if tag == "form" and (values.get("method") or "").lower() == "post":
            self.actions.add(self._here(values.get("action") or self.path) or self.path)
        if tag == "button" and values.get("formaction"):
            self.actions.add(self._here(values["formaction"] or "") or self.path)

    def _here(self, target: str) -> str | None:
        parts = urlsplit(urljoin(f"http://here{self.path}", target))
        if parts.hostname != "here" or parts.scheme != "http":
            return None
        return f"{parts.path}?{parts.query}" if parts.query else parts.path


def endpoint_of(app: Flask, path: str, method: str = "GET") -> str | None:
    """Which view answers an address, if any."""
    try:
        return app.url_map.bind("localhost").match(urlsplit(path).path, method=method)[0]
    except HTTPException:
        return None


@pytest.fixture(scope="session")
def public_walk(seeded_app: Flask) -> Walk:
    """What a visitor can reach from the home page."""
    return Walk(new_visitor(seeded_app)).along("/", "/beheer/inloggen/", "/sitemap.xml", "/robots.txt")


@pytest.fixture(scope="session")
def staff_walk(seeded_app: Flask) -> Walk:
    """What an administrator can reach from the start page."""
    return Walk(signed_in(seeded_app, administrator())).along("/beheer/")


def administrator() -> StaffMember:
    """The first administrator of the demo content."""
    return db.session.scalars(sa.select(StaffMember).order_by(StaffMember.id)).first()


@pytest.fixture
def contents(seeded_app: Flask) -> Callable[[], dict[str, str]]:
    """A digest of each table, but for what a GET may change."""

    def look() -> dict[str, str]:
        with db.engine.connect() as connection:
            tables = [
                table for table in Base.metadata.sorted_tables if MAY_CHANGE_ON_GET.get(table.name, "") is not None
            ]
            return {table.name: _digest(connection, table) for table in tables}

    return look


def _digest(connection: sa.Connection, table: sa.Table) -> str:
    columns = [column for column in table.c if column.name != MAY_CHANGE_ON_GET.get(table.name)]
    rows = connection.execute(sa.select(*columns)).all()
    return hashlib.sha256("\n".join(sorted(map(repr, rows))).encode()).hexdigest()
