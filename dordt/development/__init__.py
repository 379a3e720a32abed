"""What helps while building: the mail catcher, its mailbox, demo content. Absent in production."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Add the mailbox page."""
