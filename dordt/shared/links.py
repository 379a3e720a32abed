"""Links for mails: always SITE_URL and a path, whatever host the request named."""

from typing import Any

from flask import current_app


def absolute(endpoint: str, **values: Any) -> str:
    """The full address of a page, as a mail must show it; works in a request, a task and a command alike."""
    site = current_app.config["SITE_URL"]
    path = current_app.url_map.bind("localhost").build(endpoint, values)
    return f"{site}{path}"
