"""Limits and slow-down, shared by workers over one row per relay."""

import threading
import time
from datetime import timedelta

import pytest
import sqlalchemy as sa

from dordt.extensions import db
from dordt.mailer.models import MailRelay
from dordt.mailer.relays.pool import RelayPool
from dordt.shared import clock as our_clock
from tests.factories.mailer import make_newsletter
from tests.factories.relays import (
    GOOD,
    REFUSED,
    TOO_FAST,
    stored,
    take,
    taken_in,
    tell,
)


def test_without_limits_a_good_answer_asks_neither_the_database_nor_the_clock(clock, asked):
    relays = RelayPool(clock)
    first = relays.choose()
    assert first is not None
    asked.said.clear()
    clock.asked_count = 0

    assert relays.allowance(first, 500) == 500
    relays.replied(first, GOOD, False)
    assert clock.asked_count == 0
    relays.save()

    assert asked.said == []


def test_the_rows_are_looked_at_once_a_second_at_most(clock, asked):
    relays = RelayPool(clock)
    asked.said.clear()

    for _ in range(20):
        clock.move(0.1)
        tell(relays)

    assert len([sql for sql in asked.said if "mail_relay" in sql]) == 2


def test_two_workers_together_keep_to_the_limit_and_both_get_their_share(clock, limit):
    limit(second=10)
    workers = [RelayPool(clock), RelayPool(clock)]
    taken, wakes = [0, 0], [clock.at, clock.at]

    ends_at = clock.at + timedelta(seconds=20)
    while min(wakes) < ends_at:
        number = wakes.index(min(wakes))
        clock.at = wakes[number]
        taken[number] += take(workers[number], 4)
        wakes[number] = clock.at + timedelta(seconds=max(0.001, workers[number].seconds_to_next()))

    assert 195 <= sum(taken) <= 200 + 1 + 2.5
    assert min(taken) > 50


def test_two_workers_at_the_same_moment_do_not_take_the_same_tokens(app, clock, limit):
    limit(second=400)
    taken: list[int] = []

    def work() -> None:
        with app.app_context():
            relays = RelayPool(clock)
            taken.extend(take(relays, 7) for _ in range(20))
            db.session.remove()

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert sum(taken) == 101
    assert db.session.scalar(sa.select(sa.func.count()).select_from(MailRelay)) == 2


def test_a_grant_in_a_transaction_that_is_rolled_back_was_none(clock, limit):
    limit(hour=100)
    relays = RelayPool(clock)
    first = relays.choose()
    assert first is not None
    relays.allowance(first, 100)
    db.session.rollback()

    assert take(RelayPool(clock), 100) == 100


def test_limits_outlive_a_restart(clock, limit):
    limit(hour=100)
    take(RelayPool(clock), 90)

    assert take(RelayPool(clock), 90) == 10


def test_too_fast_halves_the_rate_for_all_workers_once_and_outlives_a_restart(clock, limit):
    limit(second=100)
    relays, other = RelayPool(clock), RelayPool(clock)
    first = relays.choose()
    assert first is not None
    for _ in range(500):
        relays.replied(first, GOOD, False)
    clock.move(2)
    tell(relays)

    for worker in (relays, relays, other):
        worker.replied(first, TOO_FAST, False)
    tell(relays, other)

    assert stored().slowed_to == 50
    assert taken_in(clock, RelayPool(clock), seconds=10) <= 10 * 50 + 1 + 12.5


def test_without_a_limit_the_measured_rate_is_halved_and_comes_back(clock):
    relays = RelayPool(clock)
    first = relays.choose()
    assert first is not None
    for _ in range(80):
        relays.replied(first, GOOD, False)
    clock.move(2)
    tell(relays)

    relays.replied(first, TOO_FAST, False)
    tell(relays)

    assert stored().slowed_to == 20
    assert taken_in(clock, relays, seconds=10) == pytest.approx(200, abs=7)
    clock.move(300)
    tell(relays)
    tell(relays)
    assert relays.allowance(first, 1000) == 1000
    assert stored().slowed_to is None


def test_a_failure_that_is_told_does_not_undo_a_slow_down_of_another_worker(clock):
    relays, other = RelayPool(clock), RelayPool(clock)
    first = relays.choose()
    assert first is not None
    relays.replied(first, TOO_FAST, False)
    tell(relays)

    other.connect_failed(first, REFUSED)
    tell(other)

    assert (stored().slowed_to, stored().failures) == (5, 1)


@pytest.mark.slow
def test_two_real_workers_together_keep_to_the_limit(app, ten_a_second, smtp_server, start_worker):
    app.config["DATA_DIR"].joinpath("smtp-address").write_text(f"{smtp_server.host}:{smtp_server.port}")
    make_newsletter(100, at=our_clock.now())
    began = time.monotonic()
    for _ in range(2):
        start_worker()

    assert len(smtp_server.wait_for(100, 120)) == 100
    assert time.monotonic() - began >= (100 - 1 - 2.5) / 10  # but for the burst, which may leave at once
