"""What the worker does every minute, and what the command tells of the post."""

import json
import logging

import pytest
from flask import Flask

from dordt.mailer.models import DeliveryState
from dordt.mailer.worker import tasks
from tests.factories.mailer import make_newsletter, make_receipt


def test_a_function_of_a_domain_is_called_every_minute_even_after_one_that_fails(
    app: Flask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    monkeypatch.setattr(tasks, "_every_minute", {})
    called: list[str] = []

    def broken() -> None:
        raise RuntimeError("broken")

    def finish_newsletters() -> None:
        called.append("finish")

    tasks.every_minute(broken)
    tasks.every_minute(finish_newsletters)
    tasks.every_minute(finish_newsletters)
    with caplog.at_level(logging.ERROR):
        tasks.run_every_minute()

    assert called == ["finish"]
    assert "broken" in caplog.text


def test_the_status_names_every_state_and_counts_what_is_due(app: Flask):
    make_newsletter(3)
    make_receipt()

    answer = app.test_cli_runner().invoke(args=["mailer", "status", "--json"])

    status = json.loads(answer.output)
    assert set(status["states"]) == {state.value for state in DeliveryState}
    assert [(relay["name"], relay["closed_until"], relay["slowed_to"]) for relay in status["relays"]] == [
        ("catcher", None, None)
    ]
    assert status["states"] == dict.fromkeys(status["states"], 0) | {"queued": 4}
