"""The sign-in page, from the first visit to signing out."""

import pytest
import sqlalchemy as sa
from flask import Flask

from dordt.accounts.models import StaffMember, StaffSession
from dordt.audit.models import AuditEntry
from dordt.extensions import db
from dordt.shared.reading import rows
from tests.factories.accounts import PASSWORD, make_member
from tests.support.stored import actions
from tests.support.visitors import Visitor, new_visitor

SIGN_IN = "/beheer/inloggen/"
REFUSED = "Wij kunnen u met deze gegevens niet inloggen."


def sign_in(client: Visitor, member: StaffMember, password: str = PASSWORD, *, onward: str = ""):
    return client.post(SIGN_IN + onward, data={"email": member.email, "password": password})


def test_a_member_signs_in_and_comes_where_they_wanted_to_be(client: Visitor):
    member = make_member()
    turned_away = client.get("/beheer/logboek/?pagina=1")

    answer = sign_in(client, member, onward=turned_away.location.removeprefix(SIGN_IN))

    assert answer.status_code == 303
    assert answer.location == "/beheer/logboek/?pagina=1"
    assert client.get(answer.location).status_code == 200
    assert actions() == ["member.created", "member.signed_in"]


def test_capitals_in_the_address_do_not_matter(client: Visitor):
    make_member(email="mila@voorbeeld.nl")

    answer = client.post(SIGN_IN, data={"email": "Mila@VOORBEELD.nl", "password": PASSWORD})

    assert answer.status_code == 303


@pytest.mark.parametrize(
    "wanted",
    [
        "https://elders.nl/beheer/",
        "//elders.nl/beheer/",
        "/\\elders.nl",
        "/nieuws/",
        "/beheer/../nieuws/",
        "javascript:x",
    ],
)
def test_signing_in_leads_to_no_other_place(client: Visitor, wanted: str):
    member = make_member()

    answer = client.post(SIGN_IN, query_string={"next": wanted}, data={"email": member.email, "password": PASSWORD})

    assert answer.location == "/beheer/"


def test_an_unknown_address_and_a_wrong_password_get_the_same_answer(client: Visitor):
    member = make_member(email="mila@voorbeeld.nl")

    wrong = sign_in(client, member, "zes sloten tegelijk")
    unknown = client.post(SIGN_IN, data={"email": "mira@voorbeeld.nl", "password": PASSWORD})

    assert (wrong.status_code, unknown.status_code) == (422, 422)
    assert REFUSED in wrong.text
    assert wrong.text.replace("mila", "mira") == unknown.text.replace("mila", "mira") or REFUSED in unknown.text


def test_a_failed_sign_in_is_in_the_log_without_the_address(client: Visitor):
    member = make_member(email="mila@voorbeeld.nl")

    sign_in(client, member, "zes sloten tegelijk")
    sign_in(client, member, "zes sloten tegelijk")

    failed = rows(sa.select(AuditEntry).where(AuditEntry.action == "member.sign_in_failed"))
    assert len({entry.detail["address_hash"] for entry in failed}) == 1
    assert "mila" not in str([entry.detail for entry in failed])


def test_the_log_says_from_where_somebody_signed_in_or_tried_to(client: Visitor):
    member, here = make_member(), {"REMOTE_ADDR": "192.0.2.7"}
    for password in ("zes sloten tegelijk", PASSWORD):
        client.post(SIGN_IN, data={"email": member.email, "password": password}, environ_base=here)

    entries = rows(AuditEntry.latest())[:2]

    assert [entry.action for entry in entries] == ["member.signed_in", "member.sign_in_failed"]
    assert {entry.detail["origin"] for entry in entries} == {"192.0.2.7"}


def test_a_closed_account_cannot_sign_in(client: Visitor):
    member = make_member(active=False)

    answer = sign_in(client, member)

    assert answer.status_code == 422
    assert REFUSED in answer.text


def test_empty_fields_say_what_to_do(client: Visitor):
    answer = client.post(SIGN_IN, data={})

    assert answer.status_code == 422
    assert "Vul uw e-mailadres in." in answer.text
    assert "Vul uw wachtwoord in." in answer.text


def test_a_wrong_csrf_token_shows_the_form_again_with_what_was_typed(client: Visitor):
    member = make_member()

    answer = client.post(SIGN_IN, data={"email": member.email, "password": PASSWORD, "csrf_token": "verzonnen"})

    assert answer.status_code == 400
    assert member.email in answer.text
    assert PASSWORD not in answer.text
    assert actions() == ["member.created"]


@pytest.mark.parametrize("value", ["", "x" * 100_000, "a\x00b", "😀", "<b>", "a\r\nBcc: x@y.nl", "1 or 1=1"])
def test_hostile_values_are_refused_and_break_nothing(client: Visitor, value: str):
    answer = client.post(SIGN_IN, data={"email": value, "password": value})

    assert answer.status_code == 422


def test_a_session_from_before_signing_in_does_not_go_along(client: Visitor):
    member = make_member()
    with client.session_transaction() as session:
        session["brought"] = "from elsewhere"

    sign_in(client, member)

    with client.session_transaction() as session:
        assert "brought" not in session


