"""How a loop in a process of its own reports what it took."""

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from tools.bench.processes import peak_memory_of


@contextmanager
def report_time() -> Iterator[None]:
    """Print the seconds by the clock and of the processor that the block took, and the process's peak memory in MB."""
    begun, cpu = time.perf_counter(), time.process_time()
    yield
    seconds, cpu = time.perf_counter() - begun, time.process_time() - cpu
    json.dump({"seconds": seconds, "cpu": cpu, "memory": peak_memory_of("self")}, sys.stdout)
