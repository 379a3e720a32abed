"""Wherever a time in Amsterdam is read: one that the clock skips is refused, one that it shows twice is told."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
import yaml
from flask import Flask
from werkzeug.datastructures import MultiDict
from wtforms import Form

from dordt.news.importing import ArticleFile, ImportProblem
from dordt.newsletters.models import NewsletterState
from dordt.shared import clock
from dordt.staff.news.forms import MomentField
from dordt.staff.newsletters.sending.forms import OWN_TIME, PlanForm
from dordt.subscribers.imports.files import read_sheet
from dordt.subscribers.imports.rows import RowCheck, columns_by_name
from tests.factories.newsletters import make_newsletter
from tests.guards.modules import MODULES, ROOT, form_classes

SKIPPED, DOUBLED = "2090-03-26T02:30", "2090-10-29T02:30"  # the last Sundays of March and October
PAST_SKIPPED, PAST_DOUBLED = "2026-03-29T02:30", "2025-10-26T02:30"
Told = tuple[bool, str]  # whether it is refused, and what is said


def article_form(app: Flask, _folder: Path, at: str) -> Told:
    class OneMoment(Form):
        moment = MomentField("Vanaf wanneer?")

    form = OneMoment(MultiDict({"moment": at}))
    is_right = form.validate()
    return not is_right, " ".join([*map(str, form.moment.errors), form.moment.note])


def plan_form(app: Flask, _folder: Path, at: str, *, name: str = "starts") -> Told:
    times = {"starts": at, "latest": "2090-10-29T09:00"} if name == "starts" else {"starts": f"{at[:10]}T01:00"}
    data = {"window": OWN_TIME, "latest": at, **times}
    with app.test_request_context("/", method="POST", data=data):
        form = PlanForm(None, at=clock.now())
        form.validate()
        errors = form[name].errors
        return bool(errors), " ".join([*map(str, errors), *([] if errors else form.notes)])


def latest_of_plan(app: Flask, folder: Path, at: str) -> Told:
    return plan_form(app, folder, at, name="latest")


def plan_command(app: Flask, _folder: Path, at: str) -> Told:
    result = _command(app, "--at", at)
    return result.exit_code != 0, result.output


def latest_of_command(app: Flask, _folder: Path, at: str) -> Told:
    result = _command(app, "--at", f"{at[:10]}T01:00", "--not-after", at)
    return result.exit_code != 0, result.output


def _command(app: Flask, *options: str):
    newsletter = make_newsletter(NewsletterState.APPROVED)
    return app.test_cli_runner().invoke(args=["newsletter", "send", str(newsletter.id), *options])


def article_file(_app: Flask, folder: Path, at: str) -> Told:
    path = folder / "artikel.md"
    path.write_text(f"---\n{yaml.safe_dump({'title': 'Park', 'date': at})}---\nTekst.\n")
    try:
        return False, " ".join(ArticleFile(path, places={}, reserved=set()).notes)
    except ImportProblem as problem:
        return True, str(problem)


def subscriber_row(_app: Flask, _folder: Path, at: str) -> Told:
    given = {SKIPPED: PAST_SKIPPED, DOUBLED: PAST_DOUBLED}[at]
    sheet = read_sheet(f"email;consent_at;consent_source\na@voorbeeld.nl;{given};Balie\n".encode())
    _rows, refused = RowCheck(columns_by_name(sheet.headings), 3, {}, at=clock.now()).sorted(sheet.records())
    page = (ROOT / "templates/staff/subscribers/columns.html").read_text()  # says it before anything is read
    return bool(refused), refused[0].reason if refused else page


READERS: Mapping[str, list[Callable[[Flask, Path, str], Told]]] = {
    "dordt.staff.news.forms": [article_form],
    "dordt.staff.newsletters.sending.forms": [plan_form, latest_of_plan],
    "dordt.newsletters.commands": [plan_command, latest_of_command],
    "dordt.news.importing": [article_file],
    "dordt.subscribers.imports.rows": [subscriber_row],
}
EACH = [reader for readers in READERS.values() for reader in readers]


def test_whatever_reads_a_local_time_is_tried_here():
    found = {module.dotted for module in MODULES if module.imports_from("dordt.shared.local_time")}

    assert found == set(READERS)


def test_no_form_reads_a_moment_past_the_one_place():
    bases = {name: parents for module in MODULES for name, parents in module.classes.items()}
    of_library = {name for name, parents in bases.items() if any("DateTime" in parent for parent in parents)}
    fields = {"DateTimeField", "DateTimeLocalField", "TimeField"}
    used = {module.dotted for module in MODULES if fields & module.imports_from("wtforms")}

    assert form_classes()
    assert of_library == {"dordt.staff.news.forms.MomentField"}
    assert used == {"dordt.staff.news.forms"}


@pytest.mark.parametrize("reader", EACH, ids=lambda reader: reader.__name__)
def test_a_time_that_the_clock_skips_is_refused(app, tmp_path: Path, reader: Callable[[Flask, Path, str], Told]):
    is_refused, told = reader(app, tmp_path, SKIPPED)

    assert is_refused, told
    assert "bestaat dan niet" in told or "the clock is set forward" in told


@pytest.mark.parametrize("reader", EACH, ids=lambda reader: reader.__name__)
def test_a_time_that_comes_twice_is_taken_and_told(app, tmp_path: Path, reader: Callable[[Flask, Path, str], Told]):
    is_refused, told = reader(app, tmp_path, DOUBLED)

    assert not is_refused, told
    assert "twee keer" in told or "comes twice" in told
