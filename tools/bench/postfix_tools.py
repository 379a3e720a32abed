"""Postfix's `smtp-source` and `smtp-sink`: installed where we may, named as missing elsewhere."""

import os
import sys

from tools.bench.postfix.machine import MissingHere, install
from tools.bench.sinks import find

WHAT_TO_DO = "smtp-source and smtp-sink are missing; `sudo apt-get install postfix` brings them."


def prepare() -> bool:
    """Whether they are there now; says so when not, and the benchmark goes on without the limit that they show."""
    if not _are_there() and os.geteuid() == 0:
        try:
            install()
        except MissingHere as missing:
            print(missing, file=sys.stderr)
    if not _are_there():
        print(f"{WHAT_TO_DO} This run uses our own sink, and has no limit to compare with.", file=sys.stderr)
    return _are_there()


def _are_there() -> bool:
    return bool(find("smtp-source") and find("smtp-sink"))
