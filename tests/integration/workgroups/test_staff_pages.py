"""Staff look at requests to take part and decide on them."""

import pytest
import sqlalchemy as sa

from dordt.audit.models import AuditEntry, ReadingEntry
from dordt.extensions import db
from dordt.workgroups.models import Membership, MembershipState
from tests.factories.contact import make_message
from tests.factories.places import make_neighbourhood
from tests.factories.workgroups import make_membership, make_workgroup


@pytest.fixture
def request_of_anna(app):
    make_neighbourhood(slug="sterrenburg", name="Sterrenburg")
    return make_membership(
        make_workgroup(slug="park", name="werkgroep Park"), name="Anna de Vries", email="anna@voorbeeld.nl"
    )


def address(membership: Membership) -> str:
    return f"/beheer/werkgroepen/aanmeldingen/{membership.id}/"


def state_of(membership: Membership) -> str:
    db.session.rollback()
    return db.session.get_one(Membership, membership.id).state.value


DECISIONS = {
    "approved": ("membership_approved", "Welkom"),
    "waiting": ("membership_waiting", "wachtlijst"),
    "declined": ("membership_declined", "Over uw aanmelding"),
}


@pytest.mark.parametrize(("decision", "mail"), DECISIONS.items(), ids=DECISIONS)
def test_a_decision_is_mailed_to_the_resident_and_stands_in_the_log(
    staff_client, request_of_anna, outbox, decision, mail
):
    client = staff_client("wijkmedewerker")
    path = address(request_of_anna)

    response = client.post(path, data={"decision": decision, "text": "Tot dinsdag.", "seen": request_of_anna.seen_as})

    assert response.location == path
    assert state_of(request_of_anna) == decision
    (sent,) = outbox()
    assert (sent.name, sent.to) == (mail[0], "anna@voorbeeld.nl")
    assert mail[1] in sent.subject
    assert "Tot dinsdag." in sent.text
    logged = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == f"membership.{decision}")).one()
    assert logged.actor_id == client.member.id


def test_nobody_is_declined_without_a_reason(staff_client, request_of_anna, outbox):
    response = staff_client("wijkmedewerker").post(address(request_of_anna), data={"decision": "declined", "text": ""})

    assert response.status_code == 422
    assert "Schrijf waarom deze bewoner niet mee kan doen" in response.text
    assert not outbox()


def test_deciding_twice_the_same_sends_one_mail(staff_client, request_of_anna, outbox):
    client, seen = staff_client("wijkmedewerker"), request_of_anna.seen_as

    answers = [
        client.post(address(request_of_anna), data={"decision": "approved", "text": "", "seen": seen}).status_code
        for _ in range(2)
    ]

    assert answers == [303, 303]

    assert len(outbox()) == 1


def test_a_request_that_the_resident_did_not_confirm_cannot_be_decided(staff_client, request_of_anna, outbox):
    request_of_anna.state = MembershipState.UNCONFIRMED

    response = staff_client("wijkmedewerker").post(address(request_of_anna), data={"decision": "approved"})

    assert response.status_code == 422
    assert state_of(request_of_anna) == "unconfirmed"


def test_reading_somebodys_details_is_logged_and_changes_nothing_else(staff_client, request_of_anna):
    client = staff_client("wijkmedewerker")

    response = client.get(address(request_of_anna))

    assert "anna@voorbeeld.nl" in response.text
    read = db.session.scalars(sa.select(ReadingEntry)).one()
    assert (read.subject_type, read.subject_id, read.member_id) == ("membership", request_of_anna.id, client.member.id)


def test_a_coordinator_sees_the_requests_of_their_own_groups_alone(staff_client, request_of_anna):
    client = staff_client("coordinator")

    assert client.get(address(request_of_anna)).status_code == 404
    assert "Anna de Vries" not in client.get("/beheer/werkgroepen/aanmeldingen/").text

    request_of_anna.workgroup.coordinator_id = client.member.id
    assert client.get(address(request_of_anna)).status_code == 200
    assert "Anna de Vries" in client.get("/beheer/werkgroepen/aanmeldingen/").text


