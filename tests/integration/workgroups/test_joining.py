"""From the join form to a confirmed request, as a resident walks it."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa

from dordt.extensions import db
from dordt.shared import clock
from dordt.shared.links import issue_token
from dordt.shared.problems import LinkInvalid, NotAllowed
from dordt.workgroups import services
from dordt.workgroups.models import TAKES_PART, Membership, MembershipState, Workgroup
from tests.factories.accounts import make_member
from tests.factories.places import make_neighbourhood
from tests.factories.workgroups import make_membership, make_workgroup
from tests.support.at_once import at_once
from tests.support.markup import compact

FILLED = {"name": "Anna de Vries", "email": "Anna@Voorbeeld.nl", "neighbourhood": "sterrenburg"}


@pytest.fixture
def group(app):
    make_neighbourhood(slug="sterrenburg", name="Sterrenburg")
    return make_workgroup(slug="sterrenburgpark", name="werkgroep Sterrenburgpark")


def join(client, group, **changes: Any):
    return client.post(f"/werkgroepen/{group.slug}/aanmelden/", data={**FILLED, **changes})


def application() -> services.MembershipApplication:
    return services.MembershipApplication(phone="", motivation="", show_name=False, **FILLED)


def memberships() -> list[Membership]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(Membership).order_by(Membership.id)))


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


def test_a_line_counts_as_one_character_as_it_does_for_its_writer(client, group):
    lines = ["regel van tekst"] * 124
    written = "\n".join([*lines, "x" * 15])

    assert len(written) == 1999
    assert join(client, group, motivation=written.replace("\n", "\r\n")).status_code == 303
    assert memberships()[0].motivation == written


def test_a_telephone_number_is_kept_as_people_read_it(client, group):
    join(client, group, phone="\u202a+31 (0)78\u2011123 45 67\u202c")

    assert memberships()[0].phone == "078 123 4567"


HOSTILE = {
    "empty": ({"name": "", "email": "", "neighbourhood": ""}, 422, "Vul uw naam in."),
    "spaces": ({"name": "   "}, 422, "Vul uw naam in."),
    "no address": ({"email": "anna"}, 422, "naam@voorbeeld.nl"),
    "two addresses": ({"email": "a@voorbeeld.nl, b@voorbeeld.nl"}, 422, "naam@voorbeeld.nl"),
    "100 kB": ({"motivation": "a" * 100_000}, 422, "Maak de tekst korter"),
    "long name": ({"name": "a" * 121}, 422, "Maak de tekst korter"),
    "NUL": ({"name": "Anna\x00"}, 422, "een teken dat wij niet kunnen lezen"),
    "CRLF in name": ({"name": "Anna\r\nBcc: allen@voorbeeld.nl"}, 422, "op één regel"),
    "CRLF in address": ({"email": "anna@voorbeeld.nl\r\nBcc: b@voorbeeld.nl"}, 422, "op één regel"),
    "unknown wijk": ({"neighbourhood": "atlantis"}, 422, "uit de lijst"),
    "phone": ({"phone": "bel maar"}, 422, "Dit telefoonnummer klopt niet"),
    "trap": ({"website": "https://reclame.voorbeeld.nl"}, 422, "Wij maakten dat veld leeg."),
    "forged CSRF": ({"csrf_token": "vals"}, 400, "Verstuur het opnieuw"),
}


@pytest.mark.parametrize(("values", "status", "text"), HOSTILE.values(), ids=HOSTILE)
def test_broken_values_get_a_clear_text_and_are_not_stored(client, group, outbox, values, status, text):
    response = join(client, group, **values)

    assert response.status_code == status
    assert text in response.text
    assert not memberships()
    assert not outbox()


def test_bytes_that_are_no_utf8_are_refused(client, group):
    body = (
        b"name=Ann%FF%FE&email=anna@voorbeeld.nl&neighbourhood=sterrenburg&csrf_token=" + client.csrf_token().encode()
    )

    response = client.post(
        f"/werkgroepen/{group.slug}/aanmelden/", data=body, content_type="application/x-www-form-urlencoded"
    )

    assert response.status_code == 422
    assert "een teken dat wij niet kunnen lezen" in response.text


def test_json_is_no_form(client, group):
    response = client.post(f"/werkgroepen/{group.slug}/aanmelden/", json={"name": ["a"], "email": 1}, csrf=False)

    assert response.status_code == 400
    assert not memberships()


def test_emoji_and_markup_are_kept_as_they_are_and_shown_escaped(client, group, outbox):
    join(client, group, name="Zoë 🌳 <b>de Vries</b>", motivation="<script>alert(1)</script>")
    client.post(outbox()[0].path("bevestigen"))

    assert memberships()[0].name == "Zoë 🌳 <b>de Vries</b>"
    notice = outbox()[-1]
    assert "<script>" not in notice.html
    assert "&lt;script&gt;" in notice.html
