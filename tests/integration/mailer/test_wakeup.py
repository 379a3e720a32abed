"""A wake-up is enqueued after the commit, and only then; a broken queue harms nobody."""

import logging
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from flask import Flask

from dordt.extensions import db
from dordt.mailer.ledger import outbox
from dordt.mailer.models import Mail
from dordt.mailer.worker import wakeup
from dordt.mailer.worker.wakeup import AppQueue, Wakeup, queue
from tests.factories.mailer import WRITTEN_AT, make_draft, make_receipt


@pytest.fixture(autouse=True)
def quiet_queue(app: Flask) -> None:
    queue.current.huey.storage.flush_queue()


def enqueued() -> int:
    return queue.current.huey.storage.queue_size()


def enqueue() -> None:
    outbox.enqueue(make_draft(to="anna@voorbeeld.nl"), at=WRITTEN_AT)


def test_a_wakeup_is_enqueued_once_after_the_commit(app: Flask):
    enqueue()
    enqueue()
    assert enqueued() == 0

    db.session.commit()
    assert enqueued() == 1

    db.session.commit()
    assert enqueued() == 1


def test_no_wakeup_is_enqueued_after_a_rollback(app: Flask):
    enqueue()
    db.session.rollback()

    mail = {"kind": "transactional", "name": "x", "subject": "x", "sender": "a@b.nl", "text": "", "html": ""}
    db.session.add(Mail(**mail, created_at=WRITTEN_AT))
    db.session.commit()

    assert enqueued() == 0


def test_a_savepoint_neither_enqueues_nor_forgets(app: Flask):
    enqueue()
    with db.session.begin_nested():
        pass
    assert enqueued() == 0
    nested = db.session.begin_nested()
    nested.rollback()

    db.session.commit()

    assert enqueued() == 1


def test_a_broken_queue_fails_nobody(app: Flask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture):
    def fail(*_given: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(queue.current.huey.storage, "enqueue", fail)

    with caplog.at_level(logging.ERROR):
        delivery = make_receipt()

    assert delivery.id
    assert "Queue: wake-up deliver was not stored" in caplog.text


def test_a_task_that_we_did_not_sign_is_not_run(app: Flask):
    wakeup.enqueue_now(wakeup.DELIVERY)
    storage = queue.current.huey.storage
    (task,) = storage.enqueued_items()
    storage.flush_queue()
    storage.enqueue(b"0" * 64 + bytes(task)[64:])

    with pytest.raises(ValueError, match="not signed"):
        queue.current.huey.dequeue()


def test_a_worker_that_takes_the_task_is_woken(app: Flask):
    wakeup.enqueue_now(wakeup.DELIVERY)
    event = queue.current.events[Wakeup.DELIVERY]
    event.clear()

    queue.current.huey.execute(queue.current.huey.dequeue())

    assert event.is_set()


def test_many_that_make_the_queue_together_all_get_it(app: Flask):
    with db.engine.begin() as connection:
        if db.engine.dialect.name == "postgresql":
            connection.exec_driver_sql("DROP TABLE huey_kv, huey_schedule, huey_task, huey_counter")
    queues = [AppQueue(app, print) for _ in range(6)]

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda each: each.enqueue(Wakeup.DELIVERY), queues))

    assert enqueued() == 6
    for each in queues:
        each.huey.storage.close()


def test_a_wakeup_for_jobs_is_enqueued_once_after_the_commit_and_wakes_the_job_runner_alone(app: Flask):
    events = queue.current.events
    events[Wakeup.DELIVERY].clear()
    wakeup.enqueue(wakeup.JOBS)
    wakeup.enqueue(wakeup.JOBS)
    assert enqueued() == 0

    db.session.commit()

    assert enqueued() == 1
    queue.current.huey.execute(queue.current.huey.dequeue())
    assert events[Wakeup.JOBS].is_set()
    assert not events[Wakeup.DELIVERY].is_set()
    events[Wakeup.JOBS].clear()


def test_no_wakeup_for_jobs_is_enqueued_after_a_rollback(app: Flask):
    enqueue()
    wakeup.enqueue(wakeup.JOBS)
    db.session.rollback()

    db.session.execute(sa.text("SELECT 1"))
    db.session.commit()

    assert enqueued() == 0
