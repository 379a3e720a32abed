"""The same things done at the same moment by two processes, on both databases."""

from concurrent.futures import ThreadPoolExecutor
from time import sleep

import sqlalchemy as sa

from dordt.consent.models import Consent
from dordt.extensions import db
from dordt.mailer.models import Delivery
from dordt.shared import clock
from dordt.shared.problems import LinkInvalid
from dordt.subscribers import services
from dordt.subscribers.fields import SubscriberFields
from dordt.subscribers.models import Subscriber, SubscriberState
from tests.factories.subscribers import confirm_path, make_subscriber, unsubscribe_path
from tests.support.at_once import at_once
from tests.support.subscribers import token_of

REQUEST = services.SubscriptionRequest("anna@voorbeeld.nl", SubscriberFields(), "Ja, stuur mij de nieuwsbrief.")


def test_one_address_sent_in_six_times_at_once_is_one_subscriber_one_mail_and_one_consent(app):
    at_once(app, *[lambda: services.request_subscription(REQUEST, at=clock.now())] * 6)

    for what in (Subscriber, Delivery, Consent):
        assert db.session.scalar(sa.select(sa.func.count()).select_from(what)) == 1


def test_confirming_and_leaving_at_once_never_ends_as_a_subscriber_without_consent(app):
    for _ in range(5):
        anna = make_subscriber(SubscriberState.UNCONFIRMED)
        confirm, leave = token_of(confirm_path(anna)), token_of(unsubscribe_path(anna))

        def confirm_it(token: str = confirm) -> None:
            try:
                services.confirm_subscription(token, at=clock.now())
            except LinkInvalid:
                db.session.rollback()

        at_once(app, confirm_it, lambda token=leave: services.unsubscribe(token, at=clock.now()))

    states = db.session.scalars(sa.select(Subscriber.state).distinct()).all()
    assert states == ["unsubscribed"]


def test_who_leaves_while_the_list_is_locked_waits_and_nobody_is_thrown_out(app):
    anna = make_subscriber()
    number, token = anna.id, token_of(unsubscribe_path(anna))
    db.session.rollback()

    def leave() -> None:
        with app.app_context():
            services.unsubscribe(token, at=clock.now())

    with ThreadPoolExecutor(1) as pool:
        services.lock_list()
        db.session.execute(sa.update(Subscriber).where(Subscriber.id == 0).values(email=""))  # SQLite holds from here
        leaving = pool.submit(leave)
        sleep(0.5)
        db.session.execute(sa.update(Subscriber).where(Subscriber.id == number).values(import_id=None))
        db.session.commit()
        leaving.result(timeout=20)

    assert db.session.scalar(sa.select(Subscriber.state)) == "unsubscribed"
