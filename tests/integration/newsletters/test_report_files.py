"""The report as files: the numbers for those who may read, the addresses for few, and noted."""

import io
import zipfile
from collections.abc import Callable

import pytest
import sqlalchemy as sa

from dordt.audit.models import AuditEntry
from dordt.extensions import db
from dordt.mailer.labels import DELIVERY_LABELS
from dordt.mailer.ledger import deliveries
from dordt.mailer.models import Delivery, DeliveryState
from dordt.newsletters.reporting import services
from dordt.shared import tables
from tests.factories.newsletters import make_newsletter, make_started_newsletter
from tests.factories.subscribers import make_subscriber
from tests.support.csv_files import csv_rows
from tests.support.visitors import Visitor

StaffClient = Callable[..., Visitor]
State = DeliveryState
REPORT = "/beheer/nieuwsbrieven/1/verslag/"
PER_SUBSCRIBER = f"{REPORT}abonnees/"


def exports() -> list[AuditEntry]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "newsletter.exported")))


def test_the_numbers_are_a_file_that_adds_up(staff_client: StaffClient):
    make_started_newsletter(4, State.ACCEPTED, State.ACCEPTED, State.FAILED)

    answer = staff_client("lezer").get(f"{REPORT}bestand.csv")

    heading, *rows = csv_rows(answer)
    outcome = {what: int(count) for part, what, count, _share in rows if part == "Wat werd ervan"}
    assert heading == ["Onderdeel", "Wat", "Aantal", "Deel van het geheel (%)"]
    assert outcome.pop("Samen") == sum(outcome.values()) == 4
    assert outcome["Aangenomen door de mailserver"] == 2
    assert ["Wat werd ervan", "Geweigerd", "1", "25.0"] in rows
    assert len(outcome) == len(DELIVERY_LABELS)
    assert "@" not in answer.text
    assert answer.headers["Content-Disposition"] == 'attachment; filename="verslag-nieuwsbrief-1.csv"'


@pytest.mark.parametrize("path", [f"{REPORT}bestand.ods", "/beheer/nieuwsbrieven/verslag/bestand.ods"])
def test_the_numbers_are_a_spreadsheet_too(staff_client: StaffClient, path: str):
    make_started_newsletter(1)

    answer = staff_client("lezer").get(path)

    with zipfile.ZipFile(io.BytesIO(answer.data)) as parts:
        assert "Aantal" in parts.read("content.xml").decode() or "Periode" in parts.read("content.xml").decode()


def test_the_growth_is_a_file_of_the_chosen_period(staff_client: StaffClient):
    make_subscriber()

    heading, newest, *older = csv_rows(
        staff_client("lezer").get("/beheer/nieuwsbrieven/verslag/bestand.csv?periode=half-jaar")
    )

    assert heading == ["Periode", "Erbij", "Eraf", "Verschil", "Abonnees aan het eind"]
    assert newest[-1] == "1"
    assert len(older) == 25


def test_what_became_of_it_for_each_subscriber_is_noted_and_has_all_of_them(staff_client: StaffClient, monkeypatch):
    monkeypatch.setattr(deliveries, "READ_AT_ONCE", 3)
    make_started_newsletter(8, State.ACCEPTED, State.FAILED)
    refused = db.session.scalars(sa.select(Delivery).where(Delivery.state == State.FAILED)).one()
    refused.relay_code, refused.relay_text = 550, "=HYPERLINK(1)"
    client = staff_client("beheerder")

    heading, *rows = csv_rows(client.post(PER_SUBSCRIBER, data={"soort": "csv"}))

    assert heading == list(services.HEADERS)
    assert [row[0] for row in rows] == [f"lezer{number}@voorbeeld.nl" for number in range(1, 9)]
    assert rows[1][1:] == ["Geweigerd", "0", "", "550", "Geweigerd", "'=HYPERLINK(1)"]
    (noted,) = exports()
    assert (noted.actor_id, noted.detail) == (client.member.id, {"number": 1, "kind": "csv", "frozen": 8})


@pytest.mark.parametrize("role", ["lezer", "redacteur", "wijkmedewerker"])
def test_addresses_are_not_for_everybody(staff_client: StaffClient, role: str):
    make_started_newsletter(1)
    client = staff_client(role)

    assert client.post(PER_SUBSCRIBER).status_code == 403
    assert "Per abonnee" not in client.get(REPORT).text
    assert exports() == []


def test_a_link_alone_takes_no_addresses_along(staff_client: StaffClient):
    make_started_newsletter(1)
    client = staff_client("beheerder")

    assert client.get(PER_SUBSCRIBER).status_code == 405
    assert client.post(PER_SUBSCRIBER, csrf=False).status_code == 400
    assert exports() == []


def test_too_many_for_a_spreadsheet_is_refused_with_the_way_out(staff_client: StaffClient, monkeypatch):
    monkeypatch.setattr(tables, "MOST_IN_ODS", 2)
    make_started_newsletter(3)
    client = staff_client("beheerder")

    answer = client.post(PER_SUBSCRIBER, data={"soort": "ods"})

    assert answer.status_code == 409
    assert "Kies CSV" in answer.text
    assert "Per abonnee als ODS" not in client.get(REPORT).text
    assert exports() == []


def test_few_enough_come_as_a_spreadsheet(staff_client: StaffClient):
    make_started_newsletter(2)

    answer = staff_client("beheerder").post(PER_SUBSCRIBER, data={"soort": "ods"})

    with zipfile.ZipFile(io.BytesIO(answer.data)) as parts:
        assert "lezer2@voorbeeld.nl" in parts.read("content.xml").decode()


def test_of_a_draft_there_is_nothing_to_take(staff_client: StaffClient):
    make_newsletter()

    assert staff_client("beheerder").post(PER_SUBSCRIBER).status_code == 404
