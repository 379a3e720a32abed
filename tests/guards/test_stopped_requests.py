"""A request that we do not take in says why; what was typed stands there again, or can be gone back to.

Every form that posts is found by walking along the pages of the demo content.
"""

import html
import json
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.test import TestResponse

from dordt.accounts import sessions
from dordt.accounts.models import StaffMember, StaffSession
from dordt.accounts.views import ENDINGS
from dordt.extensions import db
from dordt.mailer.models import Mail
from dordt.shared import clock
from dordt.shared.forms import CSRF_TEXT, NO_COOKIE_TEXT, SIGNED_IN_TEXT, TRAP_TEXT
from dordt.subscribers.models import Subscriber, SubscriberState, Unsubscription
from dordt.subscribers.services import subscribing
from tests.factories.subscribers import preferences_path, unsubscribe_path
from tests.support.posted import LINK
from tests.support.posting_forms import PostingForm, forms_of, shown_texts
from tests.support.seeded import Walk, administrator, endpoint_of
from tests.support.visitors import Visitor, new_visitor, signed_in

Forms = dict[str, tuple[str, PostingForm]]  # by endpoint: the page that it stands on, and the form
ONE_BUTTON = {
    *("security.logout", "workgroups.confirm_now", "workgroups.leave_now", "subscribers.confirm_now"),
    *("subscribers.resume", "subscribers.new_address_now", "subscribers.unsubscribe_now"),
}
CHOICES = {"subscribers.change_choices", "subscribers.pause"}  # nothing is typed


def forms_on(app: Flask, answers: dict[str, TestResponse]) -> Forms:
    found: Forms = {}
    for path, answer in answers.items():
        if answer.mimetype == "text/html" and answer.status_code == 200:
            for form in forms_of(answer.text, path):
                endpoint = endpoint_of(app, form.action, "POST")
                if endpoint and (endpoint not in found or len(form.texts) > len(found[endpoint][1].texts)):
                    found[endpoint] = (path, form)
    return found


@pytest.fixture(scope="module")
def public_forms(seeded_app: Flask, public_walk: Walk) -> Iterator[Forms]:
    """Those of the public pages, and of the pages behind the links of mails."""
    reader = db.session.scalars(sa.select(Subscriber).where(Subscriber.state == SubscriberState.CONFIRMED)).first()
    left = db.session.scalars(sa.select(Subscriber).join(Unsubscription).limit(1)).first()
    links = [link for text in db.session.scalars(sa.select(Mail.text)) for link in LINK.findall(text)]
    behind_links = [preferences_path(reader), unsubscribe_path(left)]
    behind_links += [next(link for link in links if "/bericht/" in link).partition("8000")[2].rstrip(".")]
    visitor = new_visitor(seeded_app)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(subscribing, "REASON_WITHIN", timedelta(days=10_000))
        yield forms_on(seeded_app, public_walk.answers | {path: visitor.get(path) for path in behind_links})


@pytest.fixture(scope="module")
def staff_forms(seeded_app: Flask, staff_walk: Walk) -> Forms:
    found = forms_on(seeded_app, staff_walk.answers)
    return {endpoint: form for endpoint, form in found.items() if endpoint.startswith(("staff.", "security."))}


def posting_endpoints(app: Flask, *, of_staff: bool) -> set[str]:
    rules = [rule for rule in app.url_map.iter_rules() if "POST" in (rule.methods or ())]
    return {rule.endpoint for rule in rules if rule.endpoint.startswith("staff.") == of_staff}


def test_every_form_of_a_visitor_is_found(seeded_app: Flask, public_forms: Forms):
    assert posting_endpoints(seeded_app, of_staff=False) - ONE_BUTTON - set(public_forms) == set()
    assert {name for name, (_page, form) in public_forms.items() if not form.texts} - ONE_BUTTON == CHOICES


