"""How requests are read and refused, the headers of every answer, and what a problem leaves in the log."""

import logging
import re
import traceback
from collections.abc import Iterator
from types import TracebackType
from typing import IO, Any
from urllib.parse import parse_qsl

from flask import Flask, Request, Response, abort, current_app, g, request
from flask.globals import request_ctx
from flask.logging import default_handler
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import FormDataParser
from werkzeug.routing import IntegerConverter, Map

from dordt.shared.database import LARGEST_INTEGER

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
# The same for one browser alone. With `no-store` it would forget, on the way back, what somebody typed.
FORM = "private, no-cache"


class TextTooLarge(RequestEntityTooLarge):
    """More text in a form than MAX_FORM_MEMORY_SIZE."""


class TooManyFields(RequestEntityTooLarge):
    """More fields in a form than MAX_FORM_PARTS."""


class StrictFormParser(FormDataParser):
    """Marks bytes that are no UTF-8 with U+FFFD, which forms refuse; Werkzeug would let them pass as '%FF'.

    A form that cannot be read is refused for that reason. An empty form in its place would be one without CSRF token.
    """

    def parse(
        self, stream: IO[bytes], mimetype: str, content_length: int | None, options: dict[str, str] | None = None
    ) -> Any:
        self.silent = False
        try:
            return super().parse(stream, mimetype, content_length, options)
        except ValueError:
            abort(400)

    def _parse_multipart(
        self, stream: IO[bytes], mimetype: str, content_length: int | None, options: dict[str, str]
    ) -> Any:
        counted = _PartCounter(stream, options.get("boundary", ""))
        try:
            _read, form, files = super()._parse_multipart(counted, mimetype, content_length, options)  # type: ignore[arg-type]
        except RequestEntityTooLarge as refused:  # the parser does not say of what there was too much
            most = self.max_form_parts
            raise (TooManyFields if most is not None and counted.parts > most else TextTooLarge) from refused
        return stream, form, files

    def _parse_urlencoded(
        self, stream: IO[bytes], mimetype: str, content_length: int | None, options: dict[str, str]
    ) -> Any:
        limit = current_app.config["MAX_FORM_MEMORY_SIZE"]
        body = stream.read(limit + 1)
        if len(body) > limit:
            raise TextTooLarge
        if body.count(b"&") >= current_app.config["MAX_FORM_PARTS"]:
            raise TooManyFields
        pairs = parse_qsl(body.decode(errors="replace"), keep_blank_values=True, errors="replace")
        return stream, self.cls(pairs), self.cls()


class _PartCounter:
    """A stream that counts the parts of a multipart form as they are read, where a boundary is cut in two as well."""

    def __init__(self, stream: IO[bytes], boundary: str) -> None:
        self.parts = 0
        self._stream = stream
        self._start = b"--" + boundary.encode("ascii", "replace")
        self._end = b""

    def read(self, size: int = -1) -> bytes:
        chunk = self._stream.read(size)
        seen = self._end + chunk
        self.parts += seen.count(self._start)
        self._end = seen[max(0, len(seen) - len(self._start) + 1) :]
        return chunk


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


def comes_from_this_site() -> bool:
    """Whether the browser says that a page of ours sent this request; one that says nothing is not believed."""
    fetched_from = request.headers.get("Sec-Fetch-Site")
    if fetched_from:
        return fetched_from == "same-origin"
    sender = request.headers.get("Origin") or request.headers.get("Referer") or ""
    return sender.partition("://")[2].partition("/")[0] == request.host


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
    elif _holds_form(response):
        response.headers["Cache-Control"] = FORM
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
        or (_session_was_used() and not _holds_form(response))
    )


def _holds_form(response: Response) -> bool:
    """An empty form for anybody: it was given a CSRF token, and nothing else of its session."""
    return "csrf_token" in g and request.method == "GET" and response.status_code == 200


def _holds_token() -> bool:
    return request.url_rule is not None and "<token>" in request.url_rule.rule


def _session_was_used() -> bool:
    """Looking through the `session` proxy would itself count as use (Flask 3.1.3)."""
    found = request_ctx._session
    return found is not None and found.accessed


class DiscreetFormatter(logging.Formatter):
    """Tells where something broke, and of which kind it was, but not its text: that often holds what somebody typed.

    PostgreSQL, for one, writes the address in full that it already knows.
    """

    def formatException(self, ei: Any) -> str:  # noqa: N802  (the name that logging calls)
        """The lines of code that led to each problem of the chain, the first cause first."""
        return "".join(part for problem in _chain(ei[1]) for part in _described(problem)).rstrip()


def keep_discreet_log(app: Flask) -> None:
    """Log problems by their rule; with their texts only where nobody but a developer types anything."""
    app.log_exception = lambda exc_info: _note(app, exc_info)  # type: ignore[method-assign]
    is_development = app.config["ENVIRONMENT"] == "development"
    kind = logging.Formatter if is_development else DiscreetFormatter
    default_handler.setFormatter(kind("[%(asctime)s] %(levelname)s in %(module)s: %(message)s"))
    _ = app.logger  # made at its first use, with the handler: a worker handles no request that would make it


def _note(app: Flask, exc_info: "tuple[type, BaseException, TracebackType] | tuple[None, None, None]") -> None:
    """As Flask does it, which would write the path, and so the token of a private page."""
    app.logger.error("Exception at %s [%s]", request.url_rule, request.method, exc_info=exc_info)


def _chain(problem: BaseException | None) -> list[BaseException]:
    found: list[BaseException] = []
    while problem is not None and problem not in found:
        found.append(problem)
        problem = problem.__cause__ or (None if problem.__suppress_context__ else problem.__context__)
    return found[::-1]


def _described(problem: BaseException) -> Iterator[str]:
    yield from traceback.format_tb(problem.__traceback__)
    yield f"{type(problem).__module__}.{type(problem).__qualname__}\n"
