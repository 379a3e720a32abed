"""Every problem that the application can raise shows a page of ours, or tells a script the same in a sentence."""

import ast
import re
from collections.abc import Iterator
from importlib import import_module

import pytest
from flask import Flask, Response
from werkzeug.exceptions import HTTPException, default_exceptions

from dordt.errors import PAGES
from dordt.shared.problems import DomainError
from tests.guards.modules import MODULES, ROOT
from tests.support.markup import faults

PATHS = [
    "/contact/",
    "/beheer/berichten/",
    "/beheer/nieuwsbrieven/1/bewaren/",
    "/nieuwsbrief/bevestigen/x/",
    "/zomaar/",
]
WHAT_TO_DO = re.compile(r"\b(Ga|Kies|Gebruik|Log|Maak|Probeer|Typ|Vraag|Wacht|Misschien)\b")


def raised_codes() -> set[int]:
    """What stands in `abort(…)`, anywhere in the application."""
    calls = (node for module in MODULES for node in ast.walk(module.tree) if isinstance(node, ast.Call))
    named = (call for call in calls if isinstance(call.func, ast.Name) and call.func.id == "abort" and call.args)
    return {call.args[0].value for call in named if isinstance(call.args[0], ast.Constant)}  # type: ignore[misc]


def below(kind: type[Exception]) -> Iterator[type[Exception]]:
    for each in kind.__subclasses__():
        yield each
        yield from below(each)


def problems() -> list[Exception]:
    """One of each kind: of Werkzeug those that are an error, and all of ours."""
    for module in MODULES:
        import_module(module.dotted)
    of_ours = {kind for kind in (DomainError, *below(DomainError), *below(HTTPException)) if "dordt" in kind.__module__}
    of_werkzeug = {kind for code, kind in default_exceptions.items() if code >= 400}
    kinds = sorted(of_ours | of_werkzeug, key=str)
    return [kind() if issubclass(kind, HTTPException) else kind.__new__(kind) for kind in kinds]


def answer(app: Flask, problem: Exception, path: str, accept: str) -> Response:
    with app.test_request_context(path, headers={"Accept": accept}):
        return app.make_response(app.handle_user_exception(problem))


def test_each_code_that_we_raise_has_a_page_of_its_own():
    codes = raised_codes()

    assert {400, 403, 404, 422} <= codes
    assert codes - set(PAGES) == set()


@pytest.mark.parametrize("path", PATHS)
def test_each_problem_shows_a_page_that_says_what_to_do(app: Flask, path: str):
    found, seen = [], problems()
    for problem in seen:
        shown = answer(app, problem, path, "text/html,*/*;q=0.8")
        page = shown.get_data(as_text=True)
        wrong = [*faults(page)] if shown.mimetype == "text/html" else [shown.mimetype]
        right = {404, 409, 410} if isinstance(problem, DomainError) else {problem.code}  # type: ignore[attr-defined]
        if shown.status_code not in right:
            wrong.append(shown.status)
        if not WHAT_TO_DO.search(page.partition("<main")[2]):
            wrong.append("says not what to do")
        found += [f"{type(problem).__name__}: {each}" for each in wrong]

    assert len(seen) > 30
    assert found == []


@pytest.mark.parametrize("path", PATHS)
def test_a_script_is_told_the_same_in_short(app: Flask, path: str):
    found = []
    for problem in problems():
        told = answer(app, problem, path, "application/json")
        [[_control, words]] = told.get_json()["problems"]
        if told.status_code < 400 or not 20 < len(words) < 250 or "<" in words or not words.endswith("."):
            found.append(f"{type(problem).__name__}: {told.status}, {words!r}")

    assert found == []


def test_scripts_ask_through_the_one_that_knows_why_it_failed():
    scripts = (ROOT / "dordt" / "frontend" / "js").rglob("*.js")
    ways = re.compile(r"\bfetch\(|XMLHttpRequest|sendBeacon")

    assert [path.name for path in scripts if ways.search(path.read_text())] == ["asking.js"]
