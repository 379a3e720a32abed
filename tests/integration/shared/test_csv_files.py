"""Every CSV that the site offers: a double click opens it in Excel as a table, with its letters, and nothing runs."""

import inspect
from collections.abc import Callable, Iterator
from types import FunctionType
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from dordt.extensions import db
from dordt.mailer.models import Delivery, DeliveryState
from dordt.shared import tables
from dordt.subscribers.models import Subscriber
from tests.factories.imports import make_import
from tests.factories.newsletters import make_started_newsletter
from tests.factories.places import make_neighbourhood
from tests.factories.subscribers import preferences_path
from tests.support.csv_files import csv_rows
from tests.support.visitors import Visitor

StaffClient = Callable[..., Visitor]
NAME = "Vóór de Staart, =Ja, -nee"
FILES: dict[str, Callable[[Visitor, Subscriber], Any]] = {
    "staff.subscribers.export": lambda visitor, _one: visitor.post("/beheer/abonnees/exporteren/"),
    "staff.subscribers.export_proof": lambda visitor, _one: visitor.post("/beheer/abonnees/bewijs/"),
    "staff.subscribers.take_proof": lambda visitor, one: visitor.post(f"/beheer/abonnees/{one.id}/bewijs/"),
    "staff.subscribers.refusals_file": lambda visitor, one: visitor.get(
        f"/beheer/abonnees/importeren/{one.import_id}/geweigerd.csv"
    ),
    "staff.newsletters.report_file": lambda visitor, _one: visitor.get("/beheer/nieuwsbrieven/1/verslag/bestand.csv"),
    "staff.newsletters.report_deliveries": lambda visitor, _one: visitor.post(
        "/beheer/nieuwsbrieven/1/verslag/abonnees/"
    ),
    "staff.newsletters.overview_file": lambda visitor, _one: visitor.get("/beheer/nieuwsbrieven/verslag/bestand.csv"),
    "subscribers.download": lambda visitor, one: visitor.get(f"{preferences_path(one)}gegevens.csv"),
}


def offering(app: Flask) -> Iterator[str]:
    """The endpoints whose view, or a function of its module that it calls, makes a table."""
    for endpoint, view in app.view_functions.items():
        seen: set[Callable[..., Any]] = set()
        waiting: list[Any] = [inspect.unwrap(view)]
        while waiting:
            function = waiting.pop()
            if function in (tables.table_download, tables.csv_stream, tables.table_file):
                yield endpoint
                break
            if function in seen or not function.__module__.startswith("dordt."):
                continue
            seen.add(function)
            called = (function.__globals__.get(name) for name in function.__code__.co_names)
            waiting += [found for found in called if isinstance(found, FunctionType)]


@pytest.fixture
def one(app) -> Subscriber:
    """Somebody of an import, who got a newsletter that was refused with a formula."""
    make_neighbourhood(slug="staart", name=NAME)
    make_import(f"anna@voorbeeld.nl;staart;;2026-03-09;{NAME}", "geen adres;;;2026-03-09;Balie")
    make_started_newsletter(1, DeliveryState.FAILED)
    db.session.execute(sa.update(Delivery).values(relay_code=550, relay_text=f"={NAME}"))
    db.session.commit()
    return db.session.scalars(Subscriber.with_key("anna@voorbeeld.nl")).one()


def test_every_view_that_makes_a_table_is_read_here(app):
    assert set(offering(app)) == set(FILES)


@pytest.mark.parametrize("endpoint", FILES)
def test_a_csv_opens_in_excel_by_a_double_click(staff_client: StaffClient, one: Subscriber, endpoint: str):
    answer = FILES[endpoint](staff_client("beheerder"), one)

    assert answer.status_code == 200, answer.text
    assert answer.mimetype == "text/csv"
    assert answer.data.startswith(b"\xef\xbb\xbf")
    assert answer.data.count(b"\xef\xbb\xbf") == 1
    head, *rows = csv_rows(answer)
    assert len(head) > 1
    assert rows
    assert {len(row) for row in rows} == {len(head)}
    cells = [cell for row in rows for cell in row]
    assert [cell for cell in cells if cell.startswith(tables.FORMULA_STARTS) or "'" not in cell and "=" in cell] == []
