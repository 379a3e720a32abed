"""For who runs the platform: health and commands."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Add the commands."""
