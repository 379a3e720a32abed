"""Members of staff, their roles, and their sign-in sessions."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Sign-in by Flask-Security with our own models, and the `staff` commands."""