def test_the_forms_of_the_staff_are_found(seeded_app: Flask, staff_forms: Forms):
    assert len(set(staff_forms) & posting_endpoints(seeded_app, of_staff=True)) > 30
    assert len([form for _page, form in staff_forms.values() if form.texts]) > 12


def has_own_authority(endpoint: str) -> bool:
    return endpoint.startswith("subscribers.") and endpoint != "subscribers.subscribe" or endpoint == "contact.add"


def faults_of(answer: TestResponse, form: PostingForm, filled: dict[str, str], status: int, words: str) -> list[str]:
    """What is not as it must be in an answer that shows the form again."""
    shown = shown_texts(answer.text, form.action)
    lost = [name for name in form.texts if shown.get(name, "").strip() != filled[name]]
    found = [f"{form.action}: {lost} lost"] if lost else []
    if answer.status_code != status or words not in answer.text:
        found.append(f"{form.action}: {answer.status}, without {words!r}")
    return found


def test_who_keeps_no_cookies_is_told_so_and_loses_nothing(seeded_app: Flask, public_forms: Forms):
    found = []
    for endpoint, (_page, form) in public_forms.items():
        if form.texts and not has_own_authority(endpoint):
            filled = form.filled()
            answer = new_visitor(seeded_app).post(form.action, data=filled, csrf=False)
            found += faults_of(answer, form, filled, 400, NO_COOKIE_TEXT)

    assert found == []


def test_a_token_of_an_earlier_session_loses_nothing(seeded_app: Flask, public_forms: Forms):
    found = []
    for endpoint, (page, form) in public_forms.items():
        if form.texts and not has_own_authority(endpoint):
            visitor, filled = new_visitor(seeded_app), form.filled(csrf_token="van-vorige-week")
            visitor.get(page)
            found += faults_of(visitor.post(form.action, data=filled), form, filled, 400, CSRF_TEXT)

    assert found == []


def test_a_token_of_an_earlier_session_loses_nothing_of_staff(staff_walk: Walk, staff_forms: Forms):
    found = []
    for _page, form in staff_forms.values():
        if form.texts:
            filled = form.filled(csrf_token="van-vorige-week")
            found += faults_of(staff_walk.visitor.post(form.action, data=filled), form, filled, 400, CSRF_TEXT)

    assert found == []


OURS = {"Origin": "http://localhost"}  # as a browser says it of a page of this site
OPEN_TO_READERS = {f"staff.{name}" for name in ("contact.search", "post.search")}
SIGNING_IN = {"staff_session", "audit_entry", "rate_count"}  # what a sign-in writes


def sign_in_from(answer: TestResponse, visitor: Visitor, password: str | None = None) -> TestResponse:
    """Fill the sign-in page in; without a password the right one."""
    (form,) = [each for each in forms_of(answer.text, "/") if "/inloggen/" in each.action]
    login = json.loads((visitor.application.config["DATA_DIR"] / "staff-login").read_text())[0]
    data = {**form.values, "email": login["email"], "password": password or login["password"]}
    signed: TestResponse = visitor.post(form.action, data=data, headers=OURS)
    if signed.status_code != 307:
        return signed
    again: TestResponse = visitor.post(signed.location, data=data, headers=OURS)
    return again


def test_a_session_that_ended_loses_nothing_of_staff(
    seeded_app: Flask, staff_forms: Forms, contents: Callable[[], dict[str, str]]
):
    before, found, walked = contents(), [], 0
    for _page, form in staff_forms.values():
        if form.texts:
            visitor, filled, walked = new_visitor(seeded_app), form.filled(), walked + 1
            asked = visitor.post(form.action, data=filled, csrf=False, headers=OURS)
            if asked.status_code != 403 or ENDINGS[sessions.Ending.UNKNOWN] not in asked.text:
                found.append(f"{form.action}: {asked.status} instead of the sign-in page")
                continue
            answer = sign_in_from(asked, visitor)
            found += faults_of(answer, form, filled, 400, SIGNED_IN_TEXT)

    assert found == []
    assert walked > 20
    after = contents()
    assert [table for table in before if before[table] != after[table] and table not in SIGNING_IN] == []


