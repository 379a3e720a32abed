"""Sending once more what failed or is uncertain, all at once."""

import threading

import pytest
import sqlalchemy as sa
from flask import Flask

from dordt.extensions import db
from dordt.mailer.ledger import claiming, outbox
from dordt.mailer.models import Delivery, DeliveryState, Mail, MailEvent, MailEventKind
from tests.factories.mailer import WRITTEN_AT, make_newsletter, make_receipt, states

pytestmark = pytest.mark.usefixtures("app")


def settle(mail_id: int, *becomes: DeliveryState) -> list[int]:
    found = db.session.scalars(sa.select(Delivery).where(Delivery.mail_id == mail_id).order_by(Delivery.id)).all()
    for delivery, state in zip(found, becomes, strict=True):
        delivery.state, delivery.attempts = state, 3
    db.session.commit()
    return [delivery.id for delivery in found]


def test_only_what_stands_in_that_state_goes_again():
    mail = make_newsletter(4)
    other = make_receipt()
    other.state = DeliveryState.UNCERTAIN
    ids = settle(mail.id, *2 * [DeliveryState.UNCERTAIN], DeliveryState.FAILED, DeliveryState.ACCEPTED)

    count = outbox.resend_all(mail.id, DeliveryState.UNCERTAIN, at=WRITTEN_AT)
    db.session.commit()

    assert count == 2
    assert states(mail.id) == {"queued": 2, "failed": 1, "accepted": 1}
    assert states()["uncertain"] == 1
    events = db.session.execute(sa.select(MailEvent.delivery_id, MailEvent.kind)).all()
    assert events == [(ids[0], MailEventKind.RESENT), (ids[1], MailEventKind.RESENT)]
    assert db.session.get_one(Delivery, ids[0]).attempts == 0


def test_a_newsletter_that_was_stopped_stays_stopped():
    mail = make_newsletter(1)
    settle(mail.id, DeliveryState.FAILED)
    outbox.cancel(mail)

    assert outbox.resend_all(mail.id, DeliveryState.FAILED, at=WRITTEN_AT) == 0
    assert states(mail.id) == {"failed": 1}


def test_a_mail_of_which_something_is_sent_again_at_that_moment_is_not_called_finished(app: Flask):
    mail_id = make_newsletter(1).id
    settle(mail_id, DeliveryState.FAILED)

    def finish() -> None:
        with app.app_context():
            claiming._finish(mail_id, WRITTEN_AT)
            db.session.commit()

    outbox.resend_all(mail_id, DeliveryState.FAILED, at=WRITTEN_AT)
    other = threading.Thread(target=finish)
    other.start()
    other.join(0.5)  # it waits for us
    assert other.is_alive()
    db.session.commit()
    other.join()

    db.session.expire_all()
    assert db.session.get_one(Mail, mail_id).finished_at is None


@pytest.mark.parametrize("state", sorted(set(DeliveryState) - set(outbox.RESENDABLE)), ids=str)
def test_nothing_else_is_ever_sent_again(state: DeliveryState):
    with pytest.raises(ValueError, match="not sent again"):
        outbox.resend_all(make_newsletter(1).id, state, at=WRITTEN_AT)
