"""The others: Postfix's own source, and what one writes with Flask-Mail or `smtplib`."""

import json
import resource
import subprocess
import time

from tools.bench.measured import Measured
from tools.bench.processes import python
from tools.bench.sinks import Sink, find
from tools.bench.specimen import Specimen

SENDER, RECIPIENT = "wijken@dordrecht.nl", "lezer@voorbeeld.nl"


def smtp_source(sink: Sink, specimen: Specimen, *, sessions: int, messages: int) -> Measured:
    """Postfix's `smtp-source`: each session is kept for many messages, and every recipient is another one."""
    program = find("smtp-source")
    if program is None:
        raise RuntimeError("smtp-source is missing")
    options = ["-d", "-N", "-s", str(sessions), "-m", str(messages), "-F", str(specimen.file)]
    people = ["-M", "localhost", "-f", SENDER, "-t", RECIPIENT]
    before, sink_before, begun = _used_by_children(), sink.process.cpu, time.perf_counter()
    subprocess.run([program, *options, *people, f"127.0.0.1:{sink.port}"], check=True)
    seconds, cpu = time.perf_counter() - begun, _used_by_children() - before
    sink_cpu = sink.process.cpu - sink_before
    return Measured("smtp-source", sessions, messages, seconds=seconds, wall=seconds, cpu=cpu, sink_cpu=sink_cpu)


def plain_loop(sink: Sink, specimen: Specimen, *, messages: int) -> Measured:
    """Flask-Mail as it comes."""
    return _loop("plain Flask-Mail loop", "plain_loop", sink, messages, str(specimen.text), str(specimen.html))


def prebuilt_loop(sink: Sink, specimen: Specimen, *, messages: int) -> Measured:
    """`smtplib` with finished bytes."""
    return _loop("smtplib, prebuilt bytes", "prebuilt_loop", sink, messages, str(specimen.file))


def _loop(name: str, module: str, sink: Sink, messages: int, *files: str) -> Measured:
    sink_before = sink.process.cpu
    found = json.loads(python("-m", f"tools.bench.{module}", str(sink.port), str(messages), *files))
    sink_cpu = sink.process.cpu - sink_before
    return Measured(name, 1, messages, wall=found["seconds"], sink_cpu=sink_cpu, **found)


def _used_by_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