ENDED: dict[sessions.Ending, dict[str, Any]] = {
    sessions.Ending.IDLE: {"last_seen": clock.now() - timedelta(hours=2)},
    sessions.Ending.TOO_LONG: {"created_at": clock.now() - timedelta(hours=11)},
    sessions.Ending.ENDED: {"ended_at": clock.now()},
}


@pytest.mark.parametrize("ending", ENDED)
def test_the_sign_in_page_says_what_ended_the_session(seeded_app: Flask, ending: sessions.Ending):
    visitor = signed_in(seeded_app, administrator())
    newest = sa.select(sa.func.max(StaffSession.id)).scalar_subquery()
    db.session.execute(sa.update(StaffSession).where(StaffSession.id == newest).values(**ENDED[ending]))

    answer = visitor.post("/beheer/berichten/1/notitie/", data={"note": "Bellen."}, headers=OURS)

    assert (answer.status_code, ENDINGS[ending] in answer.text) == (403, True)


def test_a_wrong_password_loses_nothing(seeded_app: Flask):
    visitor = new_visitor(seeded_app)
    asked = visitor.post("/beheer/berichten/1/notitie/", data={"note": "Morgen bellen."}, csrf=False, headers=OURS)

    refused = sign_in_from(asked, visitor, password="een ander wachtwoord")
    answer = sign_in_from(refused, visitor)

    assert refused.status_code == 422
    assert (answer.status_code, "Morgen bellen." in answer.text) == (400, True)


def test_a_password_does_not_go_along(seeded_app: Flask):
    data = {"name": "Sem de Boer", "password": "een zin die niemand kent", "role": "lezer"}

    answer = new_visitor(seeded_app).post("/beheer/medewerkers/nieuw/", data=data, csrf=False, headers=OURS)

    assert "Sem de Boer" in answer.text
    assert "niemand kent" not in answer.text


@pytest.mark.parametrize("headers", [{}, {"Origin": "https://elders.voorbeeld"}, {"Sec-Fetch-Site": "same-site"}])
def test_another_site_plants_no_text(seeded_app: Flask, headers: dict[str, str]):
    visitor, carried = new_visitor(seeded_app), json.dumps([["note", "Geplant."]])

    answers = [
        visitor.post("/beheer/berichten/1/notitie/", data={"note": "Geplant."}, csrf=False, headers=headers),
        visitor.post("/beheer/inloggen/", data={"kept": carried}, csrf=False, headers=headers),
        signed_in(seeded_app, administrator()).post(
            "/beheer/berichten/1/notitie/", data={"kept": carried}, headers=headers
        ),
        visitor.post("/beheer/bestaat-niet/", data={"note": "Geplant."}, csrf=False, headers=headers),
    ]

    assert [answer.status_code for answer in answers] == [302, 400, 422, 404]
    assert [answer for answer in answers if "Geplant" in answer.text] == []


def test_who_may_no_longer_do_it_or_finds_nothing_there_gets_the_text_back(
    seeded_app: Flask, staff_walk: Walk, staff_forms: Forms
):
    reader = signed_in(seeded_app, member_of("lezer"))
    found = []
    for endpoint, (_page, form) in staff_forms.items():
        if form.texts:
            filled = form.filled()
            gone = re.sub(r"/\d+/", "/999999/", form.action)
            answers = (
                [] if endpoint in OPEN_TO_READERS else [(reader.post(form.action, data=filled, headers=OURS), 403)]
            )
            if gone != form.action:
                answers.append((staff_walk.visitor.post(gone, data=filled, headers=OURS), 404))
            for answer, status in answers:
                shown = html.unescape(answer.text)
                lost = [name for name in form.texts if filled[name] not in shown]
                if lost or answer.status_code != status:
                    found.append(f"{form.action}: {answer.status} instead of {status}, {lost} lost")

    assert found == []


