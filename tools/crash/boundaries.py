"""Where a worker passes from one state of a delivery to the next, seen from its SQL, and how it dies there.

Nothing here knows a function of the mailer: a step is known by what its statement sets.
"""

import os
import re
import signal
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

UPDATE = re.compile(r"\s*UPDATE delivery SET (.*?)\s(?:WHERE|FROM)\s", re.DOTALL)
STATE = re.compile(r"\bstate\s*=\s*(?:'(?P<written>\w+)'|%\((?P<name>\w+)\)s|(?P<place>\?))")


class Step(StrEnum):
    """What a worker does with deliveries, each in one transaction of its own or with others."""

    CLAIM = "claim"
    MARK = "mark"
    RECORD = "record"
    RENEW = "renew"
    GIVE_BACK = "give back"
    REAP = "reap"


class Side(StrEnum):
    """Of the commit."""

    BEFORE = "before"
    AFTER = "after"


@dataclass(frozen=True)
class Boundary:
    """Where to die: at the n-th commit of a step, right before or right after it."""

    step: Step
    side: Side
    passing: int = 1

    def __str__(self) -> str:
        return f"{self.side} the commit of {self.step} {self.passing}"


STEP_TO = {"leased": Step.CLAIM, "sending": Step.MARK, "queued": Step.GIVE_BACK}


def step_of(sql: str, parameters: Any) -> Step | None:
    """Which step a statement belongs to, if it changes a delivery."""
    update = UPDATE.match(sql)
    if not update:
        return None
    state = _new_state(update[1], parameters)
    if state is None:
        return Step.RENEW
    if state in {"deferred", "uncertain"} and "relay_code" not in update[1]:
        return Step.REAP
    return STEP_TO.get(state, Step.RECORD)


def watch(engine: sa.Engine, boundary: Boundary) -> None:
    """End this process with SIGKILL where the boundary is."""
    seen: dict[Any, set[Step]] = {}
    passed: Counter[Step] = Counter()
    commit = engine.dialect.do_commit

    def note(connection: sa.Connection, _cursor: Any, sql: str, parameters: Any, *_rest: Any) -> None:
        step = step_of(sql, parameters)
        if step:
            seen.setdefault(connection.connection.dbapi_connection, set()).add(step)

    def forget(connection: sa.Connection) -> None:
        seen.pop(connection.connection.dbapi_connection, None)

    def dying_commit(dbapi_connection: Any) -> None:
        steps = seen.pop(getattr(dbapi_connection, "dbapi_connection", dbapi_connection), set())
        passed.update(steps)
        is_here = boundary.step in steps and passed[boundary.step] == boundary.passing
        if is_here and boundary.side is Side.BEFORE:
            die()
        commit(dbapi_connection)
        if is_here:
            die()

    sa.event.listen(engine, "after_cursor_execute", note)
    sa.event.listen(engine, "rollback", forget)
    engine.dialect.do_commit = dying_commit  # type: ignore[method-assign]


def die() -> None:
    """At once: nothing is cleaned up, and nobody is told."""
    os.kill(os.getpid(), signal.SIGKILL)


def _new_state(assignments: str, parameters: Any) -> str | None:
    found = STATE.search(assignments)
    if not found:
        return None
    if found["written"]:
        return found["written"]
    first = parameters[0] if isinstance(parameters, list) else parameters  # of many rows the first tells
    if found["name"]:
        return str(first[found["name"]])
    return str(first[assignments[: found.start()].count("?")])
