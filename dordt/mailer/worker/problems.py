"""What operators read when the worker has problems: one line each, and no flood while the database is away."""

import logging
import time

from sqlalchemy.exc import OperationalError

OURS = "SQLITE_ERROR"  # a table or column that is missing: no outage, but an error of ours or a forgotten migration
QUIET = 60  # seconds in which the same line is not written again
_written_at: dict[str, float] = {}
logger = logging.getLogger(__name__)


def log_problem(component: str, consequence: str, problem: BaseException) -> None:
    """A line for a database that is away; for anything else, each time, also the way through the code."""
    if isinstance(problem, OperationalError) and (cause := _cause(problem)) != OURS:
        _once("%s: database unavailable (%s), %s", component, cause, consequence)
    else:
        logger.error("%s crashed, %s", component, consequence, exc_info=problem)


class QueueLog(logging.Handler):
    """What Huey logs, without its tracebacks: it asks the queue each second, and writes 30 lines when it cannot."""

    def emit(self, record: logging.LogRecord) -> None:
        """Its own words are fixed; those of the problem may hold values."""
        if record.levelno >= logging.WARNING:
            kind = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else record.levelname
            said = record.getMessage().rstrip(".")
            _once("Queue: %s (%s), mail leaves up to %s s later", said[:1].lower() + said[1:], kind, 5)


def take_over_log_of_queue() -> None:
    """Let Huey log here, and nowhere else."""
    log = logging.getLogger("huey")
    log.handlers, log.propagate = [QueueLog()], False


def _cause(problem: OperationalError) -> str:
    """The code of the database, not its text, which may hold values: SQLITE_BUSY, 57P01."""
    named = (getattr(problem.orig, name, None) for name in ("sqlite_errorname", "sqlstate"))
    return next((str(name) for name in named if name), "no connection")


def _once(line: str, *values: object) -> None:
    text, now = line % values, time.monotonic()
    if now - _written_at.get(text, -QUIET) >= QUIET:
        _written_at[text] = now
        logger.error(line, *values)
