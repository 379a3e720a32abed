"""One mail of every kind that the installation sends, as a receiving host takes it in."""

import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from email.utils import format_datetime
from pathlib import Path

import sqlalchemy as sa
from flask import Flask

from dordt.extensions import db
from dordt.mailer.ledger import outbox
from dordt.mailer.models import Delivery, Mail, MailKind
from dordt.mailer.worker import delivery_loop
from dordt.newsletters.content.rendering import draft_of
from dordt.newsletters.content.services import test_mail
from dordt.newsletters.sending import audience
from dordt.shared import clock
from dordt.shared.mail import Draft
from tests.factories.accounts import make_member
from tests.factories.contact import make_message
from tests.factories.mails import OF_ADDRESS_CHANGE, OF_MEMBERSHIP, OF_MESSAGE, OF_SUBSCRIBER
from tests.factories.places import make_neighbourhood, make_topic
from tests.factories.subscribers import make_address_change, make_subscriber
from tests.factories.whole_newsletter import make_whole_newsletter
from tests.factories.workgroups import make_membership
from tests.support.databases import build_app, migrated
from tests.support.relay import ReceivedMessage, Relay

HOST, RELAY, RECEIVER = "aanzet.dordrecht.nl", "mail.dordrecht.nl", "mx.voorbeeld.nl"
SITE = f"https://{HOST}"  # as in production: links to 127.0.0.1 would count against us
ADDRESSES = ("145.0.0.24", "145.0.0.25")  # of no machine of ours; those kept for documentation count as forged


def mails() -> list[tuple[str, bytes]]:
    """The name of each mail and its bytes, made by the installation itself and sent to a relay on this machine."""
    with tempfile.TemporaryDirectory() as folder, _installation(Path(folder)) as app, _relay(app) as relay:
        at = clock.now()
        for draft in _to_one(at):
            outbox.enqueue(draft, at=at)
        _newsletter(at)
        db.session.commit()
        delivery_loop.deliver_due(now=clock.now, stop=threading.Event())
        names = _names()
        return sorted((names[_message_id(received)], as_delivered(received, at)) for received in relay.messages)


def as_delivered(received: ReceivedMessage, at: datetime) -> bytes:
    """The content under the lines of our relay and of the receiving host: without them it was delivered nowhere."""
    (to,) = received.recipients
    moment = format_datetime(at.replace(microsecond=0))
    lines = (
        f"Return-Path: <{received.sender}>",
        f"Delivered-To: {to}",
        f"Received: from {RELAY} ({RELAY} [{ADDRESSES[1]}])",
        f"\tby {RECEIVER} (Postfix) with ESMTPS id 4XyZ1234; {moment}",
        f"Received: from {HOST} ({HOST} [{ADDRESSES[0]}])",
        f"\tby {RELAY} (Postfix) with ESMTPSA id 4XyZ1233; {moment}",
    )
    return "\r\n".join(lines).encode() + b"\r\n" + received.content


def _to_one(at: datetime) -> Iterator[Draft]:
    make_neighbourhood(slug="sterrenburg", name="Sterrenburg")
    subscriber = make_subscriber()
    change = make_address_change(subscriber)
    yield from (write(make_message(topic=make_topic(slug=name), created_at=at)) for name, write in OF_MESSAGE.items())
    yield from (write(subscriber) for write in OF_SUBSCRIBER.values())
    yield from (write(change) for write in OF_ADDRESS_CHANGE.values())
    yield from (write(make_membership()) for write in OF_MEMBERSHIP.values())


def _newsletter(at: datetime) -> None:
    newsletter = make_whole_newsletter()
    test_mail.send_test(newsletter.id, ["redactie@dordrecht.nl"], at=at, by=make_member())
    readers = audience.of(newsletter)
    outbox.freeze(draft_of(newsletter), readers, kind=MailKind.NEWSLETTER, list_id=audience.LIST_ID, at=at)


def _names() -> dict[str, str]:
    sent = sa.select(Delivery.message_id, Mail.name).join(Delivery.mail)
    return {row[0]: row[1] for row in db.session.execute(sent)}


def _message_id(received: ReceivedMessage) -> str:
    return str(received.message["Message-ID"])


@contextmanager
def _installation(folder: Path) -> Iterator[Flask]:
    app = build_app(folder)
    migrated(app)
    app.config["SITE_URL"] = SITE
    with app.app_context():
        yield app


@contextmanager
def _relay(app: Flask) -> Iterator[Relay]:
    relay = Relay()
    relay.start()
    app.config["MAIL_CATCHER_FILE"].write_text(f"{relay.host}:{relay.port}")
    yield relay
    relay.stop()
