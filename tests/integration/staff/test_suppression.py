"""Addresses that get no mail: looking, blocking, releasing."""

from typing import Any

import pytest
import sqlalchemy as sa

from dordt.audit.models import AuditEntry
from dordt.extensions import db
from dordt.mailer.models import Suppression, SuppressionCause, SuppressionScope
from dordt.mailer.suppression import list as suppression_list
from dordt.shared import clock
from tests.support.markup import text_of

PAGE = "/beheer/post/geblokkeerd/"
GIVEN = {"address": "Anna@Voorbeeld.nl", "scope": "all", "reason": "Op verzoek"}


def make_suppression(key: str = "anna@voorbeeld.nl", **given: Any) -> int:
    values = {
        "scope": SuppressionScope.ALL,
        "cause": SuppressionCause.HARD_BOUNCE,
        "reason": "550 5.1.1 User unknown",
        "at": clock.now(),
    }
    added = suppression_list.add(key, **{**values, **given})
    db.session.commit()
    assert added
    return added


def kept() -> list[tuple[str, str, str, str]]:
    columns = (Suppression.address_key, Suppression.scope, Suppression.cause, Suppression.reason)
    return [tuple(map(str, row)) for row in db.session.execute(sa.select(*columns))]


def logged(action: str) -> AuditEntry:
    return db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == action)).one()


def test_an_empty_list_says_what_will_appear(staff_client):
    assert "Er is geen adres geblokkeerd" in staff_client("lezer").get(PAGE).text


def test_each_stands_there_with_its_cause_and_the_words_of_the_server(staff_client):
    make_suppression()

    page = text_of(staff_client("wijkmedewerker").get(PAGE).text)

    for words in ("anna@voorbeeld.nl", "550 5.1.1 User unknown", "Adres bestaat niet", "Geblokkeerd: alle e-mail"):
        assert words in page


def test_who_may_not_see_contact_details_sees_neither_address_nor_words(staff_client):
    number = make_suppression(reason="550 <anna@voorbeeld.nl> unknown")
    client = staff_client("redacteur")

    for path in (PAGE, f"{PAGE}{number}/"):
        page = client.get(path).text
        assert "anna@voorbeeld.nl" not in page
        assert "Adres bestaat niet" in page
    assert client.post(f"{PAGE}{number}/vrijgeven/").status_code == 403
    assert client.get(f"{PAGE}nieuw/").status_code == 403


def test_the_list_can_be_narrowed(staff_client):
    make_suppression()
    make_suppression("bram@voorbeeld.nl", cause=SuppressionCause.COMPLAINT)
    client = staff_client("wijkmedewerker")

    complaints = client.get(f"{PAGE}?oorzaak=complaint").text
    client.post(f"{PAGE}zoeken/?oorzaak=hard_bounce", data={"zoek": "bram"})
    nothing = client.get(f"{PAGE}?oorzaak=hard_bounce").text

    assert "bram@voorbeeld.nl" in complaints
    assert "anna@voorbeeld.nl" not in complaints
    assert "Geen adres gevonden" in nothing
    assert "bram@voorbeeld.nl" in client.get(PAGE).text


@pytest.mark.parametrize(
    ("written", "key"), [("Anna@Voorbeeld.nl", "anna@voorbeeld.nl"), ("@Voorbeeld.nl", "@voorbeeld.nl")]
)
def test_an_address_or_a_whole_domain_can_be_blocked(staff_client, written, key):
    client = staff_client("wijkmedewerker")

    answer = client.post(f"{PAGE}nieuw/", data={**GIVEN, "address": written, "scope": "newsletter"})

    assert answer.location == PAGE
    assert kept() == [(key, "newsletter", "staff", "Op verzoek")]
    entry = logged("suppression.added")
    assert (entry.actor_id, entry.detail) == (client.member.id, {"scope": "newsletter", "cause": "staff"})


def test_blocking_once_more_changes_nothing(staff_client):
    make_suppression()
    client = staff_client("wijkmedewerker")

    client.post(f"{PAGE}nieuw/", data=GIVEN)

    assert kept() == [("anna@voorbeeld.nl", "all", "hard_bounce", "550 5.1.1 User unknown")]
    assert "Dit was al geblokkeerd." in client.get(PAGE).text


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"address": ""}, "Vul een e-mailadres in"),
        ({"address": "voorbeeld.nl"}, "Of een heel domein met een @ ervoor"),
        ({"address": "@"}, "Of een heel domein met een @ ervoor"),
        ({"scope": ""}, "Kies welke e-mail u tegenhoudt."),
        ({"scope": "alles"}, "Kies een mogelijkheid uit de lijst."),
        ({"reason": ""}, "Schrijf waarom u dit adres blokkeert."),
        ({"reason": "x" * 501}, "Maak de tekst korter"),
    ],
    ids=str,
)
def test_the_form_says_what_to_do(staff_client, wrong, says):
    answer = staff_client("wijkmedewerker").post(f"{PAGE}nieuw/", data={**GIVEN, **wrong})

    assert answer.status_code == 422
    assert says in answer.text
    assert kept() == []


def test_releasing_says_first_what_happens_and_is_logged(staff_client):
    number = make_suppression()
    client = staff_client("wijkmedewerker")

    before = text_of(client.get(f"{PAGE}{number}/").text)
    answer = client.post(f"{PAGE}{number}/vrijgeven/")

    assert "Geeft u dit adres vrij, dan gaat alle e-mail er weer heen." in before
    assert answer.location == PAGE
    assert kept() == []
    assert logged("suppression.released").detail == {"scope": "all", "cause": "hard_bounce"}
    assert client.post(f"{PAGE}{number}/vrijgeven/").status_code == 404


def test_the_log_tells_it_in_words(staff_client):
    client = staff_client("beheerder")
    client.post(f"{PAGE}nieuw/", data=GIVEN)

    page = text_of(client.get("/beheer/logboek/").text)

    assert "Adres geblokkeerd" in page
    assert "welke e-mail: alle e-mail · oorzaak: door een medewerker" in page
