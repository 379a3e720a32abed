"""Who comes in at /beheer/: nobody without a session, nobody without the right. New pages are covered by themselves."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from werkzeug.routing import Rule

from dordt.accounts.rights import ROLE_RIGHTS, Right
from tests.support.seeded import administrator
from tests.support.visitors import Visitor, new_visitor, signed_in

OPEN_TO_ALL = {"security.login"}


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
def app(sqlite_house: Any) -> Iterator[Flask]:
    """Who may come in does not depend on the database engine."""
    with sqlite_house.app.app_context():
        yield sqlite_house.app
    sqlite_house.tidy()


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


def test_every_staff_page_says_which_right_it_asks(app: Flask):
    unsaid = [
        rule.rule
        for rule in staff_rules(app)
        if rule.endpoint.startswith("staff.") and not isinstance(right_of(app, rule), Right)
    ]

    assert unsaid == []


@pytest.mark.parametrize("role", ROLE_RIGHTS)
def test_a_member_without_the_right_is_refused(app: Flask, staff_client: Any, role: str):
    client = staff_client(role)

    let_in = []
    for rule, method in requests_to(app):
        right = right_of(app, rule)
        if right is None or right in ROLE_RIGHTS[role]:
            continue
        answer = client.open(path_of(rule), method=method)
        if answer.status_code != 403:
            let_in.append(f"{method} {rule.rule}: {answer.status_code}, asks {right}")

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


def right_of(app: Flask, rule: Rule) -> Right | None:
    return getattr(app.view_functions[rule.endpoint], "required_right", None)
