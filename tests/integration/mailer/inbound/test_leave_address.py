"""Unsubscribing by mail, from the header of a newsletter to the end of the subscription."""

import re
from collections.abc import Callable

from flask import Flask

from dordt.extensions import db
from dordt.mailer.ledger import outbox
from dordt.mailer.models import MailKind
from dordt.newsletters.content.rendering import draft_of
from dordt.newsletters.sending import audience
from dordt.subscribers.models import SubscriberState
from tests.factories.inbound import take_in
from tests.factories.mailer import WRITTEN_AT
from tests.factories.newsletters import make_newsletter
from tests.factories.subscribers import make_subscriber
from tests.support.relay import Relay


def test_who_writes_to_the_address_in_the_header_leaves_and_nobody_else(
    app: Flask, relay: Relay, deliver: Callable[..., None]
) -> None:
    anna, bas = make_subscriber(email="anna@voorbeeld.nl"), make_subscriber(email="bas@voorbeeld.nl")
    draft = draft_of(make_newsletter())
    outbox.freeze(
        draft, audience.of(audience.AudienceChoice()), kind=MailKind.NEWSLETTER, list_id="nieuwsbrief", at=WRITTEN_AT
    )
    db.session.commit()
    deliver()
    message = next(message for message in relay.messages if message.recipients == ("anna@voorbeeld.nl",))

    web, mail = message.message["List-Unsubscribe"].split(", ")
    address = re.fullmatch(r"<mailto:([^?]+)\?subject=afmelden>", mail)
    assert address
    take_in(b"Subject: afmelden\r\n\r\n", recipient=address[1])

    assert web.startswith("<http")
    assert message.sender.startswith("bounces+")
    assert (anna.state, bas.state) == (SubscriberState.UNSUBSCRIBED, SubscriberState.CONFIRMED)
