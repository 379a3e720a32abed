"""Pause, resume and cancel while a real worker sends to a slow relay: each acts at once, and not at the next look."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from dordt.extensions import db
from tests.factories.mailer import states
from tests.factories.newsletters import make_started_newsletter
from tests.support.relay import Relay
from tests.support.workers import wait_until

pytestmark = pytest.mark.slow
READERS = 600
LONGEST = 60  # seconds, on a machine that is busy with other things
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
def count_arrived(relay: Relay, start_worker: Any) -> Callable[[], int]:
    """Count the messages that arrived of a newsletter that is being sent: forty each second, over four connections."""
    relay.seconds_per_message = 0.1
    make_started_newsletter(READERS)
    db.session.rollback()
    start_worker(look_every=3600)
    assert relay.wait_for(20, LONGEST)
    return lambda: len(relay.messages)


def has_stopped() -> bool:
    return not {"leased", "sending"} & set(states())


def assert_it_stops(count_arrived: Callable[[], int]) -> None:
    """No more than what was on its way arrives, and then the worker holds nothing that could leave."""
    at_once = count_arrived()
    assert wait_until(has_stopped, LONGEST)
    assert count_arrived() - at_once <= CONNECTIONS


def test_a_pause_stops_and_resuming_goes_on_at_once(count_arrived, newsletter):
    for _ in range(3):
        newsletter("pause")
        assert_it_stops(count_arrived)
        arrived = count_arrived()
        assert states() == {"accepted": arrived, "queued": READERS - arrived}

        newsletter("resume")

        assert wait_until(lambda before=arrived: count_arrived() > before, LONGEST)


def test_cancelling_stops_at_once_and_the_counts_add_up(count_arrived, newsletter):
    newsletter("cancel")

    assert_it_stops(count_arrived)
    assert states() == {"accepted": count_arrived(), "cancelled": READERS - count_arrived()}


def test_cancelling_a_paused_newsletter_sends_nothing_more(count_arrived, newsletter):
    newsletter("pause")
    assert_it_stops(count_arrived)
    arrived = count_arrived()

    newsletter("cancel")

    assert states() == {"accepted": arrived, "cancelled": READERS - arrived}
    assert count_arrived() == arrived
