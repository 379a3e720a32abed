"""How often somebody may try: the limiter of Flask with its counts in a table that all processes and hosts share."""

from flask import Flask

from dordt.extensions import limiter
from dordt.throttling import storage


def init_app(app: Flask) -> None:
    """Have the limiter count in our table; the scheme is the one that the storage registers for itself."""
    app.config.setdefault("RATELIMIT_STORAGE_URI", f"{storage.TableStorage.STORAGE_SCHEME[0]}://")
    limiter.init_app(app)
