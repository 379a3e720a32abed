"""`make bench`, and its parts on their own: `python -m tools.bench --help` lists them.

MESSAGES=10000 says how many a newsletter goes to, QUICK=1 measures little in a minute and writes nothing down,
MILLION=0 leaves the million subscribers out.
"""

import argparse
import os
import sys
import tempfile
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path

from config import flag, number
from tools.bench import imports, million, ours, pages, profiling, report, sources, specimen
from tools.bench.installations import Database, Sqlite, postgres
from tools.bench.mail import Bench, Plan
from tools.bench.processes import ROOT, end_on_signals
from tools.bench.sinks import Sink, counting_sink, main_sink


def main() -> int:
    """Do what was asked; nothing of this machine's settings or data is touched."""
    end_on_signals()
    for name in [name for name in os.environ if name.startswith(("MAIL_", "DORDT_")) or name == "DATABASE_URL"]:
        del os.environ[name]
    asked = _parser().parse_args()
    with tempfile.TemporaryDirectory(prefix="dordt-bench-") as root:
        try:
            asked.does(asked, Path(root))
        except KeyboardInterrupt:
            return 130
        except RuntimeError as problem:
            print(problem, file=sys.stderr)
            return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools.bench", description=__doc__)
    parser.set_defaults(does=_everything)
    add = parser.add_subparsers().add_parser
    add("mail", help="the mail part of `make bench`").set_defaults(does=_mail)
    add("pages", help="the pages part").set_defaults(does=_pages)
    mine = add("ours", help="our whole path, once")
    mine.add_argument("--workers", type=int, default=1)
    mine.set_defaults(does=_ours)
    profile = add("profile", help="where the time of one worker goes")
    profile.set_defaults(does=_profile)
    many = add("million", help="a newsletter to very many")
    many.add_argument("--people", type=int, default=1_000_000)
    many.set_defaults(does=_million)
    listed = add("imports", help="subscribers from a file, on both databases")
    listed.add_argument("--rows", type=int, default=100_000)
    listed.set_defaults(does=_imports)
    source = add("source", help="Postfix's smtp-source with session reuse")
    source.add_argument("--sessions", type=int, default=10)
    source.set_defaults(does=_source)
    loops = add("loops", help="the plain Flask-Mail loop, and smtplib with prebuilt bytes")
    loops.set_defaults(does=_loops)
    for part in (mine, profile):
        part.add_argument("--connections", type=int, default=10)
        part.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="a setting of the worker")
    for part in (mine, profile, many):
        part.add_argument("--postgres", action="store_true", help="on PostgreSQL instead of SQLite")
    for part in (mine, profile, source, loops):
        part.add_argument("--messages", type=int, default=10_000)
        part.add_argument("--delay", type=int, default=0, help="milliseconds that the server takes for each answer")
    return parser


def _everything(_asked: argparse.Namespace, root: Path) -> None:
    _mail(_asked, root)
    if not flag("QUICK"):
        _pages(_asked, root)


def _mail(_asked: argparse.Namespace, root: Path) -> None:
    is_quick = flag("QUICK")
    messages = number("MESSAGES", 2_000 if is_quick else 10_000) or 0
    plan = Plan(messages, with_million=flag("MILLION", True))
    if is_quick:
        plan = Plan(messages, sessions=(10,), connections=(10,), far=(50,), with_million=flag("MILLION", False))
    found = Bench(plan, root).run()
    print(f"\nWanted and measured:\n{report.summary(found)}\n", flush=True)
    if not is_quick:
        print(f"Written down in {report.write(found).relative_to(ROOT)}.\n", flush=True)


def _pages(_asked: argparse.Namespace, root: Path) -> None:
    found = pages.measure(root / "pages")
    bare = found.pop("bare")
    print(f"A page with the demo content, median of {pages.ROUNDS}; a bare Flask answer takes {bare:.2f} ms:")
    for path, milliseconds in found.items():
        print(f"  {path:20} {milliseconds:8.2f} ms {milliseconds / bare:8.1f} times")


def _million(asked: argparse.Namespace, root: Path) -> None:
    with ExitStack() as stack:
        sink = stack.enter_context(main_sink())
        print(million.measure(_database(asked, root, stack), sink, people=asked.people))


def _imports(asked: argparse.Namespace, root: Path) -> None:
    with ExitStack() as stack:
        for database in (Sqlite(root), stack.enter_context(postgres(root))):
            print(imports.measure(database, rows=asked.rows), flush=True)


def _profile(asked: argparse.Namespace, root: Path) -> None:
    with ExitStack() as stack:
        sink, database = stack.enter_context(_sink(asked)), _database(asked, root, stack)
        how = {"messages": asked.messages, "connections": asked.connections}
        print(profiling.table(profiling.measure(database, sink, **how, **_settings(asked))))


def _database(asked: argparse.Namespace, root: Path, stack: ExitStack) -> Database:
    return stack.enter_context(postgres(root)) if asked.postgres else Sqlite(root)


def _settings(asked: argparse.Namespace) -> dict[str, str]:
    return dict(pair.split("=", 1) for pair in asked.set)


def _sink(asked: argparse.Namespace) -> AbstractContextManager[Sink]:
    return counting_sink(delay=asked.delay) if asked.delay else main_sink()


def _ours(asked: argparse.Namespace, root: Path) -> None:
    with ExitStack() as stack:
        sink, database = stack.enter_context(_sink(asked)), _database(asked, root, stack)
        how = {"messages": asked.messages, "connections": asked.connections, "workers": asked.workers}
        print(ours.measure(database, sink, **how, **_settings(asked)))


def _source(asked: argparse.Namespace, root: Path) -> None:
    example = specimen.write(Sqlite(root), root)
    with _sink(asked) as sink:
        print(sources.smtp_source(sink, example, sessions=asked.sessions, messages=asked.messages))


def _loops(asked: argparse.Namespace, root: Path) -> None:
    example = specimen.write(Sqlite(root), root)
    with _sink(asked) as sink:
        print(sources.plain_loop(sink, example, messages=asked.messages))
        print(sources.prebuilt_loop(sink, example, messages=asked.messages))


if __name__ == "__main__":
    sys.exit(main())
