"""How requests are read, those that no page can answer, and the headers that every answer carries."""

import re
from typing import IO, Any
from urllib.parse import parse_qsl

from flask import Flask, Request, Response, abort, current_app, request
from flask.globals import request_ctx
from werkzeug.formparser import FormDataParser
from werkzeug.routing import IntegerConverter, Map

from dordt.shared.columns import LARGEST_INTEGER

HOST = re.compile(
    r"[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63})*(?::\d{1,5})?|\[[0-9a-f:.]{2,45}\](?::\d{1,5})?", re.IGNORECASE
)
UNKNOWN_HOST = "localhost"
RULE = "dordt.rule"  # in the WSGI environment, for the access log of a web server: see deploy/gunicorn.conf.py
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


class StrictFormParser(FormDataParser):
    """Marks bytes that are no UTF-8 with U+FFFD, which forms refuse; Werkzeug would let them pass as '%FF'."""

    def _parse_urlencoded(
        self, stream: IO[bytes], mimetype: str, content_length: int | None, options: dict[str, str]
    ) -> Any:
        limit = current_app.config["MAX_FORM_MEMORY_SIZE"]
        body = stream.read(limit + 1)
        if len(body) > limit:
            abort(413)
        pairs = parse_qsl(
            body.decode(errors="replace"),
            keep_blank_values=True,
            errors="replace",
            max_num_fields=current_app.config["MAX_FORM_PARTS"],
        )
        return stream, self.cls(pairs), self.cls()


class ColumnInteger(IntegerConverter):
    """`<int:…>` in a URL rule: a number that a column can be asked for; a larger one is a page that does not exist."""

    def __init__(self, map: Map, max: int = LARGEST_INTEGER, **options: Any) -> None:  # noqa: A002  (Werkzeug's names)
        super().__init__(map, max=max, **options)


class DordtRequest(Request):
    """A request whose form is read strictly."""

    form_data_parser_class = StrictFormParser

    def __init__(self, environ: dict[str, Any], *args: Any, **options: Any) -> None:
        """No answer depends on the host that the visitor names, so one that is no host is not even an error."""
        if not HOST.fullmatch(environ.get("HTTP_HOST", UNKNOWN_HOST)):
            environ["HTTP_HOST"] = UNKNOWN_HOST
        super().__init__(environ, *args, **options)


def init_app(app: Flask) -> None:
    """Refuse NUL in addresses before PostgreSQL sees it, which cannot hold it; send nobody to another host."""
    app.request_class = DordtRequest
    app.url_map.converters["int"] = ColumnInteger
    app.before_request(_name_rule)
    app.before_request(_refuse_nul)
    app.after_request(_add_headers)  # registered first, so that it runs last
    app.after_request(_stay_on_this_host)


def whole_number(text: str | None) -> int | None:
    """The number that a form field or a query argument holds; None for anything but digits that a column can store."""
    given = text or ""
    is_number = given.isascii() and given.isdigit() and len(given) <= len(str(LARGEST_INTEGER))
    return int(given) if is_number and int(given) <= LARGEST_INTEGER else None


def _name_rule() -> None:
    request.environ[RULE] = str(request.url_rule or "-")


def _refuse_nul() -> None:
    if "\x00" in request.path:
        abort(404)
    if any("\x00" in text for pair in request.args.items(multi=True) for text in pair):
        abort(400)


def _stay_on_this_host(response: Response) -> Response:
    """Werkzeug puts the host and scheme of the request in front when it adds a slash to an address; a visitor, or a
    proxy that forgot to say that it speaks HTTPS, can name any."""
    if response.location and response.location.startswith(request.host_url):
        response.location = f"/{response.location.removeprefix(request.host_url).lstrip('/')}"
    return response


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
