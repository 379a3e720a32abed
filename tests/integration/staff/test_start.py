"""The start page: what needs me today."""

from collections.abc import Callable

import pytest

from dordt.audit import services as audit
from dordt.extensions import db
from dordt.shared import clock
from tests.support.visitors import Visitor

StaffClient = Callable[..., Visitor]
START = "/beheer/"


def test_an_empty_house_says_what_will_appear(staff_client: StaffClient):
    page = staff_client(name="Mila").get(START).text

    assert "Dag Mila. Er wacht niets. Alles is bij." in page
    assert "Meldt een inwoner zich aan, dan beslist u hier of dat kan." in page


def test_a_reader_sees_no_names_of_residents_who_wait(staff_client: StaffClient):
    page = staff_client("lezer").get(START).text

    assert "Aanmeldingen voor een werkgroep" not in page


@pytest.mark.parametrize(("role", "sees"), [("beheerder", True), ("redacteur", False)])
def test_the_menu_shows_the_rooms_that_a_member_may_enter(staff_client: StaffClient, role: str, sees: bool):
    page = staff_client(role).get(START).text

    assert ('href="/beheer/logboek/"' in page) is sees
    assert ('href="/beheer/medewerkers/"' in page) is sees


def test_the_menu_says_where_you_are(staff_client: StaffClient):
    page = staff_client().get("/beheer/logboek/").text

    assert 'href="/beheer/logboek/" aria-current="true"' in page
    assert 'href="/beheer/medewerkers/" aria-current="true"' not in page


def test_the_last_changes_are_shown_without_the_coming_and_going_of_colleagues(staff_client: StaffClient):
    client = staff_client()
    audit.record("message.answered", subject=("message", 1), at=clock.now(), actor_name="Anna")
    audit.record("member.signed_in", subject=("staff_member", 1), at=clock.now(), actor_name="Bram")
    db.session.commit()

    page = client.get(START).text

    assert "Bericht beantwoord</strong> door Anna" in page
    assert "Bram" not in page
