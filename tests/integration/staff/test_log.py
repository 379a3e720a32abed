"""The log as an administrator reads it."""

import ast
import re
from collections.abc import Callable, Iterator

import pytest

from dordt.audit import services as audit
from dordt.contact.models import MessageStatus
from dordt.extensions import db
from dordt.shared import clock
from dordt.staff.log.labels import ACTIONS, DETAILS, SUBJECTS, VALUES
from dordt.workgroups.models import MembershipState
from dordt.workgroups.services import DECISIONS
from tests.factories.accounts import make_member
from tests.guards.modules import MODULES
from tests.support.visitors import Visitor

StaffClient = Callable[..., Visitor]
LOG = "/beheer/logboek/"
RECORDERS = {"record", "_record", "_log", "log", "note_act"}
ABOUT_EACH = {"subject", "by", "at"}


def recorded() -> Iterator[tuple[str, set[str]]]:
    """Every line that the code writes to the log by name: how its action stands there, and which details it has."""
    for module in MODULES:
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in RECORDERS and node.args:
                action = ast.unparse(node.args[0])
                if re.search(r"'[a-z_]+\.", action):
                    yield action, {keyword.arg for keyword in node.keywords if keyword.arg} - ABOUT_EACH


def recorded_actions() -> Iterator[str]:
    for action, _details in recorded():
        yield from re.findall(r"'([a-z_]+\.[a-z_]+)'", action)


@pytest.mark.parametrize("labels", [ACTIONS, SUBJECTS, DETAILS, *VALUES.values()])
def test_no_two_things_have_the_same_name(labels: dict[str, str]):
    assert sorted(set(labels.values())) == sorted(labels.values())


def test_every_action_has_a_name_on_screen():
    found = set(recorded_actions())

    assert len(found) > 5
    assert found - set(ACTIONS) == set()


def test_every_detail_has_a_name_on_screen():
    found = {name for _action, details in recorded() for name in details}

    assert len(found) > 15
    assert found - set(DETAILS) == set()


@pytest.mark.parametrize("status", MessageStatus)
def test_every_step_of_a_message_has_a_name_on_screen(status: MessageStatus):
    assert f"message.{status}" in ACTIONS


@pytest.mark.parametrize("decision", sorted({to for steps in DECISIONS.values() for to in steps}))
def test_every_decision_on_a_membership_has_a_name_on_screen(decision: MembershipState):
    assert f"membership.{decision}" in ACTIONS


def test_a_change_shows_who_what_and_on_what(staff_client: StaffClient):
    client = staff_client(name="Bas de Beheerder")
    member = make_member(role="lezer")
    client.post(f"/beheer/medewerkers/{member.id}/rol/", data={"role": "redacteur"})

    page = client.get(LOG).text

    assert "Rol gewijzigd" in page
    assert "Bas de Beheerder" in page
    assert f'href="/beheer/medewerkers/{member.id}/"' in page
    assert "was: lezer · werd: redacteur" in page


def test_what_changed_stands_there_in_words(staff_client: StaffClient):
    client = staff_client(name="Bas de Beheerder")
    me = client.member.id
    audit.record("message.assigned", subject=("message", 1), at=clock.now(), before=None, after=me)
    audit.record("message.answered", subject=("message", 1), at=clock.now(), before="in_progress", outcome="planned")
    audit.record("message.sent", subject=("message", 1), at=clock.now(), files=me)
    audit.record("closed_day.added", subject=("closed_day", 1), at=clock.now(), day="2027-03-01")
    db.session.commit()

    page = client.get(LOG).text

    assert "werd: Bas de Beheerder" in page
    assert "was: in behandeling · uitkomst: gepland" in page
    assert f"bestanden: {me}" in page
    assert "dag: 1 maart 2027" in page


def test_one_value_is_called_as_its_subject_calls_it(staff_client: StaffClient):
    client = staff_client()
    audit.record("membership.approved", subject=("membership", 1), at=clock.now(), before="declined")
    audit.record("message.in_progress", subject=("message", 1), at=clock.now(), before="declined")
    db.session.commit()

    page = client.get(LOG).text

    assert "was: afgewezen" in page
    assert "was: niet verder" in page


def test_lines_are_chosen_by_action_by_member_and_by_subject(staff_client: StaffClient):
    client = staff_client()
    audit.record("member.signed_in", subject=("staff_member", 1), at=clock.now(), by=audit.WithoutAccount("Een Ander"))
    db.session.commit()

    by_action = client.get(LOG, query_string={"handeling": "member.signed_in"}).text
    by_member = client.get(LOG, query_string={"medewerker": client.member.id}).text
    by_subject = client.get(LOG, query_string={"onderdeel": "article"}).text

    assert "Een Ander" in by_action
    assert "<td>systeem</td>" not in by_action
    assert "Een Ander" not in by_member
    assert "Geen regels" in by_subject


def test_the_choice_stays_on_the_next_page(staff_client: StaffClient):
    client = staff_client()
    for _line in range(51):
        audit.record("member.signed_out", subject=("staff_member", 1), at=clock.now())
    db.session.commit()

    page = client.get(LOG, query_string={"handeling": "member.signed_out"}).text

    assert "handeling=member.signed_out&amp;pagina=2" in page or "pagina=2&amp;handeling=member.signed_out" in page


def test_a_choice_that_does_not_exist_is_not_found(staff_client: StaffClient):
    client = staff_client()

    for choice in ("handeling=x", "medewerker=999", "medewerker=99999999999999999999", "pagina=9", "pagina=x"):
        assert client.get(f"{LOG}?{choice}").status_code == 404


def test_what_was_read_is_listed_apart(staff_client: StaffClient):
    client = staff_client(name="Bas de Beheerder")
    audit.record_reading(client.member.id, subject=("message", 12), at=clock.now())

    page = client.get(f"{LOG}gelezen/").text

    assert "Bas de Beheerder" in page
    assert "Bericht 12" in page
