"""The list of all mail is as quick with a million of them: what stands above and in it comes from an index."""

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from dordt.extensions import db
from dordt.newsletters.models import NewsletterState
from dordt.shared import clock
from tests.factories.mailer import make_newsletter as freeze_newsletter
from tests.factories.newsletters import make_newsletter
from tests.support.databases import Installation


@pytest.fixture
def app(sqlite_installation: Installation) -> Iterator[Flask]:
    """SQLite alone: it chooses the same way whatever the tables hold, PostgreSQL does not."""
    with sqlite_installation.app.app_context():
        yield sqlite_installation.app
        db.session.remove()
    sqlite_installation.tidy()


@pytest.fixture
def plans(app: Flask) -> Iterator[list[str]]:
    """How SQLite goes about each question that a page asks."""
    found: list[str] = []

    def explain(_connection: sa.Connection, cursor: Any, sql: str, values: Any, _context: Any, is_many: bool) -> None:
        if "FROM delivery" in sql and not is_many:
            steps = cursor.connection.execute(f"EXPLAIN QUERY PLAN {sql}", values).fetchall()
            found.extend(step[-1] for step in steps)

    sa.event.listen(db.engine, "before_cursor_execute", explain)
    yield found
    sa.event.remove(db.engine, "before_cursor_execute", explain)


@pytest.mark.parametrize(
    "path",
    [
        "/beheer/",
        "/beheer/post/",
        "/beheer/post/?volgorde=oudste",
        "/beheer/post/?status=accepted",
        "/beheer/post/?status=failed&soort=newsletter",
        "/beheer/post/?nummer=1",
        "/beheer/post/?periode=7",
        "/beheer/nieuwsbrieven/1/voortgang/",
    ],
)
def test_no_page_reads_every_delivery(staff_client: Any, plans: list[str], path: str) -> None:
    newsletter = make_newsletter(NewsletterState.SENDING)
    newsletter.mail_id = freeze_newsletter(3, at=clock.now()).id
    client = staff_client()
    db.session.commit()
    plans.clear()

    client.get(path)

    assert plans
    assert [step for step in plans if step == "SCAN delivery"] == []


def test_the_list_is_read_in_the_order_of_an_index(staff_client: Any, plans: list[str]) -> None:
    staff_client().get("/beheer/post/")

    assert "SCAN delivery USING INDEX sqlite_autoindex_delivery_1" in plans
    assert not [step for step in plans if step.startswith("USE TEMP B-TREE FOR ORDER")]


def test_a_whole_address_is_found_by_its_index(staff_client: Any, plans: list[str]) -> None:
    client = staff_client()
    client.post("/beheer/post/zoeken/", data={"zoek": "Anna@Voorbeeld.nl"})
    plans.clear()

    client.get("/beheer/post/")

    assert "SEARCH delivery USING INDEX ix_delivery_address_key (address_key=?)" in plans
