"""More than one form for one address: each stands on its own, until its own link is used."""

from functools import partial

import pytest
import sqlalchemy as sa

from dordt.extensions import db
from dordt.shared import clock
from dordt.shared.problems import LinkInvalid, NotAllowed
from dordt.workgroups import services
from dordt.workgroups.models import TAKES_PART, Membership, MembershipState, Workgroup
from tests.factories.accounts import make_member
from tests.factories.workgroups import make_membership
from tests.support.at_once import at_once
from tests.support.joining import application, join, memberships


def test_who_takes_part_already_gets_the_same_answer_and_a_mail_that_says_so(client, group, outbox):
    make_membership(group, email="anna@voorbeeld.nl", state=MembershipState.APPROVED, name="Anna")

    response = join(client, group, name="Iemand anders")

    assert response.location == "/werkgroepen/sterrenburgpark/controleer-uw-mail/"
    assert [mail.name for mail in outbox()] == ["already_member"]
    (stored,) = memberships()
    assert (stored.state, stored.name) == ("approved", "Anna")


def test_what_was_corrected_is_a_form_of_its_own_with_a_mail_of_its_own(client, group, outbox):
    join(client, group, motivation="Ik teken graag me.")
    join(client, group, motivation="Ik teken graag mee.")
    wrong, right = (mail.path("bevestigen") for mail in outbox())

    client.post(right)

    assert [(row.state, row.motivation) for row in memberships()] == [("requested", "Ik teken graag mee.")]
    assert client.get(wrong).status_code == client.post(wrong).status_code == 410


def test_the_first_link_confirms_the_first_words_whoever_fills_in_the_same_address_later(client, group, outbox):
    join(client, group, motivation="Ik teken graag mee.", phone="078 123 4567", show_name="y")
    join(client, group, name="Een vreemde", motivation="Ik ben tegen.")

    client.post(outbox()[0].path("bevestigen"))

    (stored,) = memberships()
    assert (stored.name, stored.motivation, stored.phone) == ("Anna de Vries", "Ik teken graag mee.", "078 123 4567")
    assert stored.show_name


@pytest.mark.parametrize("state", [MembershipState.DECLINED, MembershipState.LEFT, *TAKES_PART])
def test_a_stranger_changes_nothing_of_what_was_decided_or_left(client, group, outbox, state):
    known = make_membership(group, email="anna@voorbeeld.nl", state=state, decision_text="Helaas.", left_at=clock.now())
    query = sa.select(Membership.__table__).where(Membership.id == known.id)
    before = db.session.execute(query).one()

    join(client, group, name="Een vreemde", motivation="Ik ben tegen.", phone="06 1", show_name="y")

    assert db.session.execute(query).one() == before


def test_a_few_forms_an_hour_are_mailed_to_one_address_however_many_are_sent(client, group, outbox):
    answers = {join(client, group, motivation=f"Poging {number}").location for number in range(6)}

    assert len(answers) == 1
    assert len(outbox()) == len(memberships()) == services.MOST_AT_ONCE


def test_what_is_declined_stays_declined_when_the_same_person_asks_again(client, group, outbox):
    declined = make_membership(group, email="anna@voorbeeld.nl", state=MembershipState.DECLINED, decision_text="Nee.")
    join(client, group)
    client.post(outbox()[0].path("bevestigen"))

    assert [row.state for row in memberships()] == ["declined", "requested"]
    with pytest.raises(NotAllowed, match="opnieuw aangemeld"):
        services.decide_membership(declined.id, MembershipState.APPROVED, "", by=make_member(), at=clock.now())


def test_a_link_to_leave_from_an_earlier_time_ends_the_present_one_too(client, group, outbox):
    join(client, group)
    client.post(outbox()[0].path("bevestigen"))
    leave = outbox()[1].path("afmelden")
    client.post(leave)
    join(client, group)
    client.post(outbox()[-1].path("bevestigen"))
    assert "Klik dan op de knop" in client.get(leave).text

    client.post(leave)

    assert [row.state for row in memberships()] == ["left", "left"]
    assert "U bent afgemeld" in client.get(leave).text


def test_two_forms_of_one_person_confirmed_at_once_are_one_membership(app, client, group, outbox):
    join(client, group, name="Anna")
    join(client, group, name="Anna de Vries")
    tokens = [mail.path("bevestigen").split("/")[-2] for mail in outbox()]

    def confirmed(token: str) -> bool:
        try:
            services.confirm_membership(token, at=clock.now())
        except LinkInvalid:
            db.session.rollback()
            return False
        return True

    assert sorted(at_once(app, *(partial(confirmed, token) for token in tokens))) == [False, True]
    assert [row.state for row in memberships()] == ["requested"]


def test_the_same_form_at_once_is_one_request_and_one_mail(app, client, group, outbox):
    group_id = group.id

    def ask() -> None:
        services.request_membership(db.session.get_one(Workgroup, group_id), application(), at=clock.now())

    at_once(app, ask, ask)

    assert len(memberships()) == len(outbox()) == 1
