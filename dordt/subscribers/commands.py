"""`flask --app wsgi newsletter import-subscribers FILE.csv`."""

from pathlib import Path

import click
from flask.cli import with_appcontext

from dordt.shared import clock
from dordt.shared.reading import rows
from dordt.subscribers.imports.files import ImportFileRefused, read_sheet
from dordt.subscribers.imports.rows import columns_by_name
from dordt.subscribers.imports.services import import_now
from dordt.subscribers.models import ImportRefusal, SubscriberImport


@click.command("import-subscribers")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@with_appcontext
def import_subscribers_command(file: Path) -> None:
    """Take over subscribers from FILE, a CSV in UTF-8.

    Columns: email, neighbourhoods, topics, consent_at, consent_source; several slugs in a cell are separated by `;`.
    Rows that are in order are stored, the others are named with their line and the reason, in Dutch as on the screen
    where it can be undone within 24 hours.
    """
    content = file.read_bytes().decode("utf-8-sig", errors="replace").encode()
    try:
        sheet = read_sheet(content)
        found = import_now(sheet, content, file.name[:200], columns_by_name(sheet.headings), now=clock.now)
    except ImportFileRefused as problem:
        raise click.ClickException(f"{file}: {problem}") from problem
    _report(file, found)


def _report(file: Path, found: SubscriberImport) -> None:
    for refusal in rows(ImportRefusal.of(found.id)):
        click.echo(f"{file}, line {refusal.line}: {refusal.reason}", err=True)
    click.echo(
        f"{found.added_count} added, {found.known_count} known already, "
        f"{found.unsubscribed_count} unsubscribed before and left alone, {found.refused_count} refused."
    )
    if found.finished_at is None or found.problem:
        raise click.ClickException(f"{file}: not finished; how far it is stands at /beheer/abonnees/importeren/")
