"""The counts of a report add up to the frozen audience: whatever happens to deliveries, and while it happens."""

import random
import threading
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from dordt.extensions import db
from dordt.mailer.ledger import claiming, outbox
from dordt.mailer.ledger.recording import Recorder
from dordt.mailer.models import Delivery, DeliveryState, Mail, MailState, SuppressionCause, SuppressionScope
from dordt.mailer.smtp.connection import Replied
from dordt.mailer.smtp.protocol import Reply, Stage
from dordt.mailer.smtp.rendering import RenderedMessage
from dordt.mailer.suppression import list as suppression_list
from dordt.newsletters.reporting import services
from dordt.shared.database import reading
from tests.factories.inbound import sample, take_in
from tests.factories.mailer import WRITTEN_AT
from tests.factories.newsletters import make_started_newsletter

READERS, STEPS, SEEDS = 12, 60, 4
OWNER = "worker"
REPLIES = (
    *(Reply(Stage.BODY, 250, "2.0.0 Ok"),) * 3,
    Reply(Stage.RCPT, 550, "5.1.1 User unknown"),
    Reply(Stage.RCPT, 451, "4.2.0 Busy"),
    Reply(Stage.BODY, 554, "5.6.0 Refused"),
    Reply(Stage.BODY, None, "hung up"),
)
RETURNED = ("postfix-unknown-user-5.1.1", "postfix-mailbox-full-5.2.2", "postfix-delayed-4.2.0", "arf-abuse")


@pytest.fixture(autouse=True)
def bounces_come_back(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "MAIL_BOUNCE_DOMAIN", "bounces.example")


class Walk:
    """A newsletter to which the real mailer does one thing after another, as chance has it."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.newsletter = make_started_newsletter(READERS)
        self.mail_id = self.newsletter.mail_id or 0
        self.at = WRITTEN_AT + timedelta(days=400)
        self.held: dict[int, claiming.Due] = {}
        self.recorder = Recorder(OWNER)

    def step(self) -> str:
        """Do something; returns what."""
        deed: Callable[[], Any] = self.chance.choice(
            [*[self.claim] * 4, *[self.answer] * 5, *[self.come_back] * 3, self.mark, self.wait, self.leave]
            + [self.suppress, self.resend, self.resend_all, self.pause]
        )
        deed()
        db.session.commit()
        return deed.__name__

    def claim(self) -> None:
        self.held |= {due.id: due for due in claiming.claim(OWNER, self.chance.randint(1, 6), at=self.at)}

    def mark(self) -> None:
        claiming.mark_sending(self.some(list(self.held)), OWNER)

    def answer(self) -> None:
        marked = claiming.mark_sending(self.some(list(self.held)), OWNER)
        db.session.commit()
        dues = [self.held.pop(number) for number in sorted(marked)]
        connection: Any = SimpleNamespace(relay=None)
        messages = [RenderedMessage(due, "", due.address, "", f"<{due.id}@voorbeeld.nl>", b"") for due in dues]
        replies = [Replied(connection, each, self.chance.choice(REPLIES), False) for each in messages]
        self.recorder.record(replies, at=self.at)

    def wait(self) -> None:
        self.at += timedelta(seconds=self.chance.choice([1, 50, 500, 20_000]))
        claiming.reap(at=self.at)

    def leave(self) -> None:
        for delivery in self.some(self.deliveries(), most=1):
            outbox.withdraw(delivery.address_key, scope=SuppressionScope.NEWSLETTER)

    def suppress(self) -> None:
        for delivery in self.some(self.deliveries(), most=1):
            scope, cause = SuppressionScope.ALL, SuppressionCause.STAFF
            suppression_list.add(delivery.address_key, scope=scope, cause=cause, reason="Zo besloten.", at=self.at)

    def resend(self) -> None:
        for delivery in self.some(self.deliveries(), most=3):
            outbox.resend(delivery.id, at=self.at)

    def resend_all(self) -> None:
        outbox.resend_all(self.mail_id, self.chance.choice(outbox.RESENDABLE), at=self.at)

    def come_back(self) -> None:
        for delivery in self.some(self.deliveries(), most=2):
            take_in(sample(self.chance.choice(RETURNED), delivery), at=self.at)

    def pause(self) -> None:
        mail = db.session.get_one(Mail, self.mail_id)
        if mail.state is MailState.PAUSED:
            outbox.resume(mail)
        elif self.chance.random() < 0.2:
            outbox.pause(mail, "Even wachten.")

    def deliveries(self) -> list[Delivery]:
        return list(db.session.scalars(sa.select(Delivery).where(Delivery.mail_id == self.mail_id)))

    def some(self, those: list[Any], *, most: int = 6) -> list[Any]:
        return self.chance.sample(those, min(len(those), self.chance.randint(1, most)))

    def counted_one_by_one(self) -> Counter[DeliveryState]:
        db.session.expire_all()
        return Counter(delivery.state for delivery in self.deliveries())

    def tally(self) -> services.Tally:
        return services.tally_of(self.newsletter, db.session.get_one(Mail, self.mail_id))


def test_whatever_becomes_of_mails_everybody_is_counted_once(app: Flask):
    seen: set[DeliveryState] = set()
    for seed in range(SEEDS):
        walk = Walk(seed)
        for number in range(STEPS):
            deed = walk.step()
            found = walk.tally()
            assert found.counts == walk.counted_one_by_one(), f"walk {seed}, after step {number}, {deed}"
            assert found.adds_up, f"walk {seed}, after step {number}, {deed}"
            seen |= set(found.counts)

    assert seen == set(DeliveryState)


def test_while_deliveries_move_a_report_is_of_one_moment(app: Flask):
    newsletter = make_started_newsletter(60)
    mail_id = newsletter.mail_id
    over = threading.Event()
    mover = threading.Thread(target=move_about, args=(app, mail_id, over))
    mover.start()

    try:
        looks = [look(mail_id) for _ in range(150)]
    finally:
        over.set()
        mover.join()

    assert {sum(found.values()) for found in looks} == {60}
    assert len({tuple(sorted(found.items())) for found in looks}) > 5, "nothing moved"


def move_about(app: Flask, mail_id: int, over: threading.Event) -> None:
    """From waiting to held to done and back, one commit after the other."""
    chance = random.Random(1)
    states = [DeliveryState.QUEUED, DeliveryState.SENDING, DeliveryState.ACCEPTED, DeliveryState.DEFERRED]
    with app.app_context():
        ids = db.session.scalars(sa.select(Delivery.id).where(Delivery.mail_id == mail_id)).all()
        db.session.rollback()
        while not over.is_set():
            some = sa.update(Delivery).where(Delivery.id.in_(chance.sample(ids, 20)))
            db.session.execute(some.values(state=chance.choice(states)))
            db.session.commit()
        db.session.remove()


def look(mail_id: int) -> dict[DeliveryState, int]:
    db.session.rollback()
    with reading():
        found = dict(outbox.progress(mail_id))
        db.session.rollback()
    return found


def test_what_does_not_add_up_is_an_error_in_the_log(app: Flask, caplog: pytest.LogCaptureFixture):
    newsletter = make_started_newsletter(3)
    mail = db.session.get_one(Mail, newsletter.mail_id)
    db.session.delete(db.session.scalars(sa.select(Delivery).where(Delivery.mail_id == mail.id)).first())
    db.session.commit()

    found = services.tally_of(newsletter, mail)

    assert (found.total, found.frozen, found.adds_up) == (2, 3, False)
    assert [record.levelname for record in caplog.records if f"newsletter {newsletter.id} " in record.message] == [
        "ERROR"
    ]
