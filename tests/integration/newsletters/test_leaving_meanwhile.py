"""People leave, in every way there is, while a newsletter goes out: after the click nothing is sent to them."""

import time
from collections.abc import Callable, Collection, Sequence
from itertools import product

import pytest
import sqlalchemy as sa
from flask import Flask

from dordt.extensions import db
from dordt.mailer.models import Delivery, DeliveryState
from dordt.mailer.smtp import verp
from dordt.newsletters.models import NewsletterState
from dordt.newsletters.sending import services
from dordt.shared import clock
from dordt.subscribers.models import Subscriber
from tests.factories.inbound import take_in
from tests.factories.mailer import states
from tests.factories.newsletters import make_newsletter
from tests.factories.subscribers import make_subscriber, preferences_path, unsubscribe_path
from tests.support.relay import Relay
from tests.support.visitors import Visitor
from tests.support.workers import wait_until

pytestmark = pytest.mark.slow
READERS = 300
# Where the delivery stands of who leaves: one on its way, one that may go during the click, and some that are far off.
BEFORE = (DeliveryState.SENDING, DeliveryState.LEASED, *3 * [DeliveryState.QUEUED])
MEANWHILE = 5  # messages that the relay takes in during a click
LONGEST = 60  # seconds, on a machine that is busy with other things
Leave = Callable[[Subscriber], None]


@pytest.fixture
def ways(app: Flask, client: Visitor, staff_client: Callable[..., Visitor], monkeypatch) -> dict[str, Leave]:
    """Each way to get no more newsletters; it returns once the click, or the mail, was answered."""
    monkeypatch.setitem(app.config, "MAIL_BOUNCE_DOMAIN", "bounces.example")
    staff = staff_client("beheerder")

    def post(visitor: Visitor, path: str, data: dict[str, str], status: int) -> None:
        assert visitor.post(path, data=data).status_code == status

    def by_mail(reader: Subscriber) -> None:
        delivery = db.session.scalar(sa.select(Delivery.id).where(Delivery.recipient == reader.id))
        db.session.rollback()
        take_in(b"Subject: afmelden\r\n\r\n", recipient=verp.leave_address(delivery))

    return {
        "link": lambda reader: post(client, unsubscribe_path(reader), {}, 303),
        "one click": lambda reader: post(client, unsubscribe_path(reader), {"List-Unsubscribe": "One-Click"}, 200),
        "mail": by_mail,
        "pause": lambda reader: post(client, f"{preferences_path(reader)}pauze/", {"months": "1"}, 303),
        "staff": lambda reader: post(staff, f"/beheer/abonnees/{reader.id}/afmelden/", {"reason": "phone"}, 303),
    }


@pytest.fixture
def readers(app: Flask, relay: Relay, start_worker: Callable[[], object]) -> Sequence[Subscriber]:
    """Who gets the newsletter that a real worker is sending now, in the order in which it goes out."""
    relay.let_in(MEANWHILE)
    found = [make_subscriber(email=f"lezer{number:03}@voorbeeld.nl") for number in range(READERS)]
    newsletter = make_newsletter(NewsletterState.APPROVED)
    services.start_newsletter(newsletter.id, at=clock.now())
    start_worker()
    assert len(relay.wait_for(MEANWHILE, LONGEST)) == MEANWHILE
    return found


def the_next(state: DeliveryState, gone: Collection[str]) -> str:
    """The address of one that stands here, or else of one that still waits: a worker may have leased all at once.

    Of those in the queue or leased instead of it the very last, which is far off.
    """
    for looked_at in dict.fromkeys((state, DeliveryState.QUEUED, DeliveryState.LEASED)):
        order = Delivery.id if looked_at is state is not DeliveryState.QUEUED else Delivery.id.desc()
        waiting = sa.select(Delivery.address).where(Delivery.state == looked_at, Delivery.address.not_in(gone))
        address = db.session.scalar(waiting.order_by(order).limit(1))
        db.session.rollback()  # on SQLite the test itself would keep the worker waiting
        if address:
            return address
    raise AssertionError("nobody waits any more: the newsletter is too short for this test")


def leave_while_it_is_sent(relay: Relay, readers: Sequence[Subscriber], ways: dict[str, Leave]) -> dict[str, float]:
    """Somebody leaves in each way, again and again; by address, when that was answered."""
    answered: dict[str, float] = {}
    by_address = {reader.email: reader for reader in readers}
    db.session.rollback()
    for state, leave in product(BEFORE, ways.values()):
        sent, address = len(relay.messages), the_next(state, answered)
        relay.let_in(MEANWHILE)
        leave(by_address[address])
        answered[address] = time.monotonic()
        db.session.rollback()
        assert len(relay.wait_for(sent + MEANWHILE, LONGEST)) == sent + MEANWHILE
    relay.let_in(None)
    return answered


def test_who_leaves_while_it_is_sent_gets_nothing_after_the_click(relay: Relay, readers, ways):
    answered = leave_while_it_is_sent(relay, readers, ways)

    assert wait_until(lambda: set(states()) <= {"accepted", "cancelled"}, LONGEST)

    deliveries = {row.address: row for row in db.session.scalars(sa.select(Delivery))}
    late = [
        received
        for received in relay.messages
        if received.accepted_at > answered.get(received.recipients[0], float("inf"))
    ]
    for received in late:  # it had left us before the click, which found it marked as sending
        (address,) = received.recipients
        assert deliveries[address].is_withdrawn
    assert len(late) <= len(answered) // 2
    kept_back = {address for address in answered if deliveries[address].state == DeliveryState.CANCELLED}
    assert len(kept_back) >= len(answered) // 2
    assert not kept_back & {received.recipients[0] for received in relay.messages}
    assert len(relay.messages) + len(kept_back) == READERS
