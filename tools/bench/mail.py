"""The mail part of `make bench`: all ways beside each other on loopback, in one run."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from tools.bench import checked, million, ours, postfix_tools, profiling, sources, specimen
from tools.bench.checked import Checked
from tools.bench.installations import Database, Sqlite, postgres
from tools.bench.measured import Measured
from tools.bench.million import Million
from tools.bench.sinks import Sink, counting_sink, main_sink
from tools.bench.specimen import Specimen

LONG_FROM, LONGER = 50, 3  # connections, and how much longer it is then: as many messages as smtp-source sends
Found = TypeVar("Found")


@dataclass(frozen=True)
class Plan:
    """How much is measured."""

    messages: int
    sessions: tuple[int, ...] = (1, 4, 10, 20, 40, 100)
    connections: tuple[int, ...] = (1, 4, 10, 20, 50, 100, 200)
    far: tuple[int, ...] = (1, 10, 50)  # connections to the server that answers late
    delay: int = 20  # milliseconds
    with_million: bool = True


@dataclass
class Findings:
    """All that was measured."""

    plan: Plan
    message_size: int = 0  # octets
    sink: str = ""
    checked: list[Checked] = field(default_factory=list)
    source: list[Measured] = field(default_factory=list)
    plain: list[Measured] = field(default_factory=list)  # one
    prebuilt: list[Measured] = field(default_factory=list)  # one
    ours: list[Measured] = field(default_factory=list)
    far_source: list[Measured] = field(default_factory=list)
    far_plain: list[Measured] = field(default_factory=list)  # one
    far_ours: list[Measured] = field(default_factory=list)
    millions: list[Million] = field(default_factory=list)
    profile: profiling.Rows = field(default_factory=list)


class Bench:
    """One run: each finding is printed at once."""

    def __init__(self, plan: Plan, root: Path) -> None:
        self.plan, self.found, self._root = plan, Findings(plan), root
        self._has_source = postfix_tools.prepare()

    def run(self) -> Findings:
        """Everything in the plan, the others and ours near each other in time."""
        with ExitStack() as stack:
            lite, real = Sqlite(self._root), stack.enter_context(postgres(self._root))
            example = specimen.write(lite, self._root / "specimen")
            self.found.message_size = example.size
            self.found.checked += _printed(checked.measure([lite, real], example, messages=self.plan.messages // 5))
            with main_sink() as sink:
                self.found.sink = sink.name
                self._near(sink, example, lite, real)
            with counting_sink(delay=self.plan.delay) as sink:
                self._far(sink, example, lite, real)
            with main_sink() as sink:
                self.found.profile = profiling.measure(lite, sink, messages=self.plan.messages, connections=10)
                for database in (lite, real) if self.plan.with_million else ():
                    self.found.millions += _printed([million.measure(database, sink)])
        return self.found

    def _near(self, sink: Sink, example: Specimen, lite: Database, real: Database) -> None:
        count, found = self.plan.messages, self.found
        if self._has_source:
            quick = {"messages": count * LONGER}
            found.source += _each(self.plan.sessions, lambda n: sources.smtp_source(sink, example, sessions=n, **quick))
        found.plain += _printed([sources.plain_loop(sink, example, messages=count // 5)])
        found.prebuilt += _printed([sources.prebuilt_loop(sink, example, messages=count)])
        for database, workers in ((lite, 1), (real, 1), (real, 2)):
            found.ours += self._ours(self.plan.connections, database, sink, workers=workers)

    def _far(self, sink: Sink, example: Specimen, lite: Database, real: Database) -> None:
        most, found = max(self.plan.far), self.found
        if self._has_source:
            how = {"sessions": most, "messages": self.plan.messages // 5}
            found.far_source += _printed([sources.smtp_source(sink, example, **how)])
        found.far_plain += _printed([sources.plain_loop(sink, example, messages=self.plan.messages // 200)])
        found.far_ours += self._ours(self.plan.far, lite, sink)
        found.far_ours += self._ours([10, most], real, sink)
        found.far_ours += self._ours([10], real, sink, workers=2)

    def _ours(self, connections: Any, database: Database, sink: Sink, **how: int) -> list[Measured]:
        """With fewer messages where each waits for the server, and more where they fly: for seconds, not minutes.

        What begins only once (opening the connections, the first claim) must not weigh in what is compared.
        """
        is_quick = not sink.is_far and database.name == "SQLite"

        def measure(count: int) -> Measured:
            share = count * how.get("workers", 1) / max(self.plan.far) if sink.is_far else 1
            messages = min(self.plan.messages, int(self.plan.messages * share))
            if is_quick and count >= LONG_FROM:
                messages *= LONGER
            return ours.measure(database, sink, messages=messages, connections=count, **how)

        return _each(connections, measure)


def _each(numbers: Any, measure: Callable[[int], Found]) -> list[Found]:
    return _printed(measure(number) for number in numbers)


def _printed(found: Any) -> list[Any]:
    """Printed as they come, so that who waits sees that it goes on."""
    kept = []
    for one in found:
        print(one, flush=True)
        kept.append(one)
    return kept
