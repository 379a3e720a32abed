"""Bounces as real servers write them, and what is done about each."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from dordt.extensions import db
from dordt.mailer.models import (
    DeliveryState,
    InboundKind,
    InboundMail,
    MailEvent,
    MailEventKind,
    Suppression,
    SuppressionCause,
    SuppressionScope,
)
from dordt.mailer.smtp import verp
from dordt.mailer.suppression import bounces
from tests.factories.inbound import RECEIVED_AT, events, make_sent, sample, take_in

HARD = {
    "postfix-unknown-user-5.1.1": "unknown user",
    "postfix-refused-by-other-host-5.1.1": "User unknown in virtual mailbox table",
    "postfix-no-such-domain-5.1.2": "Domain not found",
    "exim-unknown-user-5.0.0": "does not exist",
    "exim-old-no-report": "550 unknown user",
    "outlook365-unknown-user-5.1.10": "RecipientNotFound",
    "gmail-unknown-user-5.1.1": "does not exist",
    "qmail-unknown-user": "no mailbox here by that name",
    "report-in-a-list-wrapper-5.1.1": "User unknown",
}
SOFT = ("postfix-mailbox-full-5.2.2", "postfix-expired-4.2.0", "outlook365-policy-5.7.1")


def suppressions() -> list[Suppression]:
    return list(db.session.scalars(sa.select(Suppression)))


@pytest.mark.parametrize("name", HARD)
def test_an_address_that_is_gone_is_suppressed_with_the_words_of_the_server(app: Flask, name: str) -> None:
    delivery = make_sent("weg@buren.example")

    assert take_in(sample(name, delivery))

    [suppression] = suppressions()
    assert (suppression.address_key, suppression.scope) == ("weg@buren.example", SuppressionScope.ALL)
    assert (suppression.cause, suppression.delivery_id) == (SuppressionCause.HARD_BOUNCE, delivery.id)
    assert HARD[name] in suppression.reason
    assert delivery.state == DeliveryState.BOUNCED
    assert events(delivery) == [MailEventKind.BOUNCED]
    mail = db.session.scalars(sa.select(InboundMail)).one()
    assert (mail.kind, mail.delivery_id, mail.handled_at) == (InboundKind.BOUNCE, delivery.id, RECEIVED_AT)


@pytest.mark.parametrize("name", SOFT)
def test_trouble_that_may_pass_is_noted_and_suppresses_nobody(app: Flask, name: str) -> None:
    delivery = make_sent()

    take_in(sample(name, delivery))

    assert suppressions() == []
    assert delivery.state == DeliveryState.BOUNCED
    assert events(delivery) == [MailEventKind.SOFT_BOUNCED]
    assert db.session.scalars(sa.select(InboundMail.kind)).one() == InboundKind.SOFT_BOUNCE


def test_a_delay_changes_no_state(app: Flask) -> None:
    delivery = make_sent()

    take_in(sample("postfix-delayed-4.2.0", delivery))

    assert delivery.state == DeliveryState.ACCEPTED
    assert events(delivery) == [MailEventKind.DELAYED]
    assert suppressions() == []


def test_the_same_bounce_twice_is_one(app: Flask) -> None:
    delivery = make_sent()
    raw = sample("postfix-mailbox-full-5.2.2", delivery)

    assert take_in(raw)
    assert not take_in(raw)
    assert take_in(b"Received: once more, through another door\r\n" + raw)

    assert events(delivery) == [MailEventKind.SOFT_BOUNCED]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(InboundMail)) == 2


@pytest.mark.parametrize(
    ("arrived_between", "expected"), [(False, [SuppressionCause.SOFT_BOUNCES]), (True, [])], ids=["none", "one"]
)
def test_three_soft_bounces_are_enough_unless_one_arrived_between(
    app: Flask, arrived_between: bool, expected: list[SuppressionCause]
) -> None:
    for number in range(3):
        at = RECEIVED_AT + timedelta(days=number)
        delivery = make_sent()
        delivery.accepted_at = at
        db.session.commit()
        take_in(sample("postfix-mailbox-full-5.2.2", delivery), at=at + timedelta(minutes=1))
        if arrived_between and number == 1:
            make_sent().accepted_at = at + timedelta(hours=1)
            db.session.commit()

    assert [suppression.cause for suppression in suppressions()] == expected


def test_soft_bounces_of_long_ago_do_not_count(app: Flask) -> None:
    for number in range(3):
        take_in(sample("postfix-mailbox-full-5.2.2", make_sent()), at=RECEIVED_AT + timedelta(days=16 * number))

    assert suppressions() == []


def test_policy_never_blocks_an_address_however_often(app: Flask) -> None:
    for _ in range(5):
        take_in(sample("outlook365-policy-5.7.1", make_sent()))

    assert suppressions() == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (DeliveryState.SENDING, DeliveryState.BOUNCED),  # quicker than our own worker
        (DeliveryState.UNCERTAIN, DeliveryState.BOUNCED),
        (DeliveryState.COMPLAINED, DeliveryState.COMPLAINED),
        (DeliveryState.CANCELLED, DeliveryState.CANCELLED),
        (DeliveryState.FAILED, DeliveryState.FAILED),
    ],
)
def test_only_what_went_out_becomes_bounced(app: Flask, before: DeliveryState, after: DeliveryState) -> None:
    delivery = make_sent(state=before)

    take_in(sample("postfix-unknown-user-5.1.1", delivery))

    assert delivery.state == after


def test_the_signed_address_decides_whatever_the_report_says(app: Flask) -> None:
    ours, other = make_sent("anna@voorbeeld.nl"), make_sent("weg@buren.example")

    take_in(sample("postfix-unknown-user-5.1.1", other), recipient=verp.return_path(ours.id))

    assert [suppression.address_key for suppression in suppressions()] == ["anna@voorbeeld.nl"]
    assert other.state == DeliveryState.ACCEPTED


def test_of_several_recipients_the_one_that_we_wrote_to_counts(app: Flask) -> None:
    delivery = make_sent("anna@voorbeeld.nl")
    raw = sample("postfix-unknown-user-5.1.1", delivery)
    arrived = b"Final-Recipient: rfc822; anna@voorbeeld.nl\nAction: relayed\nStatus: 2.0.0\n\nFinal-Recipient:"

    take_in(raw.replace(b"Final-Recipient:", arrived, 1))

    assert suppressions() == []
    assert delivery.state == DeliveryState.ACCEPTED
    assert events(delivery) == [MailEventKind.AUTO_REPLIED]


@pytest.mark.parametrize("knows_message_id", [False, True], ids=["the address alone", "with our Message-ID"])
def test_a_bounce_that_anybody_could_write_blocks_nobody(app: Flask, knows_message_id: bool) -> None:
    delivery = make_sent("onbekend@wijken.example")
    raw = sample("postfix-unknown-user-5.1.1")
    if knows_message_id:
        raw = raw.replace(b"<delivery-1@voorbeeld.nl>", (delivery.message_id or "").encode())

    take_in(raw)

    mail = db.session.scalars(sa.select(InboundMail)).one()
    assert (mail.kind, mail.handled_at) == (InboundKind.BOUNCE, None)  # staff look at it
    assert mail.delivery_id == (delivery.id if knows_message_id else None)
    assert suppressions() == []
    assert events(delivery) == []
    assert delivery.state == DeliveryState.ACCEPTED


def test_a_forged_address_is_no_address_of_ours(app: Flask) -> None:
    delivery = make_sent()
    real = verp.return_path(delivery.id) or ""
    forged = real.replace("-", "-0", 1).replace("@", "0@")[: real.index("@")] + "@bounces.example"

    take_in(sample("postfix-unknown-user-5.1.1").replace(b"bounces+1z-abc@bounces.example", forged.encode()))

    assert suppressions() == []
    assert delivery.state == DeliveryState.ACCEPTED


def test_a_bounce_after_sending_again_is_news(app: Flask) -> None:
    delivery = make_sent()
    take_in(sample("postfix-mailbox-full-5.2.2", delivery))
    db.session.add(MailEvent(delivery_id=delivery.id, kind=MailEventKind.RESENT, at=RECEIVED_AT))
    delivery.state = DeliveryState.ACCEPTED
    db.session.commit()

    take_in(b"X-Again: yes\r\n" + sample("postfix-mailbox-full-5.2.2", delivery))

    assert events(delivery).count(MailEventKind.SOFT_BOUNCED) == 2
    assert delivery.state == DeliveryState.BOUNCED


@pytest.mark.parametrize(
    ("code", "enhanced", "words", "cause"),
    [
        (550, "5.1.1", "No such mailbox", SuppressionCause.HARD_BOUNCE),
        (550, None, "unknown user", SuppressionCause.HARD_BOUNCE),
        (550, None, "relay not permitted", None),
        (554, "5.7.1", "Relay access denied", None),
        (550, None, "No", None),
    ],
)
def test_a_refusal_at_rcpt_is_classified_likewise(
    app: Flask, code: int, enhanced: str | None, words: str, cause: SuppressionCause | None
) -> None:
    for _ in range(3):
        delivery = make_sent(state=DeliveryState.FAILED)
        key = delivery.address_key
        bounces.record_refusal(
            delivery_id=delivery.id, address_key=key, code=code, enhanced=enhanced, words=words, at=RECEIVED_AT
        )
        db.session.commit()

    assert [suppression.cause for suppression in suppressions()] == ([cause] if cause else [])


def test_a_full_mailbox_at_rcpt_counts(app: Flask) -> None:
    for _ in range(3):
        delivery = make_sent(state=DeliveryState.FAILED)
        bounces.record_refusal(
            delivery_id=delivery.id,
            address_key=delivery.address_key,
            code=550,
            enhanced="5.2.2",
            words="Mailbox full",
            at=RECEIVED_AT,
        )
        db.session.commit()

    assert [suppression.cause for suppression in suppressions()] == [SuppressionCause.SOFT_BOUNCES]
