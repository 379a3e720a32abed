"""The headers of every answer: security, and what may be kept by whom."""

from flask import Flask, Response, current_app, request
from flask.globals import request_ctx

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
)
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # internet.nl rates it good; no-referrer would break Referer-based CSRF checks
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
}
PRIVATE_BLUEPRINTS = {"staff", "security", "mailbox"}
# Kept by browser and proxy, asked for again each time: who publishes sees it at once, who has it gets a 304.
PUBLIC = "public, max-age=0, must-revalidate"


def init_app(app: Flask) -> None:
    """Add the headers to every answer of this application."""
    app.after_request(_add_headers)


def _add_headers(response: Response) -> Response:
    for name, value in ALWAYS.items():
        response.headers.setdefault(name, value)
    if current_app.config["HSTS"]:
        response.headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    if _holds_token():
        response.headers["X-Robots-Tag"] = "noindex, nofollow"  # where such a link was published all the same
    if _is_private(response):
        response.headers["Cache-Control"] = "no-store"
    elif request.endpoint != "static" and response.status_code == 200 and not response.is_streamed:
        response.headers.setdefault("Cache-Control", PUBLIC)
        response.add_etag()
        response.make_conditional(request)
    return response


def _is_private(response: Response) -> bool:
    """Forms, answers to forms, token pages and staff pages are never kept."""
    rule = request.url_rule
    return (
        request.method not in {"GET", "HEAD"}
        or (response.status_code >= 300 and response.status_code != 304)
        or rule is None
        or _holds_token()
        or (request.blueprint or "").split(".")[0] in PRIVATE_BLUEPRINTS
        or _session_was_used()
    )


def _holds_token() -> bool:
    return request.url_rule is not None and "<token>" in request.url_rule.rule


def _session_was_used() -> bool:
    """Looking through the `session` proxy would itself count as use (Flask 3.1.3)."""
    found = request_ctx._session
    return found is not None and found.accessed
