"""What helps while building: the mail catcher, its mailbox, demo content; in production the wijken and themes alone."""

from flask import Flask

from dordt.development import mailbox
from dordt.development.seed import commands as seed_commands


def init_app(app: Flask) -> None:
    """Add the `seed` command, and in development the mailbox page: not where a real relay takes the mail."""
    if app.config["ENVIRONMENT"] == "development" and app.config["MAIL_CATCHER_FILE"]:
        app.register_blueprint(mailbox.bp)
    seed_commands.init_app(app)
