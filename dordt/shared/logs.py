"""What stands in the log of the application: rules instead of addresses, and no values (BIO2 8.15.02)."""

import logging
import traceback
from collections.abc import Iterator
from types import TracebackType
from typing import Any

from flask import Flask, request
from flask.logging import default_handler


class DiscreetFormatter(logging.Formatter):
    """Tells where something broke, and of which kind it was, but not its text: that often holds what somebody typed.

    PostgreSQL, for one, writes the address in full that it already knows.
    """

    def formatException(self, ei: Any) -> str:  # noqa: N802  (the name that logging calls)
        """The lines of code that led to each problem of the chain, the first cause first."""
        return "".join(part for problem in _chain(ei[1]) for part in _told(problem)).rstrip()


def init_app(app: Flask) -> None:
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


def _told(problem: BaseException) -> Iterator[str]:
    yield from traceback.format_tb(problem.__traceback__)
    yield f"{type(problem).__module__}.{type(problem).__qualname__}\n"
