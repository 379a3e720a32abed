"""The list and the proof of consent as files."""

import io
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from dordt.audit.models import AuditEntry, ReadingEntry
from dordt.consent import services as consent
from dordt.consent.models import ConsentPurpose
from dordt.extensions import db
from dordt.shared import clock, tables
from dordt.subscribers.models import Subscriber, SubscriberState, UnsubscribeReason, UnsubscribeWay, Unsubscription
from dordt.subscribers.services import exports
from tests.factories.imports import make_import, make_upload
from tests.factories.places import make_neighbourhood, make_topic
from tests.factories.subscribers import make_subscriber, unsubscribe_path
from tests.support.csv_files import csv_rows
from tests.support.visitors import Visitor

StaffClient = Callable[..., Visitor]
PAGES = "/beheer/abonnees/"
ANNA = "anna@voorbeeld.nl;dubbeldam;wonen;2026-03-09;=Balie"


@pytest.fixture(autouse=True)
def places(app):
    make_neighbourhood(slug="dubbeldam", name="Dubbeldam")
    make_topic(slug="wonen")


def table(answer) -> list[list[str]]:
    assert answer.status_code == 200, answer.text
    return csv_rows(answer)


def actions() -> list[tuple[str, dict]]:
    db.session.rollback()
    taken = AuditEntry.action.in_(("subscriber.exported", "subscriber.proof_taken"))
    return [(entry.action, entry.detail) for entry in db.session.scalars(sa.select(AuditEntry).where(taken))]


def test_the_list_as_csv_can_be_imported_again(staff_client: StaffClient):
    make_import(ANNA)
    make_subscriber(SubscriberState.UNCONFIRMED, email="bram@voorbeeld.nl")
    client = staff_client("beheerder")

    answer = client.post(f"{PAGES}exporteren/", data={"soort": "csv"})

    head, *rows = table(answer)
    assert head == list(exports.LIST_HEADERS)
    assert {row[0] for row in rows} == {"anna@voorbeeld.nl", "bram@voorbeeld.nl"}
    (anna,) = [row for row in rows if row[0].startswith("anna")]
    stands = dict(zip(head, anna, strict=True))
    assert (stands["neighbourhoods"], stands["topics"], stands["state"]) == ("dubbeldam", "wonen", "confirmed")
    assert (stands["consent_at"], stands["consent_source"]) == ("2026-03-09T00:00:00+01:00", "'=Balie")
    assert actions() == [("subscriber.exported", {"count": 2})]
    db.session.execute(sa.delete(Subscriber))
    answer = client.post(f"{PAGES}importeren/", data={"file": (io.BytesIO(answer.data), "abonnees.csv")})
    page = client.get(answer.location).text
    assert [f'<option selected value="{at}">' in page for at in range(5)] == [True] * 5


@pytest.mark.parametrize("path", ["exporteren/", "bewijs/"], ids=["list", "proof"])
def test_a_long_list_is_read_in_pieces_and_is_whole(staff_client: StaffClient, monkeypatch, path: str):
    make_import(*(f"lezer{number}@voorbeeld.nl;;;2026-03-09;Balie" for number in range(5)))
    monkeypatch.setattr(exports, "AT_ONCE", 2)

    _head, *rows = table(staff_client("beheerder").post(f"{PAGES}{path}"))

    assert [row[0] for row in rows] == [f"lezer{number}@voorbeeld.nl" for number in range(5)]


def test_the_list_is_filtered_as_on_screen(staff_client: StaffClient):
    make_import(ANNA, "bram@voorbeeld.nl;;;2026-03-09;Balie")
    make_subscriber(SubscriberState.UNSUBSCRIBED, email="cor@voorbeeld.nl")
    client = staff_client("beheerder")

    in_wijk = table(client.post(f"{PAGES}exporteren/?wijk=dubbeldam"))
    gone = table(client.post(f"{PAGES}exporteren/?status=unsubscribed"))
    client.post(f"{PAGES}zoeken/", data={"zoek": "bram"})
    found = table(client.post(f"{PAGES}exporteren/"))

    assert [[row[0][:4] for row in rows[1:]] for rows in (in_wijk, gone, found)] == [["anna"], ["cor@"], ["bram"]]


