"""Importing as staff do it: choose a file, look at it, start, follow, and undo."""

import threading
from collections.abc import Callable
from io import BytesIO

import pytest
import sqlalchemy as sa

from dordt.extensions import db
from dordt.mailer.models import Suppression, SuppressionScope
from dordt.shared import clock
from dordt.subscribers.imports import services as imports
from dordt.subscribers.imports.rows import COLUMNS
from dordt.subscribers.models import Subscriber, SubscriberImport
from dordt.subscribers.services.import_undo import WITHIN
from tests.factories.imports import OUR_COLUMNS, found_import, make_import, make_queued, make_upload
from tests.factories.places import make_neighbourhood
from tests.support.stored import count
from tests.support.visitors import Visitor

StaffClient = Callable[..., Visitor]
PAGES = "/beheer/abonnees/importeren/"
NOTHING = dict.fromkeys(COLUMNS, "")
CHOICES = NOTHING | {name: str(at) for name, at in OUR_COLUMNS.items()}
ANNA = "anna@voorbeeld.nl;;;2026-03-09;Balie"


def upload(client: Visitor, content: bytes, name: str = "lijst.csv", **values: str):
    return client.post(PAGES, data={"file": (BytesIO(content), name), **values}, content_type="multipart/form-data")


def work() -> None:
    imports.import_waiting(threading.Event(), now=clock.now)


def test_a_list_is_looked_at_started_followed_and_undone(staff_client: StaffClient):
    make_neighbourhood(slug="sterrenburg", name="Sterrenburg")
    client = staff_client("beheerder", name="Mila")
    rows = ["E-mailadres;Wijk", "anna@voorbeeld.nl;Sterrenburg", "bram@voorbeeld.nl;", "geen adres;"]
    answer = upload(client, "\r\n".join(rows).encode("cp1252"))

    page = client.get(answer.location)
    assert "lijst.csv: 3 regels" in page.text
    assert "Windows-tekst (cp1252)" in page.text or "UTF-8" in page.text
    assert "met een puntkomma tussen" in page.text
    assert "<td>anna@voorbeeld.nl</td>" in page.text
    assert '<option selected value="1">Kolom 2: Wijk' in page.text
    assert count(Subscriber) == 0

    values = {**NOTHING, "email": "0", "neighbourhoods": "1", "source": "Wijkfeest", "given_on": "2026-03-09"}
    started = client.post(answer.location, data=values)
    assert started.location == answer.location
    waiting = client.get(started.location).text
    assert f'data-live-from="{answer.location}"' in waiting
    assert "0 van de 3 regels" in waiting

    work()
    done = client.get(answer.location).text
    assert "data-live-from" not in done
    assert "3 van de 3 regels zijn verwerkt" in done
    refused = client.get(f"{answer.location}geweigerd/").text
    assert "E-mailadres: dit is geen adres" in refused
    file = client.get(f"{answer.location}geweigerd.csv")
    assert file.text.splitlines()[1].startswith("4;E-mailadres")

    client.post(f"{answer.location}ongedaan-maken/")
    assert "2 abonnees zijn van de lijst gehaald" in client.get(answer.location).text
    assert count(Subscriber) == 0
    assert "Ongedaan gemaakt" in client.get(PAGES).text


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "leeg"),
        (b"PK\x03\x04\x00\x00", "Excel of LibreOffice"),
        (bytes(range(256)) * 100, "geen tekstbestand"),
        (b"email;wijk\r\n", "alleen de namen van de kolommen"),
        (b"\r\nanna@voorbeeld.nl\r\n", "eerste regel is leeg"),
        (b"anna@voorbeeld.nl\r\nbram@voorbeeld.nl\r\n", "Op de eerste regel staat een adres"),
    ],
    ids=["empty", "xlsx", "binary", "headings only", "empty first line", "no headings"],
)
def test_a_wrong_file_is_refused_in_words_and_kept_nowhere(staff_client: StaffClient, content: bytes, words: str):
    answer = upload(staff_client("beheerder"), content)

    assert answer.status_code == 422
    assert words in answer.text
    assert count(SubscriberImport) == 0


def test_a_file_that_is_too_large_is_refused(staff_client: StaffClient, monkeypatch):
    monkeypatch.setattr(imports, "LARGEST", 10)

    assert "groter dan 20 MB" in upload(staff_client("beheerder"), b"email\r\na@b.nl\r\n").text


def test_a_file_of_60_mb_does_not_come_in_at_all(staff_client: StaffClient):
    large = {"CONTENT_TYPE": "multipart/form-data; boundary=x", "CONTENT_LENGTH": "60000000"}

    assert staff_client("beheerder").post(PAGES, data=b"--x", environ_overrides=large).status_code == 413


def test_no_file_and_a_filled_trap_are_refused(staff_client: StaffClient):
    client = staff_client("beheerder")

    assert "Kies het bestand" in client.post(PAGES, data={}).text
    assert upload(client, b"email\r\na@b.nl\r\n", website="x").status_code == 422
    assert count(SubscriberImport) == 0


