"""How fast a newsletter leaves: our whole path (freeze, lease, mark, send, record) beside a plain Flask-Mail loop."""

import csv
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
LETTER = """---
subject: Nieuws uit uw wijk
preheader: Wat er deze maand speelt.
---
De ideeën voor het park zijn geteld. Op zaterdag laten wij zien wat ermee gebeurt.

""" + "\n\n".join(
    f"## Bericht {n}\n\n" + "Bewoners en gemeente werken samen aan een groene buurt. " * 12 for n in range(6)
)


class Sink:
    """The sink in a process of its own."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.sink"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.port = int(self._line())

    def tally(self) -> dict[str, Any]:
        """What came in since the last question."""
        assert self.process.stdin
        self.process.stdin.write("?\n")
        self.process.stdin.flush()
        told: dict[str, Any] = json.loads(self._line())
        return told

    def stop(self) -> None:
        """Let it go."""
        self.process.terminate()
        self.process.communicate()

    def _line(self) -> str:
        assert self.process.stdout
        return self.process.stdout.readline()


def measure(folder: Path, count: int, **settings: str) -> dict[str, float]:
    """Mails per second of both ways, measured at the sink from the first letter to the last, and their ratio."""
    sink = Sink()
    environment = {
        **os.environ,
        "DORDT_ENV": "development",
        "DORDT_DATA_DIR": str(folder),
        "MAIL_SERVER": "127.0.0.1",
        "MAIL_PORT": str(sink.port),
        **settings,
    }
    try:
        ours = _rate(_send_ours(environment, folder, count, sink), count)
        plain = _rate(_send_plainly(environment, folder, count, sink), count)
    finally:
        sink.stop()
    return {"ours": ours, "plain": plain, "ratio": ours / plain}


def _rate(tally: dict[str, Any], count: int) -> float:
    complete = tally["letters"] == tally["recipients"] == count
    if not complete:
        raise RuntimeError(f"{count} letters went out, but the sink has {tally}")
    return (count - 1) / float(tally["seconds"])


def _send_ours(environment: dict[str, str], folder: Path, count: int, sink: Sink) -> dict[str, Any]:
    _flask(environment, "db", "upgrade")
    _flask(environment, "newsletter", "import-subscribers", str(_subscribers(folder, count)))
    (folder / "letter.md").write_text(LETTER)
    number = _flask(environment, "newsletter", "new", str(folder / "letter.md"), "--approve").strip()
    _flask(environment, "newsletter", "send", number)
    with _worker(environment):
        while _open_deliveries(environment):
            time.sleep(0.5)
    return sink.tally()


def _send_plainly(environment: dict[str, str], folder: Path, count: int, sink: Sink) -> dict[str, Any]:
    """The same text and HTML, out of the ledger, so that both send as many bytes."""
    code = (
        "import sys; from wsgi import app; from dordt.extensions import db; from dordt.mailer.models import Mail; "
        "app.app_context().push(); mail = db.session.scalars(db.select(Mail)).first(); "
        "[open(sys.argv[n], 'w').write(part) for n, part in enumerate([mail.text, mail.html], 1)]"
    )
    files = [str(folder / "letter.txt"), str(folder / "letter.html")]
    subprocess.run([sys.executable, "-c", code, *files], env=environment, cwd=ROOT, check=True)
    command = [sys.executable, "-m", "tests.bench.plain_loop", str(sink.port), str(count), *files]
    subprocess.run(command, env=environment, cwd=ROOT, check=True)
    return sink.tally()


def _subscribers(folder: Path, count: int) -> Path:
    path = folder / "subscribers.csv"
    with path.open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["email", "neighbourhoods", "topics", "consent_at", "consent_source"])
        table.writerows([f"lezer{n}@voorbeeld.nl", "", "", "2026-01-05T10:00:00+01:00", "papier"] for n in range(count))
    return path


@contextmanager
def _worker(environment: dict[str, str]) -> Iterator[None]:
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "mailer", "run"]
    worker = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        yield
    finally:
        worker.terminate()
        worker.wait(30)


def _open_deliveries(environment: dict[str, str]) -> int:
    states: dict[str, int] = json.loads(_flask(environment, "mailer", "status", "--json"))["states"]
    return sum(states.get(state, 0) for state in ("queued", "leased", "sending", "deferred"))


def _flask(environment: dict[str, str], *arguments: str) -> str:
    command = [sys.executable, "-m", "flask", "--app", "wsgi", *arguments]
    answer = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
    if answer.returncode:
        raise RuntimeError(f"flask {' '.join(arguments)} failed: {answer.stderr}")
    return answer.stdout
