"""What holds for every page there is: each is found by walking along the links of the demo content."""

import pytest
from flask import Flask

from tests.support.seeded import Walk, administrator, endpoint_of
from tests.support.visitors import Visitor, new_visitor, signed_in

HEADERS = {
    "Content-Security-Policy": "default-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": ("same-origin", "cross-origin"),  # pictures stand in mails too
}
FEWEST_PAGES = {"public": 15, "staff": 9}  # a walk that finds less has lost its way


@pytest.fixture(params=FEWEST_PAGES)
def walk(request: pytest.FixtureRequest, seeded_app: Flask) -> Walk:
    """Along the public pages as a visitor, and along /beheer/ as an administrator."""
    found: Walk = request.getfixturevalue(f"{request.param}_walk")
    assert len([endpoint for endpoint, paths in found.per_endpoint.items() if paths]) >= FEWEST_PAGES[request.param]
    return found


def test_every_link_leads_to_a_page_that_answers(walk: Walk):
    broken = {path: answer.status for path, answer in walk.answers.items() if answer.status_code not in {200, 302, 303}}

    assert broken == {}


def test_every_page_has_the_security_headers(walk: Walk):
    bare = [
        f"{path}: {name} is {answer.headers.get(name)!r}"
        for path, answer in walk.answers.items()
        for name, start in HEADERS.items()
        if not (answer.headers.get(name) or "").startswith(start)
    ]

    assert bare == []


def test_no_page_lets_anything_inline_or_from_elsewhere_in(walk: Walk):
    for path, answer in walk.answers.items():
        policy = answer.headers["Content-Security-Policy"]
        is_mail = path.rstrip("/").endswith("html")
        assert "unsafe-eval" not in policy
        assert "http" not in policy
        assert is_mail or "unsafe-inline" not in policy


def test_staff_pages_are_kept_by_nobody(staff_walk: Walk):
    kept = [path for path, answer in staff_walk.answers.items() if answer.headers["Cache-Control"] != "no-store"]

    assert [path for path in kept if path.startswith("/beheer/")] == []


def test_a_public_page_without_a_form_carries_no_cookie_and_can_be_kept(public_walk: Walk):
    for path, answer in public_walk.answers.items():
        if answer.mimetype == "text/html" and 'method="post"' not in answer.text and answer.status_code == 200:
            assert "Set-Cookie" not in answer.headers, path
            assert answer.headers.get("ETag"), path


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_looking_changes_nothing(seeded_app: Flask, walk: Walk, contents, method: str):
    before = contents()
    for path in walk.answers:
        walk.visitor.open(path, method=method, check=False)
    after = contents()

    assert [table for table in before if before[table] != after[table]] == []


def test_a_post_without_the_token_of_the_page_changes_nothing(seeded_app: Flask, walk: Walk, contents):
    let_through = []
    before = contents()
    for path in sorted(posting_addresses(seeded_app, walk)):
        answer = walk.visitor.post(path, data={}, csrf=False)
        if answer.status_code != 400:
            let_through.append(f"{path}: {answer.status}")

    assert let_through == []
    assert contents() == before


def test_a_post_with_a_forged_token_shows_the_form_again(seeded_app: Flask, public_walk: Walk):
    for path in sorted(posting_addresses(seeded_app, public_walk)):
        answer = public_walk.visitor.post(path, data={"csrf_token": "verzonnen", "name": "Anna de Wit"}, csrf=False)
        assert answer.status_code == 400, path
        assert 'method="post"' in answer.text, path


def posting_addresses(app: Flask, walk: Walk) -> set[str]:
    """Where the forms of the walk post to, but for those whose address is the authority."""
    rules = {rule.endpoint: rule.rule for rule in app.url_map.iter_rules() if "POST" in (rule.methods or ())}
    found = {
        path for path in walk.actions if "<token>" not in rules.get(endpoint_of(app, path, "POST") or "", "<token>")
    }
    assert found
    return found


def test_every_page_of_the_staff_is_found_by_the_walk(seeded_app: Flask, staff_walk: Walk):
    """A page that no page links to is one that nobody finds."""
    reading = {
        rule.endpoint
        for rule in seeded_app.url_map.iter_rules()
        if rule.rule.startswith("/beheer/") and "GET" in (rule.methods or ())
    }
    seen = {endpoint for endpoint, paths in staff_walk.per_endpoint.items() if paths}

    elsewhere = {"security.login", "staff.contact.file"}  # no resident of the demo sent a file
    elsewhere |= {"staff.newsletters.reach"}  # a script asks for it

    assert reading - seen - elsewhere == set()


def test_a_signed_in_member_sees_public_pages_as_everybody_does(seeded_app: Flask):
    member: Visitor = signed_in(seeded_app, administrator())

    assert member.get("/nieuws/").headers.get("ETag") == new_visitor(seeded_app).get("/nieuws/").headers.get("ETag")
