"""Who is next, and who may say so."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from dordt.extensions import db
from dordt.mailer.ledger import claiming, outbox
from dordt.mailer.models import Delivery, DeliveryState, SuppressionScope
from dordt.shared.database import is_postgres
from tests.factories.mailer import WRITTEN_AT, make_newsletter, make_receipt, states
from tests.support.workers import wait_until

LATER = WRITTEN_AT + timedelta(minutes=2)


WAITS = sa.text(  # in this database: others of the run share the server
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
)


def is_blocked() -> bool:
    """Whether somebody waits for a row that we hold; SQLite cannot tell, and lets one writer in at a time anyhow."""
    if not is_postgres():
        return True
    with db.engine.connect() as connection:
        return bool(connection.scalar(WAITS))


def ids(found: object) -> list[int]:
    return [due.id for due in found]  # type: ignore[attr-defined]


def test_two_workers_never_hold_the_same_delivery(app: Flask):
    make_newsletter(10)

    first = claiming.claim("first", 6, at=WRITTEN_AT)
    second = claiming.claim("second", 6, at=WRITTEN_AT)

    assert len(first) == 6
    assert len(second) == 4
    assert not set(ids(first)) & set(ids(second))


def test_mail_for_later_waits(app: Flask):
    make_newsletter(1, at=LATER)

    assert claiming.claim("first", 6, at=WRITTEN_AT) == []
    assert len(claiming.claim("first", 6, at=LATER)) == 1


def test_what_was_withdrawn_or_paused_or_taken_over_after_the_claim_is_not_marked(app: Flask):
    mail = make_newsletter(4)
    paused = make_newsletter(1)
    held = claiming.claim("first", 10, at=WRITTEN_AT)
    outbox.withdraw("lezer2@voorbeeld.nl", scope=SuppressionScope.NEWSLETTER)
    outbox.pause(paused, "even wachten")
    db.session.execute(sa.update(Delivery).where(Delivery.address_key == "lezer3@voorbeeld.nl").values(lease_owner="b"))
    db.session.commit()

    marked = claiming.mark_sending(ids(held), "first")
    db.session.commit()

    addresses = db.session.scalars(sa.select(Delivery.address).where(Delivery.id.in_(marked)))
    assert sorted(addresses) == ["lezer1@voorbeeld.nl", "lezer4@voorbeeld.nl"]
    assert states(mail.id) == {"sending": 2, "cancelled": 1, "leased": 1}
    assert states(paused.id) == {"queued": 1}


@pytest.mark.parametrize(
    ("before", "after", "becomes"),
    [("leased", "sending", ("sending", True)), ("sending", "deferred", ("cancelled", None))],
)
def test_whoever_leaves_while_a_worker_moves_the_delivery_is_not_missed(app: Flask, before, after, becomes):
    def move(state: str) -> None:
        db.session.execute(sa.update(Delivery).values(state=DeliveryState(state)))

    def leave() -> None:
        with app.app_context():
            outbox.withdraw("lezer1@voorbeeld.nl", scope=SuppressionScope.NEWSLETTER)
            db.session.commit()

    make_newsletter(1)
    move(before)
    db.session.commit()
    move(after)  # and holds the row until the one who leaves waits for it
    with ThreadPoolExecutor(1) as pool:
        left = pool.submit(leave)
        assert wait_until(is_blocked, 60)
        db.session.commit()
        left.result()

    assert db.session.execute(sa.select(Delivery.state, Delivery.is_withdrawn)).one() == becomes


def test_a_lease_that_is_renewed_is_not_taken_back(app: Flask):
    make_newsletter(2)
    held = claiming.claim("first", 2, at=WRITTEN_AT)
    claiming.renew([held[0].id], "first", at=LATER)
    db.session.commit()

    assert claiming.reap(at=LATER) == 1
    assert states() == {"leased": 1, "queued": 1}


def test_what_a_dead_worker_was_sending_is_uncertain_and_what_it_only_held_is_due_again(app: Flask):
    newsletter = make_newsletter(3)
    receipt = make_receipt()
    held = claiming.claim("dead", 10, at=WRITTEN_AT)
    claiming.mark_sending(ids(held)[:2], "dead")
    db.session.commit()

    claiming.reap(at=LATER)

    assert states(newsletter.id) == {"uncertain": 1, "queued": 2}
    db.session.refresh(receipt)
    assert (receipt.state, receipt.attempts) == (DeliveryState.DEFERRED, 1)


def test_a_receipt_of_which_nobody_ever_hears_is_left_to_staff_in_the_end(app: Flask):
    receipt = make_receipt()

    at = WRITTEN_AT
    for _ in range(3):
        at += timedelta(hours=1)
        held = claiming.claim("dead", 10, at=at)
        claiming.mark_sending(ids(held), "dead")
        db.session.commit()
        at += timedelta(minutes=2)
        claiming.reap(at=at)

    db.session.refresh(receipt)
    assert (receipt.state, receipt.attempts) == (DeliveryState.UNCERTAIN, 3)


@pytest.mark.parametrize("at", [WRITTEN_AT, LATER], ids=["due", "expired"])
def test_there_is_work_when_something_is_due_or_a_lease_ran_out(app: Flask, at):
    assert not claiming.has_work(at=at)
    make_newsletter(1)
    assert claiming.has_work(at=at)
    claiming.claim("first", 1, at=WRITTEN_AT)
    assert claiming.has_work(at=at) == (at is LATER)


def test_claiming_walks_the_indexes_of_what_is_due(app: Flask):
    make_newsletter(2)
    make_receipt()
    asked: list[tuple[str, object]] = []

    def note(_connection: object, _cursor: object, sql: str, values: object, *_rest: object) -> None:
        asked.append((sql, values))

    sa.event.listen(db.engine, "before_cursor_execute", note)

    claiming.claim("first", 10, at=WRITTEN_AT)

    sa.event.remove(db.engine, "before_cursor_execute", note)
    questions = [(sql, values) for sql, values in asked if "FROM delivery" in sql and "SELECT" in sql]
    plans = str([_plan(sql, values) for sql, values in questions])
    assert "ix_delivery_due_single" in plans
    assert "ix_delivery_due_bulk" in plans


def _plan(sql: str, values: object) -> list[object]:
    connection = db.session.connection()
    explain = "EXPLAIN QUERY PLAN"
    if db.engine.dialect.name == "postgresql":  # which reads and sorts a small table as a whole, unless it may not
        for way in ("seqscan", "bitmapscan", "sort", "mergejoin", "hashjoin"):
            connection.exec_driver_sql(f"SET LOCAL enable_{way} = off")
        explain = "EXPLAIN"
    return list(connection.exec_driver_sql(f"{explain} {sql}", values))
