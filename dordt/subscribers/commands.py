"""`flask --app wsgi newsletter import-subscribers FILE.csv`."""

from pathlib import Path

import click
from flask.cli import with_appcontext

from dordt.shared import clock
from dordt.subscribers.import_rows import FileRefused
from dordt.subscribers.importing import import_subscribers


@click.command("import-subscribers")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@with_appcontext
def import_subscribers_command(file: Path) -> None:
    """Take over subscribers from FILE, a CSV in UTF-8.

    Columns: email, neighbourhoods, topics, consent_at, consent_source; several slugs in a cell are parted by `;`.
    Rows that are in order are stored, the others are named with their line and the reason.
    """
    try:
        with file.open(encoding="utf-8-sig", errors="replace", newline="") as lines:
            outcome = import_subscribers(lines, at=clock.now())
    except FileRefused as problem:
        raise click.ClickException(f"{file}: {problem}") from problem
    for line, reason in outcome.refused:
        click.echo(f"{file}, line {line}: {reason}", err=True)
    click.echo(
        f"{outcome.added} added, {outcome.known} known already, "
        f"{outcome.unsubscribed} unsubscribed before and left alone, {len(outcome.refused)} refused."
    )
