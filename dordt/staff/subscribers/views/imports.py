"""Bringing a list in: choose the file, look at it, start, follow, and undo."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate, islice

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from dordt.newsletters.sending import audience
from dordt.shared import clock
from dordt.shared.formats import dutch_number
from dordt.shared.forms import require_csrf
from dordt.shared.reading import count, page, rows
from dordt.shared.tables import table_download
from dordt.staff.access import member
from dordt.staff.subscribers import IMPORT, bp, numbered_import
from dordt.staff.subscribers.forms import ColumnsForm, UploadForm
from dordt.subscribers.fields import FIELDS
from dordt.subscribers.imports import services
from dordt.subscribers.imports.files import ENCODING_LABELS, SEPARATOR_LABELS, ImportFileRefused, Sheet, read_sheet
from dordt.subscribers.labels import IMPORT_LABELS
from dordt.subscribers.models import ImportRefusal, ImportState, Subscriber, SubscriberImport
from dordt.subscribers.services import import_undo

BAR = 1000  # how wide the whole bar is, in its own units
# The colour of a state, by one that components/status.html knows.
COLOURS = {
    ImportState.UPLOADED: "new",
    ImportState.QUEUED: "waiting",
    ImportState.RUNNING: "in_progress",
    ImportState.DONE: "confirmed",
    ImportState.FAILED: "failed",
}
SHOWN = 10  # rows of a file
REFUSALS_PER_PAGE = 100


@bp.route("/importeren/", methods=["GET", "POST"])
def imports() -> ResponseReturnValue:
    """The files that were brought in, and choosing a new one."""
    form = UploadForm()
    if form.validate_on_submit():
        try:
            file = form.file.data
            number = services.keep_file(file.filename, file.read(), by=member(), at=clock.now())
            return redirect(url_for(".show_import", import_id=number), code=303)
        except ImportFileRefused as refused:
            form.file.errors = [str(refused)]
    found = page(SubscriberImport.newest_first(), request.args.get("pagina"))
    return render_template(
        "staff/subscribers/imports.html", form=form, page=found, labels=IMPORT_LABELS, colours=COLOURS
    ), form.status


@bp.get(f"/importeren/{IMPORT}/")
def show_import(import_id: int) -> ResponseReturnValue:
    """One file: its first rows before it is started, how far it is after that. progress.js asks for it too."""
    found = numbered_import(import_id)
    if found.state == ImportState.UPLOADED:
        sheet = read_sheet(found.content or b"")
        return _columns_page(found, sheet, ColumnsForm(sheet.headings, sheet.guessed(), at=clock.now()))
    at = clock.now()
    is_over = found.state in {ImportState.DONE, ImportState.FAILED}
    return render_template(
        "staff/subscribers/import.html",
        found=found,
        labels=IMPORT_LABELS,
        colours=COLOURS,
        outcomes=outcomes_of(found),
        summary=summary(found),
        suppressed=count(audience.suppressed(Subscriber.brought_by(import_id))) if is_over else 0,
        undo_problem=import_undo.undo_problem(found, at=at) if is_over else None,
        undo_until=(found.finished_at or at) + import_undo.WITHIN,
    )


@bp.post(f"/importeren/{IMPORT}/")
def start_import(import_id: int) -> ResponseReturnValue:
    """Which column is what is chosen: the worker may begin. Who clicks twice starts it once."""
    found = numbered_import(import_id)
    if found.state == ImportState.UPLOADED:
        sheet = read_sheet(found.content or b"")
        form = ColumnsForm(sheet.headings, sheet.guessed(), at=clock.now())
        if not form.validate_on_submit():
            return _columns_page(found, sheet, form)
        services.start_import(import_id, form.choice(), by=member(), at=clock.now())
    else:
        require_csrf()
    return redirect(url_for(".show_import", import_id=import_id), code=303)


@bp.post(f"/importeren/{IMPORT}/intrekken/")
def withdraw_import(import_id: int) -> ResponseReturnValue:
    require_csrf()
    services.withdraw_file(numbered_import(import_id).id, by=member(), at=clock.now())
    flash("Het bestand is gewist. Er is niemand toegevoegd.", "ok")
    return redirect(url_for(".imports"), code=303)


@bp.post(f"/importeren/{IMPORT}/ongedaan-maken/")
def undo_import(import_id: int) -> ResponseReturnValue:
    """Take off the list again whom this file brought."""
    require_csrf()
    import_undo.undo_import(numbered_import(import_id).id, by=member(), at=clock.now())
    flash("De import is ongedaan gemaakt.", "ok")
    return redirect(url_for(".show_import", import_id=import_id), code=303)


@bp.get(f"/importeren/{IMPORT}/geweigerd/")
def refusals(import_id: int) -> ResponseReturnValue:
    """The rows that were refused, each with its reason."""
    found = page(ImportRefusal.of(import_id), request.args.get("pagina"), per_page=REFUSALS_PER_PAGE)
    return render_template("staff/subscribers/refusals.html", found=numbered_import(import_id), page=found)


@bp.get(f"/importeren/{IMPORT}/geweigerd.csv")
def refusals_file(import_id: int) -> ResponseReturnValue:
    """As a file; no personal data stands in it, only lines and reasons."""
    number = numbered_import(import_id).id
    lines = [(each.line, each.reason) for each in rows(ImportRefusal.of(number))]
    return table_download(["regel", "reden"], lines, kind="csv", name=f"geweigerd-{number}")


def _columns_page(found: SubscriberImport, sheet: Sheet, form: ColumnsForm) -> ResponseReturnValue:
    template = render_template(
        "staff/subscribers/columns.html",
        found=found,
        form=form,
        fields=FIELDS,
        sheet=sheet,
        records=list(islice(sheet.records(), SHOWN)),
        encoding=ENCODING_LABELS[sheet.encoding],
        separator=SEPARATOR_LABELS[sheet.separator],
        kept_until=found.created_at + services.KEPT_FOR,
    )
    return template, form.status


@dataclass(frozen=True)
class OutcomeCount:
    """How many rows came to the same; `part` is the colour in the bar, `start` and `width` its place there."""

    label: str
    count: int
    part: str
    start: int = 0
    width: int = 0


def outcomes_of(found: SubscriberImport) -> list[OutcomeCount]:
    outcomes = [
        OutcomeCount("Toegevoegd", found.added_count, "good"),
        OutcomeCount("Stond al op de lijst", found.known_count, "later"),
        OutcomeCount("Eerder afgemeld, niet teruggezet", found.unsubscribed_count, "quiet"),
        OutcomeCount("Geweigerd", found.refused_count, "bad"),
    ]
    ends = list(accumulate(outcome.count * BAR // max(found.row_count, 1) for outcome in outcomes))
    return list(_placed(outcomes, ends))


def summary(found: SubscriberImport) -> str:
    """For who listens instead of looks."""
    if found.state not in {ImportState.QUEUED, ImportState.RUNNING}:
        return f"{IMPORT_LABELS[found.state]}. {_rows(found.done_count)} verwerkt."
    return f"{dutch_number(found.done_count)} van de {_rows(found.row_count)} verwerkt."


def _rows(count: int) -> str:
    return f"{dutch_number(count)} {'regel' if count == 1 else 'regels'}"


def _placed(outcomes: list[OutcomeCount], ends: list[int]) -> Iterator[OutcomeCount]:
    for outcome, start, end in zip(outcomes, [0, *ends], ends, strict=False):
        yield OutcomeCount(outcome.label, outcome.count, outcome.part, start, end - start)
