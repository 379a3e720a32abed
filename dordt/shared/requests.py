"""Requests that no page can answer."""

from flask import Flask, abort, request


def init_app(app: Flask) -> None:
    """Refuse NUL in addresses before a database sees it: PostgreSQL cannot hold it."""
    app.before_request(_refuse_nul)


def _refuse_nul() -> None:
    if "\x00" in request.path:
        abort(404)
    if any("\x00" in text for pair in request.args.items(multi=True) for text in pair):
        abort(400)
