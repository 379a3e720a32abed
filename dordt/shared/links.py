"""Links for mails: always SITE_URL and a path, whatever host the request named."""

from typing import Any
from urllib.parse import urljoin, urlsplit

from flask import current_app

from dordt.shared.clean_html import SCHEMES


def absolute(endpoint: str, **values: Any) -> str:
    """The full address of a page, as a mail must show it; works in a request, a task and a command alike."""
    site = current_app.config["SITE_URL"]
    path = current_app.url_map.bind("localhost").build(endpoint, values)
    return f"{site}{path}"


def full_address(written: str, site: str) -> str:
    """What an editor wrote as a full address; '' when it is none that a mail can lead to."""
    try:
        full = urljoin(f"{site}/", written)
    except ValueError:  # such as https://[dordrecht.nl
        return ""
    return full if urlsplit(full).scheme in SCHEMES and not written.startswith("#") else ""
