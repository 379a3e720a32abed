"""Complaints, unsubscribes, automatic answers, and everything else that comes in."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from dordt.extensions import db
from dordt.mailer.inbound import tasks
from dordt.mailer.ledger import outbox
from dordt.mailer.models import (
    Delivery,
    DeliveryState,
    InboundKind,
    InboundMail,
    MailEventKind,
    MailKind,
    Suppression,
    SuppressionScope,
)
from dordt.mailer.smtp import verp
from dordt.shared import clock
from dordt.subscribers.models import SubscriberState
from dordt.workgroups.models import MembershipState
from tests.factories.inbound import RECEIVED_AT, events, kept, make_sent, sample, take_in
from tests.factories.mailer import WRITTEN_AT, make_draft
from tests.factories.subscribers import make_subscriber
from tests.factories.workgroups import make_membership


def make_bulk(kind: MailKind, recipient: int, list_id: str) -> Delivery:
    """A bulk mail, to one of its recipients."""
    columns = (sa.literal(recipient).label("recipient"), sa.literal("anna@voorbeeld.nl").label("address"))
    audience = sa.select(*columns, sa.literal("anna@voorbeeld.nl").label("key"), sa.literal(1).label("version"))
    mail = outbox.freeze(make_draft(), audience, kind=kind, list_id=list_id, at=WRITTEN_AT)
    db.session.execute(sa.update(Delivery).where(Delivery.mail_id == mail.id).values(state=DeliveryState.ACCEPTED))
    db.session.commit()
    return db.session.scalars(sa.select(Delivery).where(Delivery.mail_id == mail.id)).one()


def leaving(delivery: Delivery) -> bytes:
    return f"From: anna@voorbeeld.nl\r\nTo: <{verp.leave_address(delivery.id)}>\r\nSubject: afmelden\r\n\r\n".encode()


def test_a_complaint_ends_newsletters_and_group_mail_but_no_receipts(app: Flask) -> None:
    delivery = make_sent()

    take_in(sample("arf-abuse", delivery))

    found = db.session.scalars(sa.select(Suppression).order_by(Suppression.id)).all()
    assert [row.scope for row in found] == [SuppressionScope.NEWSLETTER, SuppressionScope.GROUP]
    assert {(row.address_key, row.delivery_id) for row in found} == {(delivery.address_key, delivery.id)}
    assert delivery.state == DeliveryState.COMPLAINED
    assert events(delivery) == [MailEventKind.COMPLAINED]
    assert kept().handled_at == RECEIVED_AT


def test_a_complaint_outranks_a_bounce(app: Flask) -> None:
    delivery = make_sent()
    take_in(sample("postfix-mailbox-full-5.2.2", delivery))

    take_in(sample("arf-abuse", delivery))

    assert delivery.state == DeliveryState.COMPLAINED


def test_who_takes_a_complaint_back_is_only_noted(app: Flask) -> None:
    delivery = make_sent()

    take_in(sample("arf-not-spam", delivery))

    assert db.session.scalar(sa.select(sa.func.count()).select_from(Suppression)) == 0
    assert delivery.state == DeliveryState.ACCEPTED


def test_a_complaint_that_anybody_could_write_waits_for_staff(app: Flask) -> None:
    make_sent()

    take_in(sample("arf-abuse"))

    assert (kept().kind, kept().handled_at) == (InboundKind.COMPLAINT, None)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Suppression)) == 0


def test_an_empty_mail_to_the_address_in_the_newsletter_unsubscribes(app: Flask) -> None:
    subscriber = make_subscriber(email="anna@voorbeeld.nl")
    delivery = make_bulk(MailKind.NEWSLETTER, subscriber.id, "nieuwsbrief")

    take_in(leaving(delivery))
    take_in(b"X-Again: yes\r\n" + leaving(delivery))

    assert subscriber.state == SubscriberState.UNSUBSCRIBED
    assert subscriber.unsubscribed_at == RECEIVED_AT
    assert events(delivery) == [MailEventKind.UNSUBSCRIBED]
    assert delivery.state == DeliveryState.ACCEPTED


def test_an_empty_mail_to_the_address_in_group_mail_ends_the_membership(app: Flask) -> None:
    membership = make_membership()
    membership.state = MembershipState.APPROVED
    db.session.commit()
    delivery = make_bulk(MailKind.GROUP, membership.id, membership.workgroup.slug)

    take_in(leaving(delivery))

    assert (membership.state, membership.left_at) == (MembershipState.LEFT, RECEIVED_AT)
    assert kept().kind == InboundKind.UNSUBSCRIBE


@pytest.mark.parametrize("name", ["postfix-delayed-4.2.0", None], ids=["a report", "a person"])
def test_the_leave_address_in_a_returned_mail_unsubscribes_nobody(app: Flask, name: str | None) -> None:
    subscriber = make_subscriber(email="anna@voorbeeld.nl")
    delivery = make_bulk(MailKind.NEWSLETTER, subscriber.id, "nieuwsbrief")
    header = f"List-Unsubscribe: <mailto:{verp.leave_address(delivery.id)}>\nMessage-ID:".encode()
    raw = sample(name, delivery) if name else b"To: wijken@dordrecht.nl\n\nKijk eens:\nMessage-ID: <a@b>\n"

    take_in(raw.replace(b"Message-ID:", header))

    assert subscriber.state == SubscriberState.CONFIRMED
    assert kept().kind == (InboundKind.DELAY if name else InboundKind.UNKNOWN)


def test_who_writes_to_a_forged_leave_address_is_kept_for_staff(app: Flask) -> None:
    take_in(b"From: a@b.nl\r\nSubject: afmelden\r\n\r\n", recipient="leave+1-00000000000000000000@bounces.example")

    assert (kept().kind, kept().handled_at, kept().subject) == (InboundKind.UNKNOWN, None, "afmelden")


@pytest.mark.parametrize(
    ("name", "subject"),
    [
        ("away-dutch-outlook", "Automatisch antwoord: Nieuws uit uw wijk"),
        ("away-english-plain", "Out of office: Nieuws uit uw wijk"),
    ],
)
def test_an_automatic_answer_is_noted_and_no_more(app: Flask, name: str, subject: str) -> None:
    delivery = make_sent()

    take_in(sample(name, delivery))

    assert events(delivery) == [MailEventKind.AUTO_REPLIED]
    assert delivery.state == DeliveryState.ACCEPTED
    assert (kept().kind, kept().subject, kept().handled_at) == (InboundKind.AUTO_REPLY, subject, RECEIVED_AT)


def test_what_a_person_writes_waits_for_staff(app: Flask) -> None:
    delivery = make_sent()

    take_in(
        b"From: Anna <a@b.nl>\r\nSubject: Afwezig op 3 maart\r\n\r\nIk kan niet.",
        recipient=verp.return_path(delivery.id),
    )

    assert (kept().kind, kept().handled_at, kept().delivery_id) == (InboundKind.UNKNOWN, None, delivery.id)
    assert events(delivery) == []


def test_two_at_once_do_one_thing(app: Flask) -> None:
    before, first, second = make_sent(), make_sent(), make_sent()
    take_in(sample("postfix-mailbox-full-5.2.2", before))
    raws = [sample("postfix-mailbox-full-5.2.2", delivery) for delivery in (first, second)] * 3
    db.session.rollback()

    def run(raw: bytes) -> bool:
        with app.app_context():
            return take_in(raw)

    with ThreadPoolExecutor(6) as pool:
        results = list(pool.map(run, raws))

    assert results.count(True) == 2
    db.session.rollback()
    assert len(db.session.scalars(sa.select(Suppression)).all()) == 1
    assert events(first) == [MailEventKind.SOFT_BOUNCED]


def test_what_was_dealt_with_is_erased_after_thirty_days_and_the_rest_is_not(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_in(sample("away-english-plain"))
    take_in(b"Subject: Een vraag\r\n\r\nDag")
    monkeypatch.setattr(clock, "now", lambda: RECEIVED_AT + timedelta(days=29))
    tasks.purge()
    assert db.session.scalar(sa.select(sa.func.count()).select_from(InboundMail)) == 2

    monkeypatch.setattr(clock, "now", lambda: RECEIVED_AT + timedelta(days=31))
    tasks.purge()
    assert kept().subject == "Een vraag"
    kept().handled_at = clock.now()
    db.session.commit()
    tasks.purge()
    assert kept().subject == "Een vraag"

    monkeypatch.setattr(clock, "now", lambda: RECEIVED_AT + timedelta(days=62))
    tasks.purge()
    assert db.session.scalar(sa.select(sa.func.count()).select_from(InboundMail)) == 0
