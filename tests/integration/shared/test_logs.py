"""The log of the application holds no address of a page, and nothing that somebody typed."""

import io
import logging
import os
import subprocess
import sys
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.logging import default_handler

from dordt.extensions import db
from dordt.subscribers.models import Subscriber
from tests.factories.subscribers import make_subscriber
from tests.support.visitors import Visitor

TOKEN = "eenGeheimTeken"  # noqa: S105  (nobody's)
ADDRESS = "anna.geheim@voorbeeld.nl"


@pytest.fixture
def log(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """What the application writes, in the form that it gave its handler."""
    handler = logging.StreamHandler(written := io.StringIO())
    handler.setFormatter(default_handler.formatter)
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    app.logger.addHandler(handler)
    yield written
    app.logger.removeHandler(handler)


def break_page(app: Flask, monkeypatch: pytest.MonkeyPatch, endpoint: str, problem) -> None:
    def broken(**_values: str) -> str:
        return problem()

    monkeypatch.setitem(app.view_functions, endpoint, broken)


def know_address_twice() -> None:
    """What PostgreSQL says of it holds the address."""
    first = db.session.scalars(sa.select(Subscriber)).one()
    columns = {name: getattr(first, name) for name in ("email", "email_key", "state", "link_version", "asked_at")}
    db.session.execute(sa.insert(Subscriber).values(**columns))


def test_a_broken_page_is_logged_by_its_rule(app, client: Visitor, log, monkeypatch):
    break_page(app, monkeypatch, "contact.follow", lambda: int(ADDRESS))

    answer = client.get(f"/bericht/{TOKEN}/?zoek={ADDRESS}")

    assert answer.status_code == 500
    assert ADDRESS not in answer.text
    assert "Exception at /bericht/<token>/ [GET]" in log.getvalue()
    assert "ValueError" in log.getvalue()
    assert "test_logs.py" in log.getvalue()
    assert TOKEN not in log.getvalue()
    assert ADDRESS not in log.getvalue()


def test_what_the_database_says_of_a_row_is_not_logged(app, client: Visitor, log, monkeypatch):
    make_subscriber(email=ADDRESS)
    break_page(app, monkeypatch, "site.home", know_address_twice)

    assert client.get("/").status_code == 500

    assert "sqlalchemy.exc.IntegrityError" in log.getvalue()
    assert "in know_address_twice" in log.getvalue()
    assert ADDRESS not in log.getvalue()


def test_every_package_logs_as_the_application_does(app, log):
    try:
        int(ADDRESS)
    except ValueError:
        logging.getLogger("dordt.mailer.worker.delivery_loop").exception("The delivery stopped")

    assert "The delivery stopped" in log.getvalue()
    assert "ValueError" in log.getvalue()
    assert ADDRESS not in log.getvalue()


def test_a_process_without_requests_logs_no_text_either(tmp_path):
    code = (
        "import logging, config, dordt\n"
        "dordt.create_app(config.Testing())\n"
        f"try: int('{ADDRESS}')\n"
        "except ValueError: logging.getLogger('dordt.mailer').exception('It stopped')"
    )
    environment = os.environ | {"DORDT_DATA_DIR": str(tmp_path)}

    run = subprocess.run([sys.executable, "-c", code], env=environment, stderr=subprocess.PIPE, text=True, check=True)

    assert "ERROR in <string>: It stopped" in run.stderr
    assert "ValueError" in run.stderr
    assert ADDRESS not in run.stderr
