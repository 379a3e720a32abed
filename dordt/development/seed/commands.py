"""`flask --app wsgi seed`."""

import click
from flask import Flask, current_app
from flask.cli import with_appcontext

from dordt.development.seed import content, residents
from dordt.shared import clock


def init_app(app: Flask) -> None:
    app.cli.add_command(seed_command)


@click.command("seed")
@with_appcontext
def seed_command() -> None:
    """Fill an empty database: with demo content, in production with the wijken and themes alone."""
    if current_app.config["ENVIRONMENT"] == "production":
        _add_places_only()
        return
    if not content.is_empty():
        click.echo("The database holds something already; nothing was added.")
        return
    at = clock.now()
    content.add_places()
    content.add_staff(at=at)
    content.import_articles(at=at)
    content.add_workgroups(at=at)
    residents.add_subscribers(at=at)
    residents.add_memberships(at=at)
    residents.add_messages(at=at)
    content.write_newsletters(at=at)
    residents.settle_mail(at=at)
    residents.leave_after_newsletter(at=at)
    content.add_lists(at=at)
    click.echo("The database holds demo content now; the staff logins stand in the file staff-login of the data dir.")


def _add_places_only() -> None:
    """What no form adds yet; nobody made up may stand between real residents."""
    if content.has_places():
        click.echo("The database holds wijken or themes already; nothing was added.")
        return
    content.add_places()
    click.echo("The database holds the wijken and themes now.")
