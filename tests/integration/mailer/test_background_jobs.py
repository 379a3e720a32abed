"""Long work of a domain in real workers: an import that is killed, doubled and stopped, while mail goes on leaving."""

import signal

import pytest
import sqlalchemy as sa

from dordt.consent.models import Consent
from dordt.extensions import db
from dordt.shared import clock
from dordt.subscribers.models import ImportState, Subscriber, SubscriberImport
from tests.factories.imports import found_import, make_queued
from tests.factories.mailer import make_receipt
from tests.support.stored import count
from tests.support.workers import wait_until

pytestmark = pytest.mark.slow
MANY = 15_000


def rows(count: int = MANY) -> list[str]:
    return [f"lezer{number}@voorbeeld.nl;;;2026-03-09;Balie" for number in range(count)]


def has_begun(number: int) -> bool:
    return found_import(number).done_count > 0


def is_done(number: int) -> bool:
    return found_import(number).state == ImportState.DONE


def test_after_kill_9_another_worker_goes_on_and_no_row_is_lost_or_stored_twice(relay, start_worker):
    victim = start_worker()
    number = make_queued(*rows(), "geen adres;;;2026-03-09;Balie")
    assert wait_until(lambda: has_begun(number), 60)
    victim.kill()
    victim.wait()
    halfway = found_import(number).done_count
    db.session.execute(sa.update(SubscriberImport).values(lease_until=clock.now()))
    db.session.commit()

    start_worker()
    start_worker()

    assert wait_until(lambda: is_done(number), 120)
    found = found_import(number)
    assert 0 < halfway < MANY
    assert (found.added_count, found.refused_count, found.known_count) == (MANY, 1, 0)
    assert (count(Subscriber), count(Consent)) == (MANY, MANY)


def test_a_receipt_does_not_wait_for_an_import(relay, start_worker):
    start_worker()
    make_receipt(at=clock.now())
    assert relay.wait_for(1, 60)
    number = make_queued(*rows())
    assert wait_until(lambda: has_begun(number), 60)

    make_receipt("vraag@voorbeeld.nl", at=clock.now())

    assert len(relay.wait_for(2, 60)) == 2
    assert not is_done(number)


def test_a_worker_that_is_told_to_end_lets_go_of_its_import(relay, start_worker):
    worker = start_worker()
    number = make_queued(*rows())
    assert wait_until(lambda: has_begun(number), 60)

    worker.send_signal(signal.SIGTERM)

    assert worker.wait(60) == 0
    found = found_import(number)
    assert (found.state, found.lease_until) == (ImportState.RUNNING, None)
    assert count(Subscriber) == found.done_count < MANY