def test_one_column_and_odd_records_can_be_looked_at(staff_client: StaffClient):
    content = b'email\r\na@b.nl\r\n"b@b.nl\r\nc@b.nl,d\r\n<script>\r\n'

    answer = upload(staff_client("beheerder"), content, name="C:\\lijsten\\<b>mijn</b>.csv")

    page = staff_client("beheerder").get(answer.location).text
    assert "Niet te lezen: er staat een aanhalingsteken te veel of te weinig" in page
    assert "&lt;script&gt;" in page


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"email": ""}, "in welke kolom het e-mailadres staat"),
        ({"email": "1"}, "U koos een kolom twee keer"),
        ({"email": "7"}, "Kies een mogelijkheid uit de lijst."),
        ({"consent_source": ""}, "waar de mensen toestemming gaven"),
        ({"consent_at": ""}, "Vul de dag in"),
        ({"consent_at": "", "given_on": "2099-01-01"}, "Deze dag moet nog komen"),
        ({"consent_at": "", "given_on": "1026-01-01"}, "te ver terug"),
        ({"consent_at": "", "given_on": "gisteren"}, "Vul een datum in"),
        ({"source": "x" * 201}, "Maak de tekst korter"),
        ({"website": "x"}, "Wij maakten dat veld leeg."),
    ],
)
def test_nothing_starts_without_addresses_and_proof(staff_client: StaffClient, given: dict[str, str], words: str):
    number = make_upload(ANNA)

    answer = staff_client("beheerder").post(f"{PAGES}{number}/", data={**CHOICES, **given})

    assert answer.status_code == 422
    assert words in answer.text
    assert found_import(number).state == "uploaded"


def test_a_forged_token_starts_and_undoes_nothing(staff_client: StaffClient):
    client, number, done = (
        staff_client("beheerder"),
        make_upload(ANNA),
        make_import("bram@voorbeeld.nl;;;2026-03-09;x").id,
    )
    forged = {**CHOICES, "csrf_token": "vals"}

    for path in (f"{number}/", f"{number}/intrekken/", f"{done}/ongedaan-maken/", f"{done}/"):
        assert client.post(PAGES + path, data=forged).status_code == 400
    assert [found_import(each).state for each in (number, done)] == ["uploaded", "done"]


def test_clicking_twice_and_two_people_at_once_do_no_harm(staff_client: StaffClient):
    first, second, number = staff_client("beheerder"), staff_client("beheerder"), make_upload(ANNA)

    answers = [client.post(f"{PAGES}{number}/", data=CHOICES) for client in (first, first, second)]
    assert [answer.status_code for answer in answers] == [303, 303, 303]
    assert second.post(f"{PAGES}{number}/intrekken/").status_code == 409
    work()
    answers = [client.post(f"{PAGES}{number}/ongedaan-maken/") for client in (first, first, second)]

    assert [answer.status_code for answer in answers] == [303, 303, 303]
    assert count(Subscriber) == 0


def test_a_file_is_withdrawn_and_says_so(staff_client: StaffClient):
    client, number = staff_client("beheerder"), make_upload(ANNA)

    assert client.post(f"{PAGES}{number}/intrekken/").location == PAGES
    assert "gewist voordat het gestart werd" in client.get(f"{PAGES}{number}/").text
    assert client.post(f"{PAGES}{number}/", data=CHOICES).status_code in {303, 409}
    assert count(Subscriber) == 0


def test_addresses_that_are_blocked_are_counted(staff_client: StaffClient):
    scope = SuppressionScope.NEWSLETTER
    db.session.add(Suppression(address_key="anna@voorbeeld.nl", scope=scope, reason="kwam terug", since=clock.now()))
    number = make_import(ANNA, "bram@voorbeeld.nl;;;2026-03-09;x").id

    assert "1 toegevoegd adres is geblokkeerd" in staff_client("beheerder").get(f"{PAGES}{number}/").text


def test_after_a_day_the_page_says_why_it_cannot_be_undone(staff_client: StaffClient):
    number = make_import(ANNA).id
    db.session.execute(sa.update(SubscriberImport).values(finished_at=clock.now() - 2 * WITHIN))
    client = staff_client("beheerder")

    page = client.get(f"{PAGES}{number}/").text

    assert "U kon dit ongedaan maken tot" in page
    assert "Ja, maak de import ongedaan" not in page
    assert client.post(f"{PAGES}{number}/ongedaan-maken/").status_code == 409


@pytest.mark.parametrize("role", ["redacteur", "wijkmedewerker", "lezer"])
def test_only_who_administers_brings_lists_in(staff_client: StaffClient, role: str):
    assert staff_client(role).get(PAGES).status_code == 403


def test_an_import_that_is_not_there_is_404(staff_client: StaffClient):
    client = staff_client("beheerder")
    make_queued(ANNA)

    for path in ("99/", "99/geweigerd/", "99/geweigerd.csv", "0/", "99999999999/"):
        assert client.get(PAGES + path).status_code == 404
