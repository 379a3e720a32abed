"""A run that is not timed: our own sink tells who got what, for the fast sink keeps nothing."""

from dataclasses import dataclass

from tools.bench import ours, sources
from tools.bench.installations import Database
from tools.bench.sinks import CountingSink, counting_sink
from tools.bench.specimen import Specimen


@dataclass(frozen=True)
class Checked:
    """What the sink took in of one way."""

    name: str
    messages: int
    recipients: int
    connections: int
    octets: int  # of the last message

    def __str__(self) -> str:
        return (
            f"{self.name}: {self.messages:,} messages to {self.recipients:,} people over {self.connections} "
            f"connections, {self.octets:,} octets each"
        )


def measure(databases: list[Database], specimen: Specimen, *, messages: int) -> list[Checked]:
    """Each way in turn. Raises RuntimeError when somebody got nothing, or more than one."""
    with counting_sink() as sink:
        found = []
        for database in databases:
            sent = ours.measure(database, sink, messages=messages, connections=10, workers=2)
            found.append(_look(sent.name, sink, messages))
        for loop in (sources.plain_loop, sources.prebuilt_loop):
            found.append(_look(loop(sink, specimen, messages=messages // 10).name, sink, messages // 10))
    return found


def _look(name: str, sink: CountingSink, messages: int) -> Checked:
    counts = sink.tally()
    if not counts["messages"] == counts["recipients"] == messages:
        raise RuntimeError(
            f"{name}: {messages} messages left, but {counts['messages']} to {counts['recipients']} came in"
        )
    return Checked(name, **{key: counts[key] for key in ("messages", "recipients", "connections", "octets")})
