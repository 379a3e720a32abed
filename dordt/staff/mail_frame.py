"""Mail HTML as staff see it: a document of its own, in a frame, with a policy of its own."""

from flask import Response, make_response

from dordt.shared.links import without_tokens
from dordt.shared.requests import CONTENT_SECURITY_POLICY

# For the page that holds the frame.
PAGE_POLICY = f"{CONTENT_SECURITY_POLICY}; frame-src 'self'"
# For the document in it: no script, nothing from elsewhere, links open a new window.
FRAME_POLICY = (
    "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'; "
    "sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox"
)


def framed(html: str) -> Response:
    """The answer that holds the HTML part of a mail, without tokens; links in it open a new window."""
    response = make_response(without_tokens(html).replace("<head>", '<head><base target="_blank">', 1))
    response.headers["Content-Security-Policy"] = FRAME_POLICY
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response
