"""The bell rings after the commit, and only then; a broken one harms nobody."""

import logging
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from flask import Flask

from dordt.extensions import db, queue
from dordt.mailer.ledger import outbox
from dordt.mailer.models import Mail
from dordt.mailer.worker import wakeup
from dordt.mailer.worker.queue import AppQueue
from tests.factories.mailer import WRITTEN_AT, make_draft, make_receipt


@pytest.fixture(autouse=True)
def quiet_queue(app: Flask) -> None:
    queue.present.huey.storage.flush_queue()


def rings() -> int:
    return queue.present.huey.storage.queue_size()


def enqueue() -> None:
    outbox.enqueue(make_draft(to="anna@voorbeeld.nl"), at=WRITTEN_AT)


def test_the_bell_rings_once_after_the_commit(app: Flask):
    enqueue()
    enqueue()
    assert rings() == 0

    db.session.commit()
    assert rings() == 1

    db.session.commit()
    assert rings() == 1


def test_the_bell_is_silent_after_a_rollback(app: Flask):
    enqueue()
    db.session.rollback()

    mail = {"kind": "transactional", "name": "x", "subject": "x", "sender": "a@b.nl", "text": "", "html": ""}
    db.session.add(Mail(**mail, created_at=WRITTEN_AT))
    db.session.commit()

    assert rings() == 0


def test_a_savepoint_neither_rings_nor_forgets(app: Flask):
    enqueue()
    with db.session.begin_nested():
        pass
    assert rings() == 0
    nested = db.session.begin_nested()
    nested.rollback()

    db.session.commit()

    assert rings() == 1


def test_a_broken_queue_fails_nobody(app: Flask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture):
    def fail(*_given: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(queue.present.huey.storage, "enqueue", fail)

    with caplog.at_level(logging.ERROR):
        delivery = make_receipt()

    assert delivery.id
    assert "bell" in caplog.text


def test_a_task_that_we_did_not_sign_is_not_run(app: Flask):
    wakeup.ring()
    storage = queue.present.huey.storage
    (task,) = storage.enqueued_items()
    storage.flush_queue()
    storage.enqueue(b"0" * 64 + bytes(task)[64:])

    with pytest.raises(ValueError, match="not signed"):
        queue.present.huey.dequeue()


def test_a_worker_that_takes_the_ring_is_woken(app: Flask):
    wakeup.ring()
    bell = queue.present.bell
    bell.clear()

    queue.present.huey.execute(queue.present.huey.dequeue())

    assert bell.is_set()


def test_many_that_make_the_queue_together_all_get_it(app: Flask):
    with db.engine.begin() as connection:
        if db.engine.dialect.name == "postgresql":
            connection.exec_driver_sql("DROP TABLE huey_kv, huey_schedule, huey_task, huey_counter")
    queues = [AppQueue(app, print) for _ in range(6)]

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda each: each.ring(), queues))

    assert rings() == 6
    for each in queues:
        each.huey.storage.close()


def test_the_bell_for_errands_rings_once_after_the_commit_and_wakes_the_runner_alone(app: Flask):
    queue.present.bell.clear()
    wakeup.soon()
    wakeup.soon()
    assert rings() == 0

    db.session.commit()

    assert rings() == 1
    queue.present.huey.execute(queue.present.huey.dequeue())
    assert queue.present.errand_bell.is_set()
    assert not queue.present.bell.is_set()
    queue.present.errand_bell.clear()


def test_the_bell_for_errands_is_silent_after_a_rollback(app: Flask):
    enqueue()
    wakeup.soon()
    db.session.rollback()

    db.session.execute(sa.text("SELECT 1"))
    db.session.commit()

    assert rings() == 0
