"""From the join form to a confirmed request, as a resident walks it."""

from datetime import timedelta

import pytest

from dordt.shared import clock
from dordt.shared.links import issue_token
from dordt.workgroups import services
from dordt.workgroups.models import MembershipState
from tests.factories.workgroups import make_membership, make_workgroup
from tests.support.joining import application, join, memberships
from tests.support.markup import compact


def test_joining_stores_the_application_and_asks_to_confirm_by_mail(client, group, outbox):
    response = join(client, group, motivation="Ik teken graag mee.", show_name="y")

    assert response.status_code == 303
    assert response.location == "/werkgroepen/sterrenburgpark/controleer-uw-mail/"
    (stored,) = memberships()
    assert (stored.state, stored.email, stored.email_key) == ("unconfirmed", "Anna@Voorbeeld.nl", "anna@voorbeeld.nl")
    assert stored.show_name
    (mail,) = outbox()
    assert (mail.name, mail.to) == ("confirm_membership", "Anna@Voorbeeld.nl")


def test_the_confirmation_mail_repeats_nothing_that_was_typed(client, group, outbox):
    join(client, group, name="Koop nu goedkope horloges", motivation="http://reclame.voorbeeld.nl")

    (mail,) = outbox()

    assert "horloges" not in mail.subject + mail.text + mail.html
    assert "reclame" not in mail.text + mail.html


def test_confirming_takes_a_button_and_tells_the_resident_and_the_team(client, group, outbox):
    join(client, group)
    link = outbox()[0].path("bevestigen")

    page = client.get(link)
    assert "Ja, ik wil meedoen" in page.text
    assert memberships()[0].state == "unconfirmed"

    assert client.post(link).location == link
    assert "Uw aanmelding is compleet" in client.get(link).text
    assert memberships()[0].state == "requested"
    receipt, notice = outbox()[1:]
    assert (receipt.name, receipt.to) == ("membership_requested", "Anna@Voorbeeld.nl")
    assert (notice.name, notice.to, notice.reply_to) == (
        "membership_notice",
        "wijken@dordrecht.nl",
        "Anna@Voorbeeld.nl",
    )


def test_confirming_twice_does_one_thing(client, group, outbox):
    join(client, group)
    link = outbox()[0].path("bevestigen")

    client.post(link)
    client.post(link)

    assert len(outbox()) == 3


def test_the_same_form_sent_twice_is_one_request_and_one_mail(client, group, outbox):
    answers = [join(client, group).status_code for _ in range(2)]

    assert answers == [303, 303]
    assert len(memberships()) == 1
    assert len(outbox()) == 1


def test_who_joins_a_second_group_within_the_hour_can_confirm_that_too(client, group, outbox):
    join(client, group)
    join(client, make_workgroup(slug="haven"))

    for mail in outbox():
        client.post(mail.path("bevestigen"))

    assert [row.state for row in memberships()] == ["requested", "requested"]


def test_who_leaves_and_comes_back_within_the_hour_gets_a_link_that_works(client, group, outbox):
    join(client, group)
    client.post(outbox()[0].path("bevestigen"))
    client.post(outbox()[1].path("afmelden"))
    join(client, group)

    client.post(outbox()[-1].path("bevestigen"))

    assert [row.state for row in memberships()] == ["left", "requested"]


def test_nothing_is_erased_while_the_last_link_works(group, outbox):
    first, second = clock.now() - timedelta(days=8), clock.now() - timedelta(days=3)
    for at in (first, second):
        services.request_membership(group, application(), at=at)

    assert services.erase_unconfirmed(at=clock.now()) == 0
    assert [mail.name for mail in outbox()] == ["confirm_membership"] * 2


def test_the_page_with_the_button_says_what_is_confirmed(client, group, outbox):
    join(client, group, name="Anna de Vries", show_name="y")

    page = compact(client.get(outbox()[0].path("bevestigen")).text)

    assert "<dd>Anna de Vries</dd>" in page
    assert "<dt>Andere leden mogen uw naam zien</dt><dd>ja</dd>" in page


