"""How fast a newsletter leaves, read from the newest events."""

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from dordt.extensions import db
from dordt.mailer.ledger import deliveries as progress
from dordt.mailer.models import Delivery, Mail, MailEvent, MailEventKind, MailRelay
from tests.factories.mailer import WRITTEN_AT, make_newsletter, make_receipt

pytestmark = pytest.mark.usefixtures("app")
NOW = WRITTEN_AT + timedelta(minutes=10)


def ids_of(mail: Mail) -> list[int]:
    return list(db.session.scalars(sa.select(Delivery.id).where(Delivery.mail_id == mail.id).order_by(Delivery.id)))


def hear(deliveries: list[int], *ages: float, kind: MailEventKind = MailEventKind.ACCEPTED) -> None:
    """Events of these deliveries, each so many seconds old; the oldest first, as they come in."""
    rows = zip(deliveries, sorted(ages, reverse=True), strict=True)
    db.session.add_all(MailEvent(delivery_id=of, kind=kind, at=NOW - timedelta(seconds=age)) for of, age in rows)
    db.session.commit()


def test_the_pace_is_what_was_accepted_in_the_last_minute():
    mail = make_newsletter(4)
    hear(ids_of(mail), 90, 50, 20, 1)

    assert progress.pace(mail.id, at=NOW) == progress.Pace(3 / 50, is_quiet=False)


def test_other_mail_and_refusals_do_not_count():
    mail = make_newsletter(1)
    hear([make_receipt().id], 10)
    hear(ids_of(mail), 8, kind=MailEventKind.FAILED)

    assert progress.pace(mail.id, at=NOW) == progress.Pace(0.0, is_quiet=False)


def test_a_single_message_just_now_is_no_high_speed():
    mail = make_newsletter(1)
    hear(ids_of(mail), 0)

    assert progress.pace(mail.id, at=NOW).per_second == 1 / 5


def test_as_many_as_are_looked_at_within_a_second_are_a_high_speed(monkeypatch):
    monkeypatch.setattr(progress, "NEWEST", 4)
    mail = make_newsletter(5)
    hear(ids_of(mail), 9, 0.5, 0.4, 0.3, 0.2)

    assert progress.pace(mail.id, at=NOW).per_second == pytest.approx(4 / 0.5)


def test_after_a_minute_without_a_word_it_is_quiet():
    mail = make_newsletter(1)
    hear(ids_of(mail), 61)

    assert progress.pace(mail.id, at=NOW) == progress.Pace(0.0, is_quiet=True)


def test_nobody_calls_it_quiet_while_other_mail_fills_the_newest_events(monkeypatch):
    monkeypatch.setattr(progress, "NEWEST", 2)
    mail, other = make_newsletter(1), make_receipt()
    hear([*ids_of(mail), other.id, other.id], 9, 5, 1)

    assert progress.pace(mail.id, at=NOW) == progress.Pace(0.0, is_quiet=False)


def test_the_next_attempt_is_the_earliest_of_those_that_wait():
    mail = make_newsletter(2)
    later, sooner = (db.session.get_one(Delivery, each) for each in ids_of(mail))
    later.next_attempt_at, sooner.next_attempt_at = NOW + timedelta(hours=1), NOW

    assert progress.next_attempt_at(mail.id) == NOW
    assert progress.next_attempt_at(mail.id + 1) is None


@pytest.mark.parametrize(("until", "words"), [(NOW + timedelta(seconds=9), "421 Niet zo snel"), (NOW, None)])
def test_only_a_relay_that_is_left_alone_now_is_named(until: datetime, words: str | None):
    relay = MailRelay(name="mail.voorbeeld.nl:25", closed_until=until, problem="421 Niet zo snel", problem_at=NOW)
    db.session.add(relay)

    assert progress.relay_problem(at=NOW) == words
