"""A subscriber whom staff enter by hand."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from dordt.audit.models import AuditEntry
from dordt.consent import services as consent
from dordt.consent.models import Consent, ConsentPurpose
from dordt.extensions import db
from dordt.shared import clock
from dordt.subscribers.models import Subscriber, SubscriberState
from tests.factories.places import make_neighbourhood
from tests.factories.subscribers import confirm_path, make_subscriber
from tests.support.visitors import Visitor

StaffClient = Callable[..., Visitor]
PAGES = "/beheer/abonnees/nieuw/"
GIVEN = {"email": "Anna@voorbeeld.nl", "source": "Balie Stadskantoor", "given_on": "2026-03-09"}


def one() -> Subscriber:
    db.session.rollback()
    return db.session.scalars(sa.select(Subscriber)).one()


def test_somebody_new_is_on_the_list_at_once_with_proof_and_a_welcome(staff_client: StaffClient, outbox):
    make_neighbourhood(slug="dubbeldam")
    client = staff_client("wijkmedewerker", name="Mila")

    answer = client.post(PAGES, data={**GIVEN, "neighbourhoods": ["dubbeldam"]})

    anna = one()
    assert (anna.email, anna.email_key, anna.state) == ("Anna@voorbeeld.nl", "anna@voorbeeld.nl", "confirmed")
    assert [wijk.slug for wijk in anna.neighbourhoods] == ["dubbeldam"]
    proof = db.session.scalars(sa.select(Consent)).one()
    assert (proof.method, proof.source, proof.text_version) == ("staff", "Balie Stadskantoor", None)
    assert proof.confirmed_at == proof.asked_at
    assert [mail.name for mail in outbox()] == ["welcome"]
    entry = db.session.scalars(AuditEntry.about("subscriber", anna.id)).one()
    assert (entry.action, entry.actor_name, entry.detail) == ("subscriber.entered", "Mila", {"consent": proof.id})
    page = client.get(answer.location).text
    assert "staat op de lijst en krijgt een e-mail" in page
    assert "Mila" in page.split("Ingevoerd door")[1][:100]


@pytest.mark.parametrize("state", [SubscriberState.CONFIRMED, SubscriberState.PAUSED])
def test_a_known_address_says_so_and_changes_nothing(staff_client: StaffClient, outbox, state: SubscriberState):
    make_subscriber(state, email="anna@voorbeeld.nl")
    client = staff_client("wijkmedewerker")

    answer = client.post(PAGES, data=GIVEN)

    assert "stond al op de lijst" in client.get(answer.location).text
    assert one().state == state
    assert not outbox()
    assert db.session.scalar(sa.select(Consent)) is None


def test_who_waited_for_a_mail_is_confirmed(staff_client: StaffClient):
    make_subscriber(SubscriberState.UNCONFIRMED, email="anna@voorbeeld.nl")

    staff_client("wijkmedewerker").post(PAGES, data=GIVEN)

    assert one().state == "confirmed"


def test_who_left_is_asked_by_mail_and_comes_back_by_their_own_click_alone(staff_client: StaffClient, client, outbox):
    make_subscriber(SubscriberState.UNSUBSCRIBED, email="anna@voorbeeld.nl")
    staff = staff_client("wijkmedewerker")

    answers = [staff.get(staff.post(PAGES, data=GIVEN).location).text for _click in range(2)]

    assert "Wij zetten niemand terug" in answers[0]
    assert "Het afgelopen uur" in answers[1]
    assert [mail.name for mail in outbox()] == ["confirm_subscription"]
    assert one().state == "unsubscribed"
    client.post(confirm_path(one()))
    assert one().state == "confirmed"
    proof = db.session.scalars(sa.select(Consent)).one()
    assert (proof.method, proof.source) == ("staff", "Balie Stadskantoor")
    assert proof.confirmed_at > proof.asked_at


def test_an_address_whose_owner_took_consent_back_elsewhere_is_asked_by_mail(staff_client: StaffClient, outbox):
    consent.record_imported([("anna@voorbeeld.nl", "lijst", clock.now())], ConsentPurpose.NEWSLETTER)
    consent.withdraw("anna@voorbeeld.nl", ConsentPurpose.NEWSLETTER, at=clock.now())
    db.session.commit()

    staff_client("wijkmedewerker").post(PAGES, data=GIVEN)

    assert [mail.name for mail in outbox()] == ["confirm_subscription"]
    assert one().state == "unconfirmed"


@pytest.mark.parametrize(
    ("values", "status"),
    [
        ({"email": ""}, 422),
        ({"email": "geen adres"}, 422),
        ({"source": ""}, 422),
        ({"source": "x" * 201}, 422),
        ({"given_on": ""}, 422),
        ({"given_on": "2099-01-01"}, 422),
        ({"given_on": "31-31-31"}, 422),
        ({"neighbourhoods": "atlantis"}, 422),
        ({"website": "x"}, 422),
        ({"csrf_token": "vals"}, 400),
    ],
)
def test_without_address_or_proof_nobody_is_entered(staff_client: StaffClient, values, status):
    assert staff_client("wijkmedewerker").post(PAGES, data={**GIVEN, **values}).status_code == status
    assert db.session.scalar(sa.select(Subscriber)) is None


def test_clicking_twice_enters_one(staff_client: StaffClient, outbox):
    client = staff_client("wijkmedewerker")

    for _click in range(2):
        client.post(PAGES, data=GIVEN)

    assert one()
    assert len(outbox()) == 1
