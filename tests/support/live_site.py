"""The whole site as `make run` starts it: web processes, worker, catcher and demo content, on a port of its own."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from dordt.development.mailbox import CaughtMail, recipients

ROOT = Path(__file__).parents[2]
START_WITHIN = 90.0
STOP_WITHIN = 30.0
LINK = re.compile(r"https?://[^\s<>\"']+")


@dataclass
class LiveSite:
    """A running site, and what a person at this machine can see of it."""

    url: str
    data_dir: Path
    process: "subprocess.Popen[str]"
    environment: dict[str, str]

    def login(self, role: str = "beheerder") -> tuple[str, str]:
        """Address and password of a member of staff of the demo content."""
        members = json.loads((self.data_dir / "staff-login").read_text())
        member = next(member for member in members if member["role"] == role)
        return member["email"], member["password"]

    def mails(self, to: str = "", subject: str = "") -> list[EmailMessage]:
        """The mails caught for an address, with a certain text in the subject, oldest first."""
        caught = CaughtMail(self.data_dir)
        found = [caught.read(number) for number in reversed(caught.numbers())]
        return [mail for mail in found if mail and to in recipients(mail) and subject in mail["Subject"]]

    def wait_for_mail(self, to: str, subject: str = "", seconds: float = 60) -> EmailMessage:
        """The newest of those mails, once there is one."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            found = self.mails(to, subject)
            if found:
                return found[-1]
            time.sleep(0.1)
        raise AssertionError(f"no mail to {to!r} with {subject!r} in its subject within {seconds} seconds")

    def flask(self, *arguments: str, given: str = "") -> str:
        """Run one `flask --app wsgi …` command beside the site and return what it printed."""
        command = [sys.executable, "-m", "flask", "--app", "wsgi", *arguments]
        answer = subprocess.run(
            command, env=self.environment, cwd=ROOT, input=given, capture_output=True, text=True, check=False
        )
        assert answer.returncode == 0, answer.stderr
        return answer.stdout


def link_in(mail: EmailMessage, part: str) -> str:
    """The first link in the text of a mail that contains `part`."""
    body = mail.get_body(("plain",))
    links = LINK.findall(body.get_content() if body else "")
    return next(link.rstrip(".,") for link in links if part in link)


def free_port() -> int:
    """A port that nobody listened on a moment ago."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        return int(listener.getsockname()[1])


def start_site(data_dir: Path, **settings: str) -> LiveSite:
    """Start the site and wait until it answers."""
    port = free_port()
    environment = {
        **{name: value for name, value in os.environ.items() if name != "DORDT_ENV"},
        "PORT": str(port),
        "DORDT_DATA_DIR": str(data_dir),
        **settings,
    }
    data_dir.mkdir(parents=True, exist_ok=True)
    log = (data_dir / "output.txt").open("w")
    process = subprocess.Popen(
        [sys.executable, "-m", "dordt.development.run"],
        env=environment,
        cwd=ROOT,
        stdout=log,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    log.close()
    site = LiveSite(f"http://127.0.0.1:{port}", data_dir, process, {**environment, "DORDT_ENV": "development"})
    _wait_until_ready(site)
    return site


def stop_site(site: LiveSite) -> int:
    """Press Ctrl-C, in effect, and return the exit code."""
    site.process.send_signal(signal.SIGTERM)
    return site.process.wait(STOP_WITHIN)


def output_of(site: LiveSite) -> str:
    """What stood on its terminal."""
    return (site.data_dir / "output.txt").read_text()


def _wait_until_ready(site: LiveSite) -> None:
    deadline = time.monotonic() + START_WITHIN
    while time.monotonic() < deadline:
        if site.process.poll() is not None or "Ctrl-C stops everything" in output_of(site):
            break
        time.sleep(0.1)
    assert site.process.poll() is None, f"the site did not start:\n{output_of(site)}"
    with urllib.request.urlopen(f"{site.url}/healthz", timeout=5) as answer:  # noqa: S310  (our own)
        assert answer.status == 200


@pytest.fixture(scope="session")
def site(new_folder: Callable[[str], Path]) -> Iterator[LiveSite]:
    """The site on SQLite, shared by all browser tests of a run: a test uses addresses and names of its own."""
    started = start_site(new_folder("site"))
    yield started
    _stop_in_peace(started)


@pytest.fixture(scope="session")
def postgres_site(new_postgres_database: Callable[[str], str], new_folder: Callable[[str], Path]) -> Iterator[LiveSite]:
    """The site on PostgreSQL, with a second worker beside the first."""
    started = start_site(new_folder("postgres_site"), DATABASE_URL=new_postgres_database("site"))
    worker: Any = subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "wsgi", "mailer", "run"], env=started.environment, cwd=ROOT
    )
    yield started
    worker.terminate()
    assert worker.wait(STOP_WITHIN) == 0
    _stop_in_peace(started)


def _stop_in_peace(site: LiveSite) -> None:
    """The site must have stood until now, must stop when asked, and may have said nothing of a problem."""
    assert site.process.poll() is None, f"the site stopped by itself:\n{output_of(site)}"
    assert stop_site(site) == 0, output_of(site)
    assert "Traceback" not in output_of(site), output_of(site)
