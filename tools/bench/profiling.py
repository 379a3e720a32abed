"""Where the time of one worker goes. cProfile makes every call slower: read shares, not seconds."""

import json
from typing import Any

from tools.bench.installations import Database
from tools.bench.processes import python
from tools.bench.sinks import Sink

TOP = 25
Rows = list[dict[str, Any]]


def measure(database: Database, sink: Sink, *, messages: int, connections: int, **settings: str) -> Rows:
    """Each function with its share of the time, of its own and with all that it called; the largest own share first."""
    relay = {"MAIL_SERVER": "127.0.0.1", "MAIL_PORT": str(sink.port), "MAIL_CONNECTIONS": str(connections)}
    with database.installation(messages) as installation:
        installation.freeze()
        rows: Rows = json.loads(python("-m", "tools.bench.profiled", env=installation.environment(**relay, **settings)))
    return rows


def table(rows: Rows) -> str:
    """The largest ones."""
    lines = [f"{row['own']:5.1%} {row['all']:6.1%} {row['calls']:9,}  {row['where'][:100]}" for row in rows[:TOP]]
    return "\n".join(["  own    all     calls  function", *lines])
