"""The log: who changed what, and who read what."""

from collections.abc import Sequence
from typing import Any, TypeVar

import sqlalchemy as sa
from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue
from wtforms import Form

from dordt.accounts.models import StaffMember
from dordt.audit.models import AuditEntry, ReadingEntry
from dordt.shared.reading import page, rows
from dordt.staff.log import labels
from dordt.staff.log.forms import FilterLogForm, FilterReadingsForm, choices

bp = Blueprint("log", __name__, url_prefix="/logboek")
PER_PAGE = 50
Filter = TypeVar("Filter", bound=FilterReadingsForm)


@bp.get("/")
def index() -> ResponseReturnValue:
    """What was changed, by whom and when."""
    people = _people()
    form = _filled(FilterLogForm, people)
    columns = {
        "handeling": AuditEntry.action,
        "onderdeel": AuditEntry.subject_type,
        "medewerker": AuditEntry.actor_id,
    }
    entries = page(_filtered(AuditEntry.latest(), form, columns), request.args.get("pagina"), per_page=PER_PAGE)
    details = {entry.id: labels.details(entry, people) for entry in entries.items}
    return render_template(
        "staff/log/index.html", entries=entries, form=form, chosen=_chosen(form), labels=labels, details=details
    )


@bp.get("/gelezen/")
def readings() -> ResponseReturnValue:
    """Who opened the details of a resident, and when."""
    people = _people()
    form = _filled(FilterReadingsForm, people)
    columns = {"onderdeel": ReadingEntry.subject_type, "medewerker": ReadingEntry.member_id}
    entries = page(_filtered(ReadingEntry.latest(), form, columns), request.args.get("pagina"), per_page=PER_PAGE)
    return render_template(
        "staff/log/readings.html", entries=entries, form=form, chosen=_chosen(form), labels=labels, names=people
    )


def recent(limit: int) -> Sequence[AuditEntry]:
    """What colleagues and residents did last, for the start page; coming and going of staff is left out."""
    return rows(AuditEntry.latest().where(AuditEntry.action.not_like("member.sign%")).limit(limit))


def history(found: StaffMember, limit: int) -> Sequence[AuditEntry]:
    """What happened to one account last."""
    return rows(AuditEntry.about("staff_member", found.id).limit(limit))


def _people() -> dict[str, str]:
    return {str(each.id): each.name for each in rows(StaffMember.listed())}


def _filled(form_type: type[Filter], people: dict[str, str]) -> Filter:
    form = form_type(request.args)
    form.medewerker.choices = choices("Iedereen", people)
    if not form.validate():
        abort(404)
    return form


def _filtered(query: "sa.Select[Any]", form: Form, columns: dict[str, Any]) -> "sa.Select[Any]":
    for name, value in _chosen(form).items():
        query = query.where(columns[name] == (int(value) if name == "medewerker" else value))
    return query


def _chosen(form: Form) -> dict[str, str]:
    """What was chosen, for the addresses of the other pages."""
    return {name: value for name, value in form.data.items() if value}
