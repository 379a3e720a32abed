"""The least that Python's own `smtplib` can do: the same finished bytes to everybody over one connection."""

import smtplib
import sys
from pathlib import Path

from tools.bench.stopwatch import report_time


def send(port: int, count: int, content: bytes) -> None:
    """Send it `count` times."""
    with smtplib.SMTP("127.0.0.1", port, local_hostname="localhost") as line, report_time():
        for number in range(count):
            line.sendmail("wijken@dordrecht.nl", [f"lezer{number}@voorbeeld.nl"], content)


if __name__ == "__main__":
    send(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]).read_bytes())
