"""Markdown to clean HTML."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Add the `markdown` filter."""
