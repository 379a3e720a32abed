"""`flask --app wsgi seed`."""

import click
from flask import Flask
from flask.cli import with_appcontext

from dordt.development.seed import basics, post, residents, stories
from dordt.shared import clock


def init_app(app: Flask) -> None:
    """Add the command."""
    app.cli.add_command(seed_command)


@click.command("seed")
@with_appcontext
def seed_command() -> None:
    """Fill an empty database with demo content; one that holds something stays as it is."""
    if not basics.is_empty():
        click.echo("The database holds something already; nothing was added.")
        return
    at = clock.now()
    basics.add_places()
    basics.add_staff(at=at)
    stories.import_articles(at=at)
    stories.add_workgroups(at=at)
    residents.add_subscribers(at=at)
    residents.add_memberships(at=at)
    residents.add_messages(at=at)
    stories.write_newsletters(at=at)
    post.settle(at=at)
    click.echo("The database holds demo content now; the staff logins stand in the file staff-login of the data dir.")
