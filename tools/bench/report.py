"""docs/benchmarks/mail.md: what was wanted and what was measured, in words that need no other page."""

import os
import platform
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from tools.bench import goals, profiling
from tools.bench.goals import best
from tools.bench.mail import Findings
from tools.bench.measured import PER, Measured
from tools.bench.million import SENT, SMALL, Million
from tools.bench.processes import ROOT

PAGE = ROOT / "docs/benchmarks/mail.md"
INTRO = """# How fast mail leaves

`make bench` wrote this page; change nothing here by hand. Everything ran on one machine, one measurement after the
other, over the loopback network. All ways sent a newsletter of two parts (text and HTML) of about the same size to the
same server, `{sink}`, that throws everything away. *Ours* is the whole path as in production: claim, write the message
with its own links, send, and record the answer in the ledger, done by `flask --app wsgi mailer run`. Its messages per
second come from the ledger (first to last moment at which the relay said yes); *by the clock* is what somebody who
looked on saw. CPU is the processor time of the sending processes. When the load is higher than the number of
cores, other work slowed everything down: compare CPU then, not messages per second.
"""


def write(found: Findings) -> Path:
    """Write the page and return where it is."""
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text("\n".join(_page(found)) + "\n")
    return PAGE


def summary(found: Findings) -> str:
    """Wanted and measured, for the terminal."""
    return "\n".join(
        f"  {goal.is_met:3}  {goal.what}: wanted {goal.wanted}, measured {goal.got}" for goal in goals.of(found)
    )


def _page(found: Findings) -> Iterator[str]:
    yield INTRO.format(sink=found.sink)
    yield _table(("", ""), _machine(found))
    yield "\n## What we want and what we have\n"
    yield _table(
        ("what", "wanted", "measured", "met"),
        [(goal.what, goal.wanted, goal.got, goal.is_met) for goal in goals.of(found)],
    )
    yield "\n## Near: the server answers at once\n"
    if not found.source:
        yield "`smtp-source` was missing on this machine, so there is no limit to compare with.\n"
    yield _rows([*found.source, *found.plain, *found.prebuilt, *found.ours], best(found.source), best(found.plain))
    yield f"\n## Far: the server takes {found.plan.delay} ms for each answer\n"
    yield "Commands that arrive together are answered together.\n"
    yield _rows([*found.far_source, *found.far_plain, *found.far_ours], best(found.far_source), best(found.far_plain))
    if found.millions:
        yield from _millions(found.millions)
    yield "\n## Who got what\n"
    yield (
        "In a run of its own, not timed, the server counted. Flask-Mail connects once and does not reconnect: "
        "`MAIL_MAX_EMAILS` was not set.\n"
    )
    yield _table(
        ("way", "messages", "different people", "connections", "octets per message"),
        [
            (one.name, f"{one.messages:,}", f"{one.recipients:,}", one.connections, f"{one.octets:,}")
            for one in found.checked
        ],
    )
    yield "\n## Where the time of a worker goes\n"
    yield "SQLite, 10 connections, under cProfile, which makes many small calls look dearer than they are.\n"
    yield f"```text\n{profiling.table(found.profile)}\n```"


def _machine(found: Findings) -> list[tuple[str, str]]:
    return [
        ("date", f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC"),
        ("cores", str(os.cpu_count())),
        ("system", f"{platform.system()} {platform.release()}, {platform.machine()}"),
        ("Python", sys.version.split()[0]),
        ("message", f"{found.message_size:,} octets as it leaves"),
        ("newsletter", f"to {found.plan.messages:,}; the far ones with few connections to less"),
    ]


def _rows(found: Sequence[Measured], limit: float | None, plain: float | None) -> str:
    names = ("way", "connections", "messages/s", "by the clock", "of smtp-source", "of plain", f"CPU s per {PER:,}")
    return _table((*names, "database CPU", "peak MB", "load"), [_row(one, limit, plain) for one in found])


def _row(one: Measured, limit: float | None, plain: float | None) -> tuple[str, ...]:
    return (
        one.name,
        str(one.connections),
        f"{one.rate:,.0f}",
        f"{one.messages / one.wall:,.0f}",
        f"{one.rate / limit:.2f}" if limit else "–",
        f"{one.rate / plain:.1f}" if plain else "–",
        f"{one.cpu_per:.2f}",
        f"{one.database_cpu / one.messages * PER:.2f}" if one.database_cpu else "–",
        f"{one.memory:.0f}" if one.memory else "–",
        f"{one.load:.1f}",
    )


def _millions(found: Sequence[Million]) -> Iterator[str]:
    yield f"\n## {found[0].people:,} subscribers\n"
    yield (
        f"A worker sent the first {SENT:,} messages, the middle was claimed in chunks of 500 and marked as sent with "
        f"one statement each, and a worker sent the last {SENT:,}.\n"
    )
    yield _table(
        ("", *(one.database for one in found)),
        [
            ("freezing", *(f"{one.freeze:.1f} s" for one in found)),
            ("a claim of 500, first tenth", *(f"{one.first * 1000:.1f} ms" for one in found)),
            ("a claim of 500, last tenth", *(f"{one.last * 1000:.1f} ms" for one in found)),
            ("counting the progress", *(f"{one.counting * 1000:.0f} ms" for one in found)),
            ("messages/s, the first ones", *(f"{one.at_start.rate:,.0f}" for one in found)),
            ("messages/s, the last ones", *(f"{one.at_end.rate:,.0f}" for one in found)),
            (f"peak memory, audience of {SMALL:,}", *(f"{one.small_memory:.0f} MB" for one in found)),
            ("peak memory, this audience, the first ones", *(f"{one.at_start.memory:.0f} MB" for one in found)),
            ("peak memory, this audience, the last ones", *(f"{one.at_end.memory:.0f} MB" for one in found)),
        ],
    )


def _table(names: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    lines = [names, ["---"] * len(names), *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)