def test_who_is_signed_in_is_not_asked_again(client: Visitor):
    sign_in(client, make_member())

    answer = client.get(SIGN_IN)

    assert (answer.status_code, answer.location) == (302, "/beheer/")


def test_signing_out_ends_the_session_on_the_server(app: Flask, client: Visitor):
    sign_in(client, make_member())
    with client.session_transaction() as session:
        stolen = dict(session)

    answer = client.post("/beheer/uitloggen/")

    assert answer.location == SIGN_IN
    assert "U bent uitgelogd." in client.get(SIGN_IN).text
    thief = new_visitor(app)
    with thief.session_transaction() as session:
        session.update(stolen)
    assert thief.get("/beheer/").status_code == 302
    assert actions()[-1] == "member.signed_out"


def test_signing_out_needs_the_csrf_token(client: Visitor):
    sign_in(client, make_member())

    answer = client.post("/beheer/uitloggen/", data={"csrf_token": "verzonnen"})

    assert answer.status_code == 400
    assert client.get("/beheer/").status_code == 200


def test_ten_wrong_passwords_close_the_door_for_a_while_for_this_address_from_here(client: Visitor):
    member, colleague = make_member(), make_member()
    for _attempt in range(10):
        sign_in(client, member, "zes sloten tegelijk")

    refused = sign_in(client, member)

    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0
    assert sign_in(client, colleague).status_code == 303


def test_wrong_passwords_from_elsewhere_lock_nobody_out(client: Visitor):
    member = make_member()
    for _attempt in range(11):
        client.post(
            SIGN_IN,
            data={"email": member.email, "password": "zes sloten tegelijk"},
            environ_base={"REMOTE_ADDR": "192.0.2.7"},
        )

    assert sign_in(client, member).status_code == 303


@pytest.mark.parametrize(
    "email",
    [
        *("Mila@VOORBEELD.nl", "Mila@\uff56oorbeeld.nl", "Mila@voorbeeld\u3002nl"),
        *("mailto:mila@voorbeeld.nl", "<mila@voorbeeld.nl>,", "mi\u200bla@voorbeeld.nl\u202c"),
    ],
)
def test_another_way_to_write_the_address_gives_no_new_tries(client: Visitor, email: str):
    member = make_member(email="mila@voorbeeld.nl")
    for _attempt in range(10):
        sign_in(client, member, "zes sloten tegelijk")

    answer = client.post(SIGN_IN, data={"email": email, "password": PASSWORD})

    assert answer.status_code == 429


def test_who_can_choose_from_many_ipv6_addresses_is_one_visitor(client: Visitor):
    member = make_member()
    for number in range(10):
        here = {"REMOTE_ADDR": f"2001:db8:1:2::{number}"}
        client.post(SIGN_IN, data={"email": member.email, "password": "zes sloten"}, environ_base=here)

    answers = [
        client.post(
            SIGN_IN, data={"email": member.email, "password": "zes sloten"}, environ_base={"REMOTE_ADDR": other}
        )
        for other in ("2001:db8:1:2:ffff::1", "2001:db8:1:3::1")
    ]

    assert [answer.status_code for answer in answers] == [429, 422]


def test_one_password_on_many_accounts_is_stopped_too(client: Visitor, app: Flask, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(app.config, "SIGN_IN_LIMIT_OF_NETWORK", "5 per 5 minutes")
    member = make_member()
    for number in range(5):
        client.post(SIGN_IN, data={"email": f"iemand{number}@voorbeeld.nl", "password": "zomer in Dordrecht"})

    assert sign_in(client, member).status_code == 429
    elsewhere = {"REMOTE_ADDR": "192.0.2.7"}
    data = {"email": member.email, "password": PASSWORD}
    assert client.post(SIGN_IN, data=data, environ_base=elsewhere).status_code == 303


def test_a_header_that_anybody_can_send_makes_nobody_another_visitor(client: Visitor):
    member = make_member()
    for number in range(10):
        client.post(
            SIGN_IN,
            data={"email": member.email, "password": "zes sloten tegelijk"},
            headers={"X-Forwarded-For": f"192.0.2.{number}"},
        )

    answer = client.post(
        SIGN_IN, data={"email": member.email, "password": PASSWORD}, headers={"X-Forwarded-For": "192.0.2.99"}
    )

    assert answer.status_code == 429


def test_the_table_holds_no_password_and_no_session_id(client: Visitor):
    member = make_member()
    sign_in(client, member)

    with client.session_transaction() as session:
        token = session["staff_session"]
    stored = rows(sa.select(StaffSession.token_hash))
    assert token not in stored
    assert str(db.session.scalar(sa.select(StaffMember.password))).startswith("$argon2id$")


def test_staff_pages_are_kept_by_nobody_and_a_public_page_knows_no_session(client: Visitor):
    sign_in(client, make_member())

    staff_page, public_page = client.get("/beheer/"), client.get("/robots.txt")

    assert staff_page.headers["Cache-Control"] == "no-store"
    assert "Cookie" not in public_page.headers.get("Vary", "")
    assert "Set-Cookie" not in public_page.headers


@pytest.mark.parametrize("path", ["/login", "/logout", "/verify", "/tf-setup", "/register", "/reset", "/change"])
def test_flask_security_shows_no_pages_of_its_own(client: Visitor, path: str):
    assert client.get(path).status_code == 404
