"""The worker as a real process: it is woken, killed, stopped and doubled, and nobody is missed or mailed twice."""

import signal
from collections import Counter
from datetime import timedelta

import pytest
import sqlalchemy as sa

from dordt.extensions import db
from dordt.mailer.models import HELD_STATES, OPEN_STATES, Delivery, MailRelay
from dordt.mailer.smtp.connection import QUIT_TIMEOUT
from dordt.mailer.worker import delivery_loop, process
from dordt.shared import clock
from tests.factories.mailer import make_newsletter, make_receipt, states
from tests.support.relay import Relay
from tests.support.workers import wait_until

pytestmark = pytest.mark.slow
OPEN = {state.value for state in OPEN_STATES}
PROMISED = 10  # seconds in which a worker ends, by docs/mail.md


def is_finished() -> bool:
    return not OPEN & set(states())


def most_often(relay: Relay) -> int:
    """How many messages the recipient got who got most."""
    return Counter(received.recipients for received in relay.messages).most_common(1)[0][1]


def has_tried() -> bool:
    """Whether a worker found that the relay cannot be reached."""
    db.session.rollback()
    return bool(db.session.scalar(sa.select(MailRelay.failures)))


def let_leases_run_out() -> None:
    """What a minute does, without waiting for it."""
    db.session.rollback()
    held = sa.update(Delivery).where(Delivery.state.in_(HELD_STATES))
    db.session.execute(held.values(lease_until=clock.now() - timedelta(seconds=1)))
    db.session.commit()


def test_a_wakeup_makes_a_receipt_leave_without_waiting_for_the_next_look(relay, start_worker):
    start_worker(look_every=3600)
    make_receipt(at=clock.now())
    assert relay.wait_for(1, 60)

    for number in range(3):
        make_receipt(f"lezer{number}@voorbeeld.nl", at=clock.now())

        assert len(relay.wait_for(number + 2, 60)) == number + 2


def test_a_worker_that_stops_gives_itself_less_time_than_is_promised():
    assert delivery_loop.STOP_TIMEOUT + QUIT_TIMEOUT < process.STOP_WITHIN < PROMISED


def test_after_kill_9_everybody_is_mailed_at_most_once_and_who_is_uncertain_is_listed(relay, start_worker):
    relay.seconds_per_message = 0.02
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
    assert counts["accepted"] <= len(relay.messages) <= 300
    assert most_often(relay) == 1


def test_when_the_relay_comes_back_all_mail_leaves_and_no_attempt_was_counted(relay, start_worker):
    relay.stop()
    mail = make_newsletter(20, at=clock.now())
    make_receipt(at=clock.now())
    start_worker()
    assert wait_until(has_tried, 60)
    assert wait_until(lambda: states() == {"queued": 21}, 60)

    relay.start()

    assert wait_until(is_finished, 90)
    assert states() == {"accepted": 21}
    assert set(db.session.scalars(sa.select(Delivery.attempts))) == {1}
    assert mail.id


def test_two_workers_mail_nobody_twice(relay, start_worker):
    relay.seconds_per_message = 2
    make_newsletter(600, at=clock.now())
    start_worker()
    start_worker()
    assert wait_until(lambda: relay.connections == 8, 60)

    relay.seconds_per_message = 0.02

    assert wait_until(is_finished, 120)
    assert states() == {"accepted": 600}
    assert len(relay.messages) == 600
    assert most_often(relay) == 1
    assert relay.connections == 8


@pytest.mark.parametrize("kind", [signal.SIGTERM, signal.SIGINT])
def test_a_worker_that_is_asked_to_stop_writes_down_what_it_sent_and_gives_back_the_rest(relay, start_worker, kind):
    relay.seconds_per_message = 0.05
    make_newsletter(500, at=clock.now())
    worker = start_worker()
    relay.wait_for(20, 60)

    worker.send_signal(kind)

    assert worker.wait(60) == 0
    assert states() == {"accepted": len(relay.messages), "queued": 500 - len(relay.messages)}


def test_a_worker_stops_though_the_relay_does_not_answer(relay, start_worker):
    relay.seconds_per_message = 600
    make_newsletter(10, at=clock.now())
    worker = start_worker()
    assert wait_until(lambda: states().get("sending") == 4, 60)

    worker.send_signal(signal.SIGTERM)

    assert worker.wait(60) == 0
    assert states() == {"uncertain": 4, "queued": 6}
