"""The section where accounts are made and changed."""

from collections.abc import Callable

import pytest

from dordt.accounts.models import StaffMember
from dordt.extensions import db
from dordt.shared.reading import rows
from tests.factories.accounts import make_member
from tests.support.visitors import Visitor

StaffClient = Callable[..., Visitor]
SECTION = "/beheer/medewerkers/"
NEW = {"name": "Rik Roos", "email": "rik@voorbeeld.nl", "role": "redacteur", "password": "appels op de fiets"}


def fresh(member: StaffMember) -> StaffMember:
    db.session.expire_all()
    return db.session.get_one(StaffMember, member.id)


def test_the_list_shows_who_has_an_account_and_what_they_may_do(staff_client: StaffClient):
    client = staff_client(name="Bas de Beheerder")
    make_member(role="coordinator", name="Cor de Coördinator", active=False)

    page = client.get(SECTION).text

    assert "Bas de Beheerder" in page
    assert "Coördinator" in page
    assert "Gesloten" in page
    assert "Nog nooit" in page


def test_a_new_member_can_sign_in(staff_client: StaffClient, client: Visitor):
    answer = staff_client().post(f"{SECTION}nieuw/", data=NEW)

    assert (answer.status_code, answer.location) == (303, SECTION)
    signed_in = client.post("/beheer/inloggen/", data={"email": NEW["email"], "password": NEW["password"]})
    assert signed_in.status_code == 303


@pytest.mark.parametrize(
    ("wrong", "text"),
    [
        ({"name": ""}, "Vul de naam in."),
        ({"email": "rik"}, "Vul een e-mailadres in"),
        ({"email": "bezet@voorbeeld.nl"}, "Er is al een medewerker met dit e-mailadres."),
        ({"role": ""}, "Kies een rol."),
        ({"role": "koning"}, "Kies een rol uit"),
        ({"password": "wachtwoord-123"}, "makkelijk te raden"),
    ],
    ids=lambda value: str(value),
)
def test_a_mistake_shows_the_form_again_with_what_to_do(staff_client: StaffClient, wrong: dict[str, str], text: str):
    client = staff_client(email="bezet@voorbeeld.nl")

    answer = client.post(f"{SECTION}nieuw/", data=NEW | wrong)

    assert answer.status_code == 422
    assert text in answer.text
    assert "appels op de fiets" not in answer.text
    assert len(rows(StaffMember.listed())) == 1


def test_another_role_shows_at_once_and_in_the_history(staff_client: StaffClient):
    client, member = staff_client(), make_member(role="lezer")

    answer = client.post(f"{SECTION}{member.id}/rol/", data={"role": "redacteur"})

    assert answer.status_code == 303
    page = client.get(answer.location).text
    assert "Rol gewijzigd" in page
    assert [role.name for role in fresh(member).roles] == ["redacteur"]


def test_a_closed_account_is_out_and_can_be_opened_again(staff_client: StaffClient):
    client = staff_client()
    colleague = staff_client("lezer")

    client.post(f"{SECTION}{colleague.member.id}/sluiten/")
    assert colleague.get("/beheer/").status_code == 302
    assert not fresh(colleague.member).active

    client.post(f"{SECTION}{colleague.member.id}/openen/")
    assert fresh(colleague.member).active


def test_a_lost_password_is_replaced(staff_client: StaffClient, client: Visitor):
    boss, member = staff_client(), make_member()

    short = boss.post(f"{SECTION}{member.id}/wachtwoord/", data={"password": "kort"})
    good = boss.post(f"{SECTION}{member.id}/wachtwoord/", data={"password": "peren op de tram"})

    assert (short.status_code, good.status_code) == (422, 303)
    signed_in = client.post("/beheer/inloggen/", data={"email": member.email, "password": "peren op de tram"})
    assert signed_in.status_code == 303


@pytest.mark.parametrize("step", ["rol", "sluiten", "wachtwoord"])
def test_nobody_changes_their_own_account(staff_client: StaffClient, step: str):
    client = staff_client()
    address = f"{SECTION}{client.member.id}/"

    answer = client.post(f"{address}{step}/", data={"role": "lezer", "password": "peren op de tram"})

    assert answer.status_code == 409
    assert f"/{step}/" not in client.get(address).text
    assert fresh(client.member).active


@pytest.mark.parametrize("step", ["rol", "sluiten", "openen", "wachtwoord"])
def test_a_forged_request_changes_nothing(staff_client: StaffClient, step: str):
    client, member = staff_client(), make_member(role="lezer")

    forged = {"role": "beheerder", "password": "peren op de tram", "csrf_token": "verzonnen"}
    answer = client.post(f"{SECTION}{member.id}/{step}/", data=forged)

    assert answer.status_code == 400
    assert [role.name for role in fresh(member).roles] == ["lezer"]


@pytest.mark.parametrize("path", ["999/", "2147483648/", "999/rol/", "999/sluiten/"])
def test_a_member_who_does_not_exist_is_not_found(staff_client: StaffClient, path: str):
    method = "GET" if path.count("/") == 1 else "POST"

    assert staff_client().open(SECTION + path, method=method).status_code == 404


def test_everybody_can_change_their_own_password_and_stays_signed_in(staff_client: StaffClient):
    client = staff_client("lezer", password="appels op de fiets")

    wrong = client.post(f"{SECTION}mijn-wachtwoord/", data={"current": "peren", "password": "peren op de tram"})
    right = client.post(
        f"{SECTION}mijn-wachtwoord/", data={"current": "appels op de fiets", "password": "peren op de tram"}
    )

    assert (wrong.status_code, right.status_code) == (422, 303)
    assert "Dit is niet uw huidige wachtwoord." in wrong.text
    assert "Uw wachtwoord is gewijzigd." in client.get("/beheer/").text


def test_a_stolen_session_does_not_help_to_guess_the_password(staff_client: StaffClient):
    client = staff_client("lezer", password="appels op de fiets")
    for _attempt in range(10):
        client.post(f"{SECTION}mijn-wachtwoord/", data={"current": "peren", "password": "peren op de tram"})

    answer = client.post(
        f"{SECTION}mijn-wachtwoord/", data={"current": "appels op de fiets", "password": "peren op de tram"}
    )

    assert answer.status_code == 429