def test_a_spreadsheet_is_made_of_short_lists_alone(staff_client: StaffClient, monkeypatch):
    make_import(ANNA, "bram@voorbeeld.nl;;;2026-03-09;Balie")
    client = staff_client("beheerder")

    answer = client.post(f"{PAGES}exporteren/", data={"soort": "ods"})
    assert answer.data[:2] == b"PK"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="abonnees.ods"'
    assert "Download als ODS" in client.get(PAGES).text

    monkeypatch.setattr(tables, "MOST_IN_ODS", 1)
    assert client.post(f"{PAGES}exporteren/", data={"soort": "ods"}).status_code == 409
    assert len(actions()) == 1


def test_the_proof_of_everybody_tells_words_place_moments_and_who_brought_it_in(staff_client: StaffClient, client):
    at = datetime(2026, 5, 1, 10, tzinfo=UTC)
    make_import(ANNA)
    bram = make_subscriber(email="bram@voorbeeld.nl")
    page = {"text": "Ja, graag.", "source": "/nieuwsbrief/", "at": at}
    consent.record(bram.email_key, ConsentPurpose.NEWSLETTER, **page, confirmed_at=at)
    db.session.commit()
    client.post(unsubscribe_path(bram))

    head, *rows = table(staff_client("beheerder").post(f"{PAGES}bewijs/"))

    anna, bram = rows
    assert dict(zip(head, anna, strict=True))["ingevoerd door"].endswith("(lijst 1: lijst.csv)")
    row = dict(zip(head, bram, strict=True))
    assert (row["tekstversie"], row["tekst"], row["waar"]) == ("1", "Ja, graag.", "/nieuwsbrief/")
    assert row["bevestigd"] == "2026-05-01T12:00:00+02:00"
    assert row["ingetrokken"]
    assert actions() == [("subscriber.proof_taken", {"count": 2})]


def test_the_proof_of_one_is_printed_or_taken_as_a_file_and_noted(staff_client: StaffClient):
    make_import(ANNA, "bram@voorbeeld.nl;;;2026-03-09;Balie")
    anna, client = db.session.scalars(Subscriber.with_key("anna@voorbeeld.nl")).one(), staff_client("wijkmedewerker")

    page = client.get(f"{PAGES}{anna.id}/bewijs/").text
    rows = table(client.post(f"{PAGES}{anna.id}/bewijs/"))

    for words in ("anna@voorbeeld.nl", "Overgenomen uit een lijst, =Balie", "lijst 1: lijst.csv"):
        assert words in page
    assert [row[0] for row in rows[1:]] == ["anna@voorbeeld.nl"]
    assert db.session.scalars(sa.select(ReadingEntry.subject_id)).all() == [anna.id]
    assert [action for action, _detail in actions()] == ["subscriber.proof_taken"]


def test_the_page_of_a_subscriber_tells_of_pause_list_and_leaving(staff_client: StaffClient):
    cor = make_subscriber(
        SubscriberState.PAUSED, email="cor@voorbeeld.nl", paused_until=datetime(2099, 3, 9, tzinfo=UTC)
    )
    gone = make_subscriber(SubscriberState.UNSUBSCRIBED, import_id=make_upload())
    left = {
        "way": UnsubscribeWay.ONE_CLICK,
        "reason": UnsubscribeReason.TOO_OFTEN,
        "remark": "Elke dag!",
        "at": clock.now(),
    }
    db.session.add(Unsubscription(subscriber_id=gone.id, **left))
    client = staff_client("beheerder")

    assert "9 maart 2099" in client.get(f"{PAGES}{cor.id}/").text
    page = client.get(f"{PAGES}{gone.id}/").text
    for words in ("Knop van het e-mailprogramma", "Ik krijg te veel e-mail", "Elke dag!", f"Lijst {gone.import_id}"):
        assert words in page


@pytest.mark.parametrize("path", ["exporteren/", "bewijs/"])
@pytest.mark.parametrize("role", ["redacteur", "wijkmedewerker", "lezer"])
def test_only_who_may_export_takes_lists_along(staff_client: StaffClient, role: str, path: str):
    make_subscriber()
    client = staff_client(role)

    assert client.post(PAGES + path).status_code == 403
    assert "Download de lijst" not in client.get(PAGES).text
    assert actions() == []


@pytest.mark.parametrize("path", ["exporteren/", "bewijs/", "1/bewijs/"])
def test_without_the_token_of_the_page_nothing_is_taken(staff_client: StaffClient, path: str):
    make_subscriber()

    assert staff_client("beheerder").post(PAGES + path, csrf=False).status_code == 400
    assert actions() == []
