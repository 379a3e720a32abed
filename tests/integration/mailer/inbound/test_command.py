"""`flask mailer receive`, as the pipe of a mail server calls it: what matters is the exit code."""

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from dordt.extensions import db
from dordt.mailer.models import InboundKind, InboundMail
from dordt.mailer.smtp import verp
from dordt.shared import database
from tests.factories.inbound import kept, make_sent, sample

ROOT = Path(__file__).parents[4]
STORED, NEVER, LATER = 0, 65, 75


def receive(app: Flask, raw: bytes, *options: str) -> tuple[int, str]:
    """The exit code and what was said."""
    result = app.test_cli_runner().invoke(args=["mailer", "receive", *options], input=raw)
    return result.exit_code, result.output


def test_a_bounce_is_stored_and_led_to_its_delivery(app: Flask) -> None:
    delivery = make_sent()
    raw = sample("postfix-unknown-user-5.1.1")  # the report says nothing: the envelope does

    assert receive(app, raw, "--sender", "", "--recipient", verp.return_path(delivery.id) or "") == (STORED, "")

    assert (kept().kind, kept().delivery_id, kept().source) == (InboundKind.BOUNCE, delivery.id, "pipe")
    assert kept().raw == raw


def test_without_an_envelope_the_headers_are_looked_at(app: Flask) -> None:
    delivery = make_sent()
    leave = (verp.leave_address(delivery.id) or "").encode()

    receive(app, b"Delivered-To: x@y.nl\r\nX-Original-To: " + leave + b"\r\nTo: iemand@anders.nl\r\n\r\n")

    assert (kept().kind, kept().delivery_id) == (InboundKind.UNSUBSCRIBE, delivery.id)


@pytest.mark.parametrize("raw", [b"", b"\r\n \r\n", b"a" * (25 * 1024 * 1024 + 1)], ids=["nothing", "blank", "huge"])
def test_what_can_never_be_taken_in_is_refused_for_good(app: Flask, raw: bytes) -> None:
    code, words = receive(app, raw)

    assert code == NEVER
    assert words.startswith("This mail is not taken in: it is ")
    assert db.session.scalar(sa.select(sa.func.count()).select_from(InboundMail)) == 0


def test_any_trouble_of_ours_asks_for_another_try_and_names_nobody(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_given: object, **_named: object) -> None:
        raise RuntimeError("weg@buren.example is in the way")

    monkeypatch.setattr("dordt.mailer.commands.receive", fail)

    assert receive(app, b"Subject: x\r\n\r\n") == (LATER, "This mail cannot be stored now: RuntimeError.\n")


def test_a_locked_database_asks_for_another_try(
    app: Flask, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    if db.engine.dialect.name == "postgresql":
        monkeypatch.setattr(db.engine.dialect, "do_begin", _away)
        assert receive(app, b"Subject: x\r\n\r\n")[0] == LATER
        return
    monkeypatch.setattr(database, "WRITE_LOCK_TIMEOUT", 0.1)
    other = sqlite3.connect(app.config["DATA_DIR"] / "dordt.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    request.addfinalizer(other.close)

    assert receive(app, b"Subject: x\r\n\r\n")[0] == LATER


def _away(_connection: object) -> None:
    raise ConnectionError("the server closed the connection unexpectedly")


@pytest.mark.slow
def test_a_database_that_is_away_asks_for_another_try(tmp_path: Path) -> None:
    environment = os.environ | {
        "DORDT_ENV": "testing",
        "DORDT_DATA_DIR": str(tmp_path),
        "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nowhere",
    }
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "mailer", "receive", "--recipient", "anna@voorbeeld.nl"]

    done = subprocess.run(
        command, input=sample("qmail-unknown-user"), capture_output=True, cwd=ROOT, env=environment, check=False
    )

    assert done.returncode == LATER
    assert done.stderr == b"This mail cannot be stored now: OperationalError.\n"
