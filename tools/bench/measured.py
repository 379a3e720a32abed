"""What one measurement found."""

import os
from dataclasses import asdict, dataclass, field
from typing import Any

PER = 10_000  # messages, for the use of the processor


@dataclass(frozen=True)
class Measured:
    """A number of messages through some connections, and what that took."""

    name: str
    connections: int
    messages: int
    seconds: float  # from the first message to the last
    wall: float  # by the clock of who looked on
    cpu: float  # seconds of all sending processes
    sink_cpu: float
    database_cpu: float = 0.0
    memory: float = 0.0  # MB at most, of the largest sending process
    load: float = field(default_factory=lambda: os.getloadavg()[0])

    @property
    def rate(self) -> float:
        """Messages per second."""
        return (self.messages - 1) / self.seconds

    @property
    def cpu_per(self) -> float:
        """Seconds of processor time per 10,000 messages."""
        return self.cpu / self.messages * PER

    def __str__(self) -> str:
        sides = (
            f"sink {self.sink_cpu / self.messages * PER:.2f}, database {self.database_cpu / self.messages * PER:.2f}"
        )
        return (
            f"{self.name}, {self.connections} connections: {self.rate:,.0f} messages/s "
            f"(by the clock {self.messages / self.wall:,.0f}), {self.cpu_per:.2f} CPU s per {PER:,} ({sides}), "
            f"{self.memory:.0f} MB, load {self.load:.1f}"
        )

    def as_json(self) -> dict[str, Any]:
        """For a file."""
        return asdict(self)
