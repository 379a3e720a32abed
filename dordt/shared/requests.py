"""How requests are read, and those that no page can answer."""

from typing import IO, Any
from urllib.parse import parse_qsl

from flask import Flask, Request, abort, current_app, request
from werkzeug.formparser import FormDataParser


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


class DordtRequest(Request):
    """A request whose form is read strictly."""

    form_data_parser_class = StrictFormParser


def init_app(app: Flask) -> None:
    """Refuse NUL in addresses before a database sees it: PostgreSQL cannot hold it."""
    app.request_class = DordtRequest
    app.before_request(_refuse_nul)


def _refuse_nul() -> None:
    if "\x00" in request.path:
        abort(404)
    if any("\x00" in text for pair in request.args.items(multi=True) for text in pair):
        abort(400)
