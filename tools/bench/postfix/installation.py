"""An installation with data of its own, run by somebody without rights through the commands an operator uses."""

import csv
import json
import os
import secrets
import shlex
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tools.bench.postfix.machine import Person

CONSENT = ("2026-01-05T10:00:00+01:00", "papier")
NEWSLETTER = (
    "---\nsubject: {subject}\npreheader: Wat er deze maand speelt.\n---\nOp zaterdag laten wij het park zien.\n"
)
HOLD = (
    "import sqlite3, sys; held = sqlite3.connect(sys.argv[1], isolation_level=None); "
    "held.execute('BEGIN IMMEDIATE'); print('held', flush=True); sys.stdin.readline()"
)


class Installation:
    """`folder` must be empty; `settings` are added to the environment of every command."""

    def __init__(self, folder: Path, person: Person, **settings: str) -> None:
        self.folder, self.person = folder, person
        self.data = folder / "data"
        self.settings = {
            "DORDT_ENV": "development",
            "DORDT_DATA_DIR": str(self.data),
            "SECRET_KEY": secrets.token_urlsafe(),
            "SITE_URL": "https://wijken.example",
            **settings,
        }

    def build(self) -> None:
        """Make the data dir, the database, and a member of staff."""
        self.data.mkdir(mode=0o700)
        os.chown(self.data, self.person.uid, self.person.gid)
        self.flask("db", "upgrade")
        who = ("--email", "medewerker@wijken.example", "--role", "beheerder", "--password-stdin")
        self.flask("staff", "create", *who, said=secrets.token_urlsafe())

    def write_receive(self, path: Path) -> None:
        """The command behind Postfix's pipe, as docs/mail.md has it."""
        lines = [f"export {name}={shlex.quote(value)}" for name, value in self._environment().items()]
        flask = f"exec {shlex.quote(self.person.python)} -m flask --app wsgi"
        lines.append(f'{flask} mailer receive --sender "$1" --recipient "$2"')
        path.write_text("#!/bin/sh\n" + "\n".join(lines) + "\n")
        os.chown(path, -1, self.person.gid)
        path.chmod(0o750)  # the settings hold secrets

    def subscribe(self, addresses: Iterable[str]) -> None:
        """Take subscribers over from a file."""
        path = self.folder / "subscribers.csv"
        with path.open("w", newline="") as file:
            table = csv.writer(file)
            table.writerow(["email", "neighbourhoods", "topics", "consent_at", "consent_source"])
            table.writerows([address, "", "", *CONSENT] for address in addresses)
        self.flask("newsletter", "import-subscribers", str(path))

    def send(self, subject: str) -> None:
        """Write, approve and start one newsletter."""
        path = self.folder / "newsletter.md"
        path.write_text(NEWSLETTER.format(subject=subject))
        self.flask("newsletter", "send", self.flask("newsletter", "new", str(path), "--approve").strip())

    @contextmanager
    def worker(self) -> Iterator[None]:
        """Let a worker run."""
        process = self._start("-m", "flask", "--app", "wsgi", "mailer", "run", stdout=subprocess.DEVNULL)
        try:
            yield
        finally:
            process.terminate()
            process.wait(30)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep the database from everybody who wants to write."""
        database = str(self.data / "dordt.sqlite")
        holder = self._start("-c", HOLD, database, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert holder.stdout
        holder.stdout.readline()
        try:
            yield
        finally:
            holder.communicate("\n")

    def open_deliveries(self) -> int:
        """How many messages the worker still has to send."""
        states: dict[str, int] = json.loads(self.flask("mailer", "status", "--json"))["states"]
        return sum(states.get(state, 0) for state in ("queued", "leased", "sending", "deferred"))

    def look(self) -> dict[str, Any]:
        """What the ledger and the screens say: see `looking.py`."""
        found: dict[str, Any] = json.loads(self._run("-m", "tools.bench.postfix.looking"))
        return found

    def flask(self, *arguments: str, said: str = "") -> str:
        """Run one command of the installation, and return what it printed. Raises RuntimeError with its words."""
        return self._run("-m", "flask", "--app", "wsgi", *arguments, said=said)

    def _run(self, *arguments: str, said: str = "") -> str:
        pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
        process = self._start(*arguments, **pipes)
        answer, words = process.communicate(said)
        if process.returncode:
            raise RuntimeError(f"{' '.join(arguments)} failed: {words}")
        return answer

    def _start(self, *arguments: str, **options: Any) -> "subprocess.Popen[str]":
        return self.person.start(*arguments, env=self._environment(), **options)

    def _environment(self) -> dict[str, str]:
        return self.person.environment(**self.settings)
