"""What helps while building: the mail catcher, its mailbox, demo content. Absent in production."""

from flask import Flask

from dordt.development import mailbox
from dordt.development.seed import commands as seed_commands


def init_app(app: Flask) -> None:
    """Add the mailbox page and the `seed` command."""
    app.register_blueprint(mailbox.bp)
    seed_commands.init_app(app)