def test_a_group_that_is_full_takes_nobody_on(client, group, outbox):
    group.is_open = False

    assert join(client, group).status_code == 409
    assert not memberships()


def test_an_old_link_shows_how_to_get_a_new_one(client, group, monkeypatch):
    member = make_membership(group, state=MembershipState.UNCONFIRMED)
    token = issue_token(member.id, purpose=services.CONFIRM, version=1)
    monkeypatch.setitem(client.application.config, "CONFIRM_WITHIN", timedelta(seconds=-1))

    response = client.get(f"/werkgroepen/bevestigen/{token}/")

    assert response.status_code == 410
    assert 'href="/werkgroepen/"' in response.text


@pytest.mark.parametrize(
    "change", [lambda t: t + "x", lambda t: t[:-3], lambda _t: "onzin"], ids=["longer", "cut", "nonsense"]
)
def test_a_changed_link_does_nothing(client, group, change):
    member = make_membership(group, state=MembershipState.UNCONFIRMED)
    token = issue_token(member.id, purpose=services.CONFIRM, version=1)

    assert client.post(f"/werkgroepen/bevestigen/{change(token)}/").status_code == 410
    assert memberships()[0].state == "unconfirmed"


def test_a_confirm_link_is_no_leave_link(client, group):
    member = make_membership(group)
    token = issue_token(member.id, purpose=services.CONFIRM, version=1)

    assert client.post(f"/werkgroepen/afmelden/{token}/").status_code == 410
    assert memberships()[0].state == "requested"


def test_leaving_takes_a_button_and_is_harmless_twice(client, group):
    member = make_membership(group, state=MembershipState.APPROVED)
    path = f"/werkgroepen/afmelden/{issue_token(member.id, purpose=services.LEAVE, version=1)}/"

    assert "Klik dan op de knop" in client.get(path).text
    assert memberships()[0].state == "approved"
    for _ in range(2):
        assert client.post(path).location == path
    assert "U bent afgemeld" in client.get(path).text
    assert memberships()[0].state == "left"


def test_a_confirm_link_from_before_leaving_brings_nobody_back(client, group):
    member = make_membership(group, state=MembershipState.LEFT, left_at=clock.now())
    token = issue_token(member.id, purpose=services.CONFIRM, version=1)

    assert client.post(f"/werkgroepen/bevestigen/{token}/").status_code == 410


def test_who_left_can_ask_again(client, group, outbox):
    make_membership(group, email="anna@voorbeeld.nl", state=MembershipState.LEFT, left_at=clock.now())

    join(client, group)
    client.post(outbox()[0].path("bevestigen"))

    assert [row.state for row in memberships()] == ["left", "requested"]


def test_who_never_confirms_is_erased_after_seven_days(group):
    now = clock.now()
    make_membership(group, name="Oud", state=MembershipState.UNCONFIRMED, created_at=now - timedelta(days=8))
    make_membership(group, name="Jong", state=MembershipState.UNCONFIRMED, created_at=now - timedelta(days=6))
    make_membership(group, name="Lid", state=MembershipState.APPROVED, created_at=now - timedelta(days=80))

    assert services.erase_unconfirmed(at=now) == 1
    assert [row.name for row in memberships()] == ["Jong", "Lid"]


def test_with_who_never_confirmed_goes_the_mail_to_that_address(client, group, outbox):
    join(client, group)
    join(client, group, email="bram@voorbeeld.nl")
    services.confirm_membership(outbox()[0].path("bevestigen").split("/")[-2], at=clock.now())

    services.erase_unconfirmed(at=clock.now() + timedelta(days=8))

    assert {mail.to.lower() for mail in outbox()} == {"anna@voorbeeld.nl", "wijken@dordrecht.nl"}
