"""Who comes in at /beheer/: nobody without a session, nobody without the right. New pages are covered by themselves."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from werkzeug.routing import Rule

from dordt.accounts.rights import ROLE_RIGHTS, Right
from dordt.staff import access
from dordt.staff import access as guard
from dordt.staff.drafts import views as drafts
from tests.support.seeded import administrator
from tests.support.visitors import Visitor, new_visitor, signed_in

OPEN_TO_ALL = {"security.login"}
LEAVING = {"security.logout"}  # for every member, whatever they may do


def staff_rules(app: Flask) -> list[Rule]:
    return [
        rule
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/beheer") and rule.endpoint not in OPEN_TO_ALL
    ]


def path_of(rule: Rule) -> str:
    """An address of this rule; the row behind it need not exist."""
    return re.sub(r"<[^>]*>", "1", rule.rule)


def methods_of(rule: Rule) -> list[str]:
    return sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})


def requests_to(app: Flask) -> Iterator[tuple[Rule, str]]:
    for rule in staff_rules(app):
        yield from ((rule, method) for method in methods_of(rule))


@pytest.fixture
def app(sqlite_installation: Any) -> Iterator[Flask]:
    """Who may come in does not depend on the database engine."""
    with sqlite_installation.app.app_context():
        yield sqlite_installation.app
    sqlite_installation.tidy()


def test_there_are_staff_pages_to_guard(app: Flask):
    assert len(staff_rules(app)) > 5


def test_a_visitor_is_sent_to_the_sign_in_page(app: Flask):
    visitor = new_visitor(app)

    let_in = []
    for rule, method in requests_to(app):
        answer = visitor.open(path_of(rule), method=method)
        if answer.status_code != 302 or not answer.location.startswith("/beheer/inloggen/"):
            let_in.append(f"{method} {rule.rule}: {answer.status_code}")

    assert let_in == []


def test_the_table_of_rights_has_every_page_and_no_other(app: Flask):
    access.require_complete(app)
    pages = {rule.endpoint for rule in staff_rules(app)} - {"security.logout"}

    assert pages == {f"staff.{endpoint}" for endpoint in access.RIGHTS}


@pytest.mark.parametrize(
    "entry", [{}, {"log.index": {"GET": Right.READ, "POST": Right.READ}}, {"log.erased": Right.READ}]
)
def test_the_application_does_not_start_with_a_page_that_has_no_rights(app: Flask, monkeypatch, entry: dict[str, Any]):
    monkeypatch.setattr(access, "RIGHTS", {name: right for name, right in access.RIGHTS.items() if name != "log.index"})
    access.RIGHTS.update(entry)

    with pytest.raises(access.AccessUnsettled, match=r"staff\.log\.index"):
        access.require_complete(app)


def test_a_page_under_beheer_outside_the_guard_stops_the_start():
    small = Flask("small")
    small.add_url_rule("/beheer/achterdeur/", endpoint="log.index")

    with pytest.raises(access.AccessUnsettled, match=r" log\.index,"):
        access.require_complete(small)


def test_the_guard_stands_before_every_staff_page(app: Flask):
    assert app.before_request_funcs["staff"] == [guard.require_access, drafts.keep_others]
    assert all(rule.endpoint.startswith("staff.") for rule in staff_rules(app) if rule.endpoint not in LEAVING)


@pytest.mark.parametrize("role", ROLE_RIGHTS)
def test_a_member_without_the_right_is_refused(app: Flask, staff_client: Any, role: str):
    client = staff_client(role)

    let_in = []
    for rule, method in requests_to(app):
        if rule.endpoint in LEAVING:
            continue
        needed = access.needed(rule.endpoint.removeprefix("staff."), method)
        if needed <= ROLE_RIGHTS[role]:
            continue
        answer = client.open(path_of(rule), method=method)
        if answer.status_code != 403:
            let_in.append(f"{method} {rule.rule}: {answer.status_code}, asks {sorted(needed)}")

    assert let_in == []


def test_who_only_leads_groups_stays_out_of_what_other_residents_send(app: Flask, staff_client: Any):
    client = staff_client("coordinator")

    let_in = [
        f"{method} {rule.rule}"
        for rule, method in requests_to(app)
        if rule.endpoint.split(".")[1] in access.CLOSED_TO_COORDINATORS
        and client.open(path_of(rule), method=method).status_code != 403
    ]

    assert let_in == []


def test_no_post_works_without_the_token_of_its_page(seeded_app: Flask, contents: Callable[[], dict[str, str]]):
    client, before = signed_in(seeded_app, administrator()), contents()

    answers = {
        f"{rule.rule}: {status}"
        for rule in seeded_app.url_map.iter_rules()
        if "POST" in (rule.methods or ()) and "<token>" not in rule.rule
        for status in [first_answer(client, rule)]
        if status != 400
    }

    assert answers == set()
    assert contents() == before


def first_answer(client: Visitor, rule: Rule) -> int:
    """What a POST without a token is answered, at the first row of this kind that exists."""
    status = 404
    for number in range(1, 200 if "<int" in rule.rule else 2):
        path = re.sub(r"<int[^>]*>", str(number), rule.rule)
        path = re.sub(r"<slug>", "sterrenburgpark", path)
        status = client.post(path, data={}, csrf=False, check=False).status_code
        if status not in {404, 409}:  # absent, or past changing
            break
    return status
