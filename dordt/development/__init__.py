"""What helps while building: the mail catcher, its mailbox, demo content. Absent in production."""

from flask import Flask

from dordt.development import mailbox


def init_app(app: Flask) -> None:
    """Add the mailbox page."""
    app.register_blueprint(mailbox.bp)
