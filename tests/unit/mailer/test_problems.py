"""What operators read when the worker has problems."""

import logging
import sqlite3

import psycopg
import pytest
from sqlalchemy.exc import OperationalError

from dordt.mailer.worker import problems
from dordt.mailer.worker.problems import QueueLog, log_problem

ADDRESS = "anna@voorbeeld.nl"


@pytest.fixture(autouse=True)
def nothing_was_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(problems, "_written_at", {})


def sqlite_problem(name: str) -> OperationalError:
    original = sqlite3.OperationalError(f"about {ADDRESS}")
    original.sqlite_errorname = name
    return OperationalError("UPDATE …", {}, original)


@pytest.mark.parametrize(
    ("problem", "cause"),
    [
        (sqlite_problem("SQLITE_BUSY"), "SQLITE_BUSY"),
        (OperationalError("", {}, psycopg.errors.AdminShutdown("")), "57P01"),
        (OperationalError("", {}, psycopg.OperationalError(f"about {ADDRESS}")), "no connection"),
    ],
    ids=["locked", "shut down", "gone"],
)
def test_a_database_that_is_away_is_one_line_a_minute(caplog: pytest.LogCaptureFixture, problem, cause):
    for _ in range(100):
        log_problem("Delivery loop", "trying until it is back", problem)

    (record,) = caplog.records
    assert record.getMessage() == f"Delivery loop: database unavailable ({cause}), trying until it is back"
    assert record.exc_info is None


@pytest.mark.parametrize("problem", [KeyError("x"), sqlite_problem("SQLITE_ERROR")], ids=["crash", "no such column"])
def test_an_error_of_ours_is_written_each_time_with_the_way_through_the_code(caplog, problem):
    for _ in range(2):
        log_problem("Job runner", "restarting in 15 s", problem)

    assert [record.getMessage() for record in caplog.records] == ["Job runner crashed, restarting in 15 s"] * 2
    assert all(record.exc_info for record in caplog.records)


def test_what_the_queue_logs_holds_no_text_of_its_problem(caplog: pytest.LogCaptureFixture):
    log = logging.Logger("huey of a test")
    log.addHandler(QueueLog())

    for _ in range(10):
        try:
            raise ConnectionError(ADDRESS)
        except ConnectionError:
            log.exception("Error reading from queue")

    assert [record.getMessage() for record in caplog.records] == [
        "Queue: error reading from queue (ConnectionError), mail leaves up to 5 s later"
    ]
    assert ADDRESS not in caplog.text
