"""A request that we do not take in says why; what was typed stands there again, or can be gone back to.

Every form that posts is found by walking along the pages of the demo content.
"""

from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urlencode

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.test import TestResponse

from dordt.extensions import db
from dordt.mailer.models import Mail
from dordt.shared.forms import CSRF_TEXT, NO_COOKIE_TEXT, TRAP_TEXT
from dordt.subscribers.models import Subscriber, SubscriberState, Unsubscription
from dordt.subscribers.services import subscribing
from tests.factories.subscribers import preferences_path, unsubscribe_path
from tests.support.posted import LINK
from tests.support.posting_forms import PostingForm, forms_of, shown_texts
from tests.support.seeded import Walk, endpoint_of
from tests.support.visitors import new_visitor

Forms = dict[str, tuple[str, PostingForm]]  # by endpoint: the page that it stands on, and the form
ONE_BUTTON = {
    *("security.logout", "workgroups.confirm_now", "workgroups.leave_now", "subscribers.confirm_now"),
    *("subscribers.resume", "subscribers.new_address_now", "subscribers.unsubscribe_now"),
}
CHOICES = {"subscribers.change_choices", "subscribers.pause"}  # nothing is typed
SEARCHES = {"search", "search_suppressions", "report_deliveries"}  # one word, and the page that it stands on is a list


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
    return forms_on(seeded_app, staff_walk.answers)


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
    for endpoint, (_page, form) in staff_forms.items():
        if form.texts and endpoint.rpartition(".")[2] not in SEARCHES:
            filled = form.filled(csrf_token="van-vorige-week")
            found += faults_of(staff_walk.visitor.post(form.action, data=filled), form, filled, 400, CSRF_TEXT)

    assert found == []


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
