"""`flask --app wsgi newsletter …`."""

from flask import Flask
from flask.cli import AppGroup

from dordt.subscribers.commands import import_subscribers_command

newsletter_cli = AppGroup("newsletter", help="Newsletters and their subscribers.")
newsletter_cli.add_command(import_subscribers_command)


def init_app(app: Flask) -> None:
    """Add the commands."""
    app.cli.add_command(newsletter_cli)
