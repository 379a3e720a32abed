"""Pause, resume and cancel while a real worker sends to a slow relay: each acts within two seconds."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from dordt.extensions import db
from tests.factories.mailer import states
from tests.factories.newsletters import make_started_newsletter
from tests.support.relay import Relay

pytestmark = pytest.mark.slow
READERS = 600
ACTS_WITHIN = 2.0  # seconds
CONNECTIONS = 4
Command = Callable[[str], None]


@pytest.fixture
def newsletter(app: Flask) -> Command:
    """`flask newsletter <command>` for the one newsletter there is."""

    def run(command: str) -> None:
        result = app.test_cli_runner().invoke(args=["newsletter", command, "1"])
        assert result.exit_code == 0, result.output

    return run


@pytest.fixture
def letters(relay: Relay, start_worker: Any) -> Callable[[], int]:
    """How many letters arrived of a newsletter that is being sent: about forty each second, over four connections."""
    relay.seconds_per_letter = 0.1
    make_started_newsletter(READERS)
    db.session.rollback()
    start_worker()
    assert relay.wait_for(20, 60)
    return lambda: len(relay.letters)


def assert_it_stops(letters: Callable[[], int]) -> None:
    """No more than what was on its way arrives, and after two seconds nothing."""
    at_once = letters()
    time.sleep(ACTS_WITHIN)
    on_their_way = letters()
    time.sleep(0.3)  # three letters' time; the worker looks at the ledger by itself only two seconds after this
    assert on_their_way - at_once <= CONNECTIONS
    assert letters() == on_their_way


def test_a_pause_stops_and_resuming_goes_on_within_two_seconds(letters, newsletter):
    for _ in range(3):
        newsletter("pause")
        assert_it_stops(letters)
        assert states() == {"accepted": letters(), "queued": READERS - letters()}

        before, began = letters(), time.monotonic()
        newsletter("resume")
        while letters() == before and time.monotonic() < began + 10:
            time.sleep(0.02)
        assert time.monotonic() - began < ACTS_WITHIN


def test_cancelling_stops_within_two_seconds_and_the_counts_add_up(letters, newsletter):
    newsletter("cancel")

    assert_it_stops(letters)
    assert states() == {"accepted": letters(), "cancelled": READERS - letters()}


def test_cancelling_a_paused_newsletter_sends_nothing_more(letters, newsletter):
    newsletter("pause")
    assert_it_stops(letters)
    arrived = letters()

    newsletter("cancel")

    time.sleep(ACTS_WITHIN)
    assert letters() == arrived
    assert states() == {"accepted": arrived, "cancelled": READERS - arrived}
