"""`make bench`, and its parts on their own: `python -m tests.bench --help` lists them."""

import argparse
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from tests.bench import ours, pages, sources, specimen
from tests.bench.houses import Database, Sqlite, postgres
from tests.bench.processes import end_on_signals
from tests.bench.sinks import counting_sink, main_sink


def main() -> int:
    """Do what was asked."""
    end_on_signals()
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
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.set_defaults(does=_everything)
    parts = parser.add_subparsers()
    mine = parts.add_parser("ours", help="our whole path, once")
    mine.add_argument("--connections", type=int, default=10)
    mine.add_argument("--workers", type=int, default=1)
    mine.add_argument("--postgres", action="store_true", help="on PostgreSQL instead of SQLite")
    mine.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="a setting of the worker")
    mine.set_defaults(does=_ours)
    source = parts.add_parser("source", help="Postfix's smtp-source with session reuse")
    source.add_argument("--sessions", type=int, default=10)
    source.set_defaults(does=_source)
    loops = parts.add_parser("loops", help="the plain Flask-Mail loop, and smtplib with prebuilt bytes")
    loops.set_defaults(does=_loops)
    for part in (mine, source, loops):
        part.add_argument("--letters", type=int, default=10_000)
        part.add_argument("--delay", type=int, default=0, help="milliseconds that the server takes for each answer")
    return parser


def _everything(_asked: argparse.Namespace, root: Path) -> None:
    found = pages.measure(root / "pages")
    bare = found.pop("bare")
    print(f"A page with the demo content, median of {pages.ROUNDS}; a bare Flask answer takes {bare:.2f} ms:")
    for path, milliseconds in found.items():
        print(f"  {path:20} {milliseconds:8.2f} ms {milliseconds / bare:8.1f} times")


def _sink(asked: argparse.Namespace):
    return counting_sink(delay=asked.delay) if asked.delay else main_sink()


def _ours(asked: argparse.Namespace, root: Path) -> None:
    settings = dict(pair.split("=", 1) for pair in asked.set)
    with ExitStack() as stack:
        database: Database = stack.enter_context(postgres(root)) if asked.postgres else Sqlite(root)
        sink = stack.enter_context(_sink(asked))
        how = {"connections": asked.connections, "workers": asked.workers}
        print(ours.measure(database, sink, letters=asked.letters, **how, **settings))


def _source(asked: argparse.Namespace, root: Path) -> None:
    example = specimen.write(Sqlite(root), root)
    with _sink(asked) as sink:
        print(sources.smtp_source(sink, example, sessions=asked.sessions, letters=asked.letters))


def _loops(asked: argparse.Namespace, root: Path) -> None:
    example = specimen.write(Sqlite(root), root)
    with _sink(asked) as sink:
        print(sources.plain_loop(sink, example, letters=asked.letters))
        print(sources.prebuilt_loop(sink, example, letters=asked.letters))


if __name__ == "__main__":
    sys.exit(main())
