"""Who comes in at /beheer/: nobody without a session, nobody without the right. New pages are covered by themselves."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from werkzeug.routing import Rule

from dordt.accounts.rights import ROLE_RIGHTS, Right
from tests.support.visitors import new_visitor

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


def right_of(app: Flask, rule: Rule) -> Right | None:
    return getattr(app.view_functions[rule.endpoint], "required_right", None)
