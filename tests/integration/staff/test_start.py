"""The start page: what needs me today."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from dordt.audit import services as audit
from dordt.contact.models import MessageStatus
from dordt.extensions import db
from dordt.newsletters.models import NewsletterState
from dordt.shared import clock
from tests.factories.contact import make_message
from tests.factories.newsletters import make_newsletter
from tests.factories.workgroups import make_membership, make_workgroup
from tests.support.visitors import Visitor

StaffClient = Callable[..., Visitor]
START = "/beheer/"


def test_an_empty_installation_says_what_will_appear(staff_client: StaffClient):
    page = staff_client(name="Mila").get(START).text

    assert "Dag Mila. Er wacht niets. Alles is bij." in page
    assert "Meldt een bewoner zich aan? Dan beslist u hier of dat kan." in page


def test_a_message_waits_until_somebody_takes_it_up(staff_client: StaffClient):
    client = staff_client("wijkmedewerker")
    new, _taken = make_message(name="Anna"), make_message(name="Bram", status=MessageStatus.IN_PROGRESS)

    page = client.get(START).text

    assert f'href="/beheer/berichten/{new.id}/"' in page
    assert "Anna" in page
    assert "Bram" not in page


def test_a_message_is_unread_until_i_opened_it(staff_client: StaffClient):
    client, colleague = staff_client("wijkmedewerker"), staff_client("wijkmedewerker")
    message = make_message()

    audit.record_reading(colleague.member.id, subject=("message", message.id), at=clock.now())
    assert "(ongelezen)" in client.get(START).text
    audit.record_reading(client.member.id, subject=("message", message.id), at=clock.now())
    assert "(ongelezen)" not in client.get(START).text


def test_a_message_past_its_day_of_answer_says_so(staff_client: StaffClient):
    client = staff_client("wijkmedewerker")
    make_message(name="Anna", status=MessageStatus.IN_PROGRESS, reply_by_on=date(2020, 1, 1))

    page = client.get(START).text

    assert "tile--urgent" in page
    assert "Te laat" in page
    assert "Anna" in page


def test_who_may_not_see_contact_details_sees_the_number_of_a_message(staff_client: StaffClient):
    client = staff_client("lezer")
    message = make_message(name="Anna")

    page = client.get(START).text

    assert message.reference in page
    assert "Anna" not in page


def test_more_than_five_lead_to_the_whole_list(staff_client: StaffClient):
    client = staff_client("wijkmedewerker")
    for _number in range(6):
        make_message()

    page = client.get(START).text

    assert '<a href="/beheer/berichten/?status=new">Bekijk alle 6</a>' in page


def test_a_coordinator_decides_on_their_own_groups_only(staff_client: StaffClient):
    client = staff_client("coordinator")
    make_membership(make_workgroup(coordinator_id=client.member.id), name="Anna")
    make_membership(make_workgroup(), name="Bram")

    page = client.get(START).text

    assert "Anna" in page
    assert "Bram" not in page
    assert '<span class="visually-hidden">Werkgroepen, nieuw: </span>1</a>' in page


@pytest.mark.parametrize("section", ["berichten", "abonnees", "post"])
def test_a_coordinator_finds_no_way_to_the_mail_of_all_residents(staff_client: StaffClient, section: str):
    make_message(name="Anna", reply_by_on=date(2020, 1, 1))
    client = staff_client("coordinator")

    page = client.get(START).text

    assert f"/beheer/{section}/" not in page
    assert "Anna" not in page
    assert "berichten" not in page


def test_a_newsletter_is_listed_until_it_was_sent(staff_client: StaffClient):
    client = staff_client("redacteur")
    draft = make_newsletter(subject="Het park is klaar")
    make_newsletter(NewsletterState.SENT, subject="De haven in de zomer")

    page = client.get(START).text

    assert f'href="/beheer/nieuwsbrieven/{draft.id}/"' in page
    assert "Het park is klaar" in page
    assert "De haven in de zomer" not in page


@pytest.mark.parametrize(
    ("planned_ago", "latest_ago", "says"),
    [
        (timedelta(hours=-1), timedelta(hours=-3), None),
        (timedelta(minutes=10), timedelta(hours=-2), "Kon niet beginnen"),
        (timedelta(hours=3), timedelta(hours=1), "Te laat: beslis zelf"),
    ],
    ids=["still to come", "not started", "too late"],
)
def test_a_plan_that_did_not_come_off_stands_on_top_and_says_so(
    staff_client: StaffClient, planned_ago: timedelta, latest_ago: timedelta, says: str | None
):
    planned = make_newsletter(NewsletterState.SCHEDULED, subject="Gepland")
    planned.scheduled_at, planned.latest_start_at = clock.now() - planned_ago, clock.now() - latest_ago
    for _ in range(5):
        make_newsletter()

    section = staff_client().get("/beheer/").text.split('id="nieuwsbrieven"')[1].split("</section>")[0]

    first = section.split("</li>")[0]
    assert ("Gepland" in first) is bool(says)
    assert (f'<span class="overdue">{says}</span>' in first) is bool(says)
    assert ("mailer run" in first or "draaide toen niet" in first) is bool(says)


def test_a_reader_sees_no_names_of_residents_who_wait(staff_client: StaffClient):
    page = staff_client("lezer").get(START).text

    assert "Aanmeldingen voor een werkgroep" not in page


@pytest.mark.parametrize(("role", "sees"), [("beheerder", True), ("redacteur", False)])
def test_the_menu_shows_the_sections_that_a_member_may_enter(staff_client: StaffClient, role: str, sees: bool):
    page = staff_client(role).get(START).text

    assert ('href="/beheer/logboek/"' in page) is sees
    assert ('href="/beheer/medewerkers/"' in page) is sees


def test_the_menu_says_where_you_are(staff_client: StaffClient):
    page = staff_client().get("/beheer/logboek/").text

    assert 'href="/beheer/logboek/" aria-current="true"' in page
    assert 'href="/beheer/medewerkers/" aria-current="true"' not in page


def test_the_last_changes_are_shown_without_the_coming_and_going_of_colleagues(staff_client: StaffClient):
    client = staff_client()
    audit.record("message.answered", subject=("message", 1), at=clock.now(), by=audit.WithoutAccount("Anna"))
    audit.record("member.signed_in", subject=("staff_member", 1), at=clock.now(), by=audit.WithoutAccount("Bram"))
    db.session.commit()

    page = client.get(START).text

    assert "Bericht beantwoord</strong> door Anna" in page
    assert "Bram" not in page