def test_a_coordinator_sees_nothing_else_of_somebody_in_their_group(staff_client, request_of_anna):
    client = staff_client("coordinator")
    request_of_anna.workgroup.coordinator_id = client.member.id
    make_membership(make_workgroup(name="werkgroep Haven"), email="anna@voorbeeld.nl")
    message = make_message(email="anna@voorbeeld.nl")

    seen_by_coordinator = client.get(address(request_of_anna)).text
    seen_by_team = staff_client("wijkmedewerker").get(address(request_of_anna)).text

    assert "Werkgroep Haven" not in seen_by_coordinator
    assert message.reference not in seen_by_coordinator
    assert "Werkgroep Haven" in seen_by_team
    assert message.reference in seen_by_team


def test_a_coordinator_decides_nothing_in_a_group_of_others(staff_client, request_of_anna):
    response = staff_client("coordinator").post(address(request_of_anna), data={"decision": "approved"})

    assert response.status_code == 404
    assert state_of(request_of_anna) == "requested"


def test_what_somebody_may_not_open_is_not_logged_as_read(staff_client, request_of_anna):
    staff_client("coordinator").get(address(request_of_anna))
    staff_client("beheerder").get("/beheer/werkgroepen/aanmeldingen/999999/")

    assert db.session.scalars(sa.select(ReadingEntry)).all() == []


def test_an_address_adds_nothing_to_the_mail_that_staff_write_to_it(staff_client, request_of_anna):
    sly = make_membership(request_of_anna.workgroup, email="a?bcc=b%40elders.nl&x=@voorbeeld.nl")

    page = staff_client("wijkmedewerker").get(address(sly)).text

    assert 'href="mailto:a%3Fbcc%3Db%2540elders.nl%26x%3D@voorbeeld.nl"' in page


@pytest.mark.parametrize("role", ["lezer", "redacteur"])
def test_who_may_not_see_contact_details_sees_no_requests(staff_client, request_of_anna, role):
    client = staff_client(role)

    assert client.get(address(request_of_anna)).status_code == 403
    assert client.get("/beheer/werkgroepen/aanmeldingen/").status_code == 403
    assert client.get("/beheer/werkgroepen/").status_code == 200


def test_a_search_is_kept_in_the_session_and_not_in_the_address(staff_client, request_of_anna):
    make_membership(request_of_anna.workgroup, name="Bram Bakker")
    client = staff_client("wijkmedewerker")

    response = client.post("/beheer/werkgroepen/aanmeldingen/zoeken/?status=requested", data={"zoek": "de vries"})
    assert response.location == "/beheer/werkgroepen/aanmeldingen/?status=requested"
    page = client.get(response.location).text
    assert "Anna de Vries" in page
    assert "Bram Bakker" not in page

    client.post("/beheer/werkgroepen/aanmeldingen/zoeken/", data={"wissen": "1"})
    assert "Bram Bakker" in client.get("/beheer/werkgroepen/aanmeldingen/").text


@pytest.mark.parametrize(
    "characters", ["%", "_", "\\", "'", "Anna\x00"], ids=["percent", "underscore", "backslash", "quote", "NUL"]
)
def test_characters_of_the_database_are_searched_for_as_they_are(staff_client, request_of_anna, characters):
    client = staff_client("wijkmedewerker")

    client.post("/beheer/werkgroepen/aanmeldingen/zoeken/", data={"zoek": characters})
    found = "Anna de Vries" in client.get("/beheer/werkgroepen/aanmeldingen/").text

    assert found == (characters == "Anna\x00")


def test_filters_stand_in_the_address(staff_client, request_of_anna):
    make_membership(request_of_anna.workgroup, name="Bram Bakker", state=MembershipState.LEFT)
    make_membership(make_workgroup(slug="haven"), name="Carla Smit")

    page = staff_client("wijkmedewerker").get("/beheer/werkgroepen/aanmeldingen/?werkgroep=park&status=requested").text

    assert "Anna de Vries" in page
    assert "Bram Bakker" not in page
    assert "Carla Smit" not in page


def test_a_long_list_is_paged(staff_client, request_of_anna):
    for number in range(20):
        make_membership(request_of_anna.workgroup, name=f"Bewoner {number}")
    client = staff_client("wijkmedewerker")

    assert "Anna de Vries" not in client.get("/beheer/werkgroepen/aanmeldingen/").text
    assert "Anna de Vries" in client.get("/beheer/werkgroepen/aanmeldingen/?pagina=2").text
    assert client.get("/beheer/werkgroepen/aanmeldingen/?pagina=3").status_code == 404
    assert client.get("/beheer/werkgroepen/aanmeldingen/?pagina=x").status_code == 404
