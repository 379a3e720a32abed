"""The counts of the limiter, in a table that processes share."""

import threading
import time

import pytest
import sqlalchemy as sa
from flask import Flask

from dordt.extensions import db, limiter
from dordt.throttling import TableStorage
from dordt.throttling.models import RateCount


@pytest.fixture
def storage(app: Flask) -> TableStorage:
    return TableStorage()


def test_the_limiter_counts_in_the_table(app: Flask):
    assert isinstance(limiter.storage, TableStorage)


def test_a_key_is_counted_up_within_its_window(storage: TableStorage):
    counts = [storage.incr("a", 60), storage.incr("a", 60), storage.incr("b", 60)]

    assert counts == [1, 2, 1]
    assert storage.get("a") == 2
    assert storage.get_expiry("a") == pytest.approx(time.time() + 60, abs=5)


def test_a_window_that_is_over_counts_from_zero(storage: TableStorage):
    storage.incr("a", 60, amount=9)
    db.session.execute(sa.update(RateCount).values(expires_at=time.time() - 1))
    db.session.commit()

    assert storage.get("a") == 0
    assert storage.incr("a", 60) == 1


def test_windows_that_are_over_are_cleared_away(storage: TableStorage):
    storage.incr("old", 60)
    db.session.execute(sa.update(RateCount).values(expires_at=time.time() - 1))
    db.session.commit()

    storage.incr("new", 60)

    assert db.session.scalars(sa.select(RateCount.key)).all() == ["new"]


def test_a_key_can_be_forgotten(storage: TableStorage):
    storage.incr("a", 60)
    storage.incr("b", 60)

    storage.clear("a")

    assert (storage.get("a"), storage.get("b")) == (0, 1)
    assert storage.reset() == 1
    assert storage.check()


def test_counting_leaves_the_work_of_the_request_alone(storage: TableStorage):
    db.session.add(RateCount(key="mine", count=1, expires_at=time.time() + 60))

    storage.incr("a", 60)
    db.session.rollback()

    assert (storage.get("a"), storage.get("mine")) == (1, 0)


def test_no_count_is_lost_between_threads(app: Flask, storage: TableStorage):
    def count() -> None:
        with app.app_context():
            for _time in range(10):
                storage.incr("a", 60)

    threads = [threading.Thread(target=count) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert storage.get("a") == 40
