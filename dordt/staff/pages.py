"""What several pages of the staff share: a search that the session keeps, and a mail shown in a frame."""

from flask import Response, abort, make_response, request, session

from dordt.shared.forms import require_csrf
from dordt.shared.links import without_tokens
from dordt.shared.requests import CONTENT_SECURITY_POLICY

LONGEST = 200
# For the page that holds the frame.
PAGE_POLICY = f"{CONTENT_SECURITY_POLICY}; frame-src 'self'"
# For the document in it: no script, nothing from elsewhere, links open a new window.
FRAME_POLICY = (
    "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'; "
    "sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox"
)


def keep(section: str) -> None:
    """Keep the words that were posted, or forget them when the button says so.

    Answers 400 without a CSRF token, and 422 to what is no text.
    """
    require_csrf()
    words = "" if "wissen" in request.form else request.form.get("zoek", "")
    if "\x00" in words:  # breaks PostgreSQL
        abort(422)
    session[_key(section)] = words[:LONGEST].strip()


def kept(section: str) -> str:
    return str(session.get(_key(section), ""))


def _key(section: str) -> str:
    return f"search-{section}"


def framed(html: str) -> Response:
    """The answer that holds the HTML part of a mail, without tokens; links in it open a new window."""
    response = make_response(without_tokens(html).replace("<head>", '<head><base target="_blank">', 1))
    response.headers["Content-Security-Policy"] = FRAME_POLICY
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response