def member_of(role: str) -> StaffMember:
    return db.session.scalars(sa.select(StaffMember).where(StaffMember.roles.any(name=role))).first()


def test_a_filled_trap_loses_nothing(seeded_app: Flask, public_forms: Forms, staff_walk: Walk, staff_forms: Forms):
    found = []
    for forms, visitor in ((public_forms, new_visitor(seeded_app)), (staff_forms, staff_walk.visitor)):
        for _page, form in forms.values():
            if form.has_trap:
                filled = form.filled(website="https://x.voorbeeld", csrf_token=visitor.csrf_token())
                answer = visitor.post(form.action, data=filled)
                found += faults_of(answer, form, filled, 422, TRAP_TEXT)
                if "https://x.voorbeeld" in answer.text:
                    found.append(f"{form.action}: the trap is still filled")

    assert found == []


def in_parts(fields: dict[str, str]) -> bytes:
    parts = [
        f'--grens\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{text}\r\n' for name, text in fields.items()
    ]
    return "".join([*parts, "--grens--\r\n"]).encode()


MULTIPART, IN_ADDRESS = "multipart/form-data; boundary=grens", "application/x-www-form-urlencoded"
TOO_MANY_FIELDS, TOO_LONG = {f"veld-{number}": "x" for number in range(701)}, {"x": "a" * 1_100_000}
STOPPED = {
    "fields": ({"data": urlencode(TOO_MANY_FIELDS), "content_type": IN_ADDRESS}, "meer dan 700 velden"),
    "fields in parts": ({"data": in_parts(TOO_MANY_FIELDS), "content_type": MULTIPART}, "meer dan 700 velden"),
    "text": ({"data": urlencode(TOO_LONG), "content_type": IN_ADDRESS}, "Uw tekst is te lang"),
    "text in parts": ({"data": in_parts(TOO_LONG), "content_type": MULTIPART}, "Uw tekst is te lang"),
    "size": (
        {"data": b"--grens", "environ_overrides": {"CONTENT_TYPE": MULTIPART, "CONTENT_LENGTH": "60000000"}},
        "samen hoogstens 55 MB",
    ),
}


@pytest.mark.parametrize(("request_of", "words"), STOPPED.values(), ids=STOPPED)
def test_what_is_too_much_says_of_what(
    seeded_app: Flask, public_forms: Forms, staff_walk: Walk, staff_forms: Forms, request_of, words: str
):
    found = []
    for forms, visitor in ((public_forms, new_visitor(seeded_app)), (staff_forms, staff_walk.visitor)):
        for endpoint, (_page, form) in forms.items():
            if endpoint not in ONE_BUTTON:
                answer = visitor.post(form.action, csrf=False, **request_of)
                if answer.status_code != 413 or words not in answer.text:
                    found.append(f"{form.action}: {answer.status}")

    assert found == []


def test_a_browser_may_keep_what_was_typed_in_a_public_form(seeded_app: Flask, public_forms: Forms):
    pages = {page for endpoint, (page, _form) in public_forms.items() if not has_own_authority(endpoint)}
    pages -= {page for page in pages if page.startswith("/beheer/")}

    assert len(pages) >= 3
    assert {new_visitor(seeded_app).get(page).headers["Cache-Control"] for page in pages} == {"private, no-cache"}


def test_a_form_that_was_cut_off_is_not_called_too_old(seeded_app: Flask):
    answer = new_visitor(seeded_app).post(
        "/contact/", data=b"--grens\r\nContent-Dispo", csrf=False, content_type=MULTIPART
    )

    assert answer.status_code == 400
    assert CSRF_TEXT not in answer.text
    assert "Er ging iets mis met wat uw browser stuurde" in answer.text
