"""The worker as a real process: it is rung for, killed, stopped and doubled, and nobody is missed or mailed twice."""

import signal
import time
from collections import Counter
from datetime import timedelta

import pytest
import sqlalchemy as sa

from dordt.extensions import db
from dordt.mailer.models import HELD_STATES, OPEN_STATES, Delivery
from dordt.shared import clock
from tests.factories.mailer import make_newsletter, make_receipt, states
from tests.support.relay import Relay
from tests.support.workers import wait_until

pytestmark = pytest.mark.slow
OPEN = {state.value for state in OPEN_STATES}


def is_finished() -> bool:
    return not OPEN & set(states())


def most_often(relay: Relay) -> int:
    """How many letters the recipient got who got most."""
    return Counter(letter.recipients for letter in relay.letters).most_common(1)[0][1]


def let_leases_run_out() -> None:
    """What a minute does, without waiting for it."""
    db.session.rollback()
    held = sa.update(Delivery).where(Delivery.state.in_(HELD_STATES))
    db.session.execute(held.values(lease_until=clock.now() - timedelta(seconds=1)))
    db.session.commit()


def test_a_receipt_leaves_at_once_when_it_is_rung_for(relay, start_worker):
    start_worker()
    make_receipt(at=clock.now())
    assert relay.wait_for(1, 20)
    took = []

    for number in range(3):
        began = time.monotonic()
        make_receipt(f"lezer{number}@voorbeeld.nl", at=clock.now())
        relay.wait_for(number + 2)
        took.append(time.monotonic() - began)

    assert max(took) < 3


def test_after_kill_9_everybody_is_mailed_at_most_once_and_who_is_uncertain_is_listed(relay, start_worker):
    relay.seconds_per_letter = 0.02
    mail = make_newsletter(300, at=clock.now())
    victim = start_worker()
    relay.wait_for(100, 60)
    victim.kill()
    victim.wait()
    let_leases_run_out()

    start_worker()

    assert wait_until(is_finished, 90)
    counts = states(mail.id)
    assert counts["accepted"] + counts.get("uncertain", 0) == 300
    assert counts.get("uncertain", 0) <= 4
    assert counts["accepted"] <= len(relay.letters) <= 300
    assert most_often(relay) == 1


def test_when_the_relay_comes_back_all_mail_leaves_and_no_attempt_was_counted(relay, start_worker):
    relay.stop()
    mail = make_newsletter(20, at=clock.now())
    make_receipt(at=clock.now())
    start_worker()
    time.sleep(4)
    assert states() == {"queued": 21}

    relay.start()

    assert wait_until(is_finished, 40)
    assert states() == {"accepted": 21}
    assert set(db.session.scalars(sa.select(Delivery.attempts))) == {1}
    assert mail.id


def test_two_workers_mail_nobody_twice(relay, start_worker):
    relay.seconds_per_letter = 0.02
    make_newsletter(600, at=clock.now())

    start_worker()
    start_worker()

    assert wait_until(is_finished, 120)
    assert states() == {"accepted": 600}
    assert len(relay.letters) == 600
    assert most_often(relay) == 1
    assert relay.connections == 8


@pytest.mark.parametrize("kind", [signal.SIGTERM, signal.SIGINT])
def test_a_worker_that_is_asked_to_stop_writes_down_what_it_sent_and_gives_back_the_rest(relay, start_worker, kind):
    relay.seconds_per_letter = 0.05
    make_newsletter(500, at=clock.now())
    worker = start_worker()
    relay.wait_for(20, 60)

    began = time.monotonic()
    worker.send_signal(kind)

    assert worker.wait(20) == 0
    assert time.monotonic() - began < 10
    assert states() == {"accepted": len(relay.letters), "queued": 500 - len(relay.letters)}


def test_a_worker_stops_in_time_though_the_relay_does_not_answer(relay, start_worker):
    relay.seconds_per_letter = 60
    make_newsletter(10, at=clock.now())
    worker = start_worker()
    assert wait_until(lambda: states().get("sending") == 4, 30)

    began = time.monotonic()
    worker.send_signal(signal.SIGTERM)

    assert worker.wait(20) == 0
    assert time.monotonic() - began < 10
    assert states() == {"uncertain": 4, "queued": 6}
