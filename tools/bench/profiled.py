"""Sends what is due in an installation, under cProfile, and prints where the time went as JSON."""

import cProfile
import json
import pstats
import sys
import threading
from pathlib import Path

from dordt.mailer.worker import tasks
from tools.bench.processes import ROOT

PACKAGES = "site-packages"


def main() -> None:
    """Profile the thread that talks with the ledger and the relay."""
    from wsgi import app  # the settings are read at import

    profile = cProfile.Profile()
    with app.app_context():
        profile.runcall(tasks.deliver_what_is_due, threading.Event())
    found = pstats.Stats(profile).stats  # type: ignore[attr-defined]
    total = sum(own for _, _, own, _, _ in found.values())
    rows = [
        {"where": _where(*place), "calls": calls, "own": own / total, "all": overall / total}
        for place, (_, calls, own, overall, _) in found.items()
    ]
    json.dump(sorted(rows, key=lambda row: row["own"], reverse=True), sys.stdout)


def _where(file: str, line: int, function: str) -> str:
    """Without the folders of this machine."""
    path = Path(file)
    if PACKAGES in path.parts:
        short = Path(*path.parts[path.parts.index(PACKAGES) + 1 :])
    elif path.is_relative_to(ROOT):
        short = path.relative_to(ROOT)
    else:
        short = Path(path.name)
    return f"{short}:{line} {function}" if line else function.split(" at 0x")[0]


if __name__ == "__main__":
    main()
