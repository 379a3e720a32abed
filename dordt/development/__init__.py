"""What helps while building: the mail catcher, its mailbox, demo content; in production the wijken and themes alone."""

from flask import Flask

from dordt.development import mailbox
from dordt.development.seed import commands as seed_commands


def init_app(app: Flask) -> None:
    """Add the mailbox page in development, and the `seed` command."""
    if app.config["ENVIRONMENT"] == "development":
        app.register_blueprint(mailbox.bp)
    seed_commands.init_app(app)
