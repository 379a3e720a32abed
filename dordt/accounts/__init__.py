"""Members of staff, their roles, and their sign-in sessions."""

from flask import Flask

from dordt.accounts import commands, sign_in, views


def init_app(app: Flask) -> None:
    """Sign-in by Flask-Security with our own models and pages, and the `staff` commands."""
    sign_in.init_app(app)
    app.register_blueprint(views.bp)
    app.cli.add_command(commands.staff_cli)
