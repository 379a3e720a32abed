"""Which delivery an inbound mail is about, and how sure that is."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa

from dordt.extensions import db
from dordt.mailer.inbound.mime import ParsedMail
from dordt.mailer.models import Delivery
from dordt.mailer.smtp import verp
from dordt.mailer.smtp.verp import Purpose
from dordt.shared.columns import LARGEST_INTEGER

OUR_MESSAGE_ID = re.compile(r"<([1-9]\d{0,9})\.([1-9]\d{0,9})\.[0-9a-f]{16}@[^<>\s]{1,200}>")
MOST_IDS = 20  # of ours in one mail: a long thread names many


@dataclass(frozen=True)
class Correlation:
    """The delivery that a mail is about.

    is_signed: an address that we signed says so, and only whoever received the mail knows it. A Message-ID is not
    secret: whoever received a newsletter can find out those of the others. It shows staff where to look, and
    nothing is done because of it alone.
    """

    delivery_id: int
    address_key: str
    is_signed: bool
    wants_to_leave: bool = False


def correlate(mail: ParsedMail) -> Correlation | None:
    """The delivery that a mail is about: by the address it came to, by one in it, or by a Message-ID of ours."""
    for tag in _tags(mail):
        key = db.session.scalar(sa.select(Delivery.address_key).where(Delivery.id == tag.delivery_id))
        if key is not None:
            return Correlation(tag.delivery_id, key, is_signed=True, wants_to_leave=tag.purpose is Purpose.LEAVE)
    return _by_message_id(mail)


def _tags(mail: ParsedMail) -> Iterator[verp.Tag]:
    """A returned mail holds both addresses of its delivery: only writing to the unsubscribe address unsubscribes."""
    for address in mail.recipients:
        yield from verp.read_all(address)
    for text in (mail.written, *mail.texts):
        yield from (tag for tag in verp.read_all(text) if tag.purpose is Purpose.BOUNCES)


def _by_message_id(mail: ParsedMail) -> Correlation | None:
    for found in list(_message_ids(mail))[:MOST_IDS]:
        mail_id, recipient = int(found[1]), int(found[2])
        if max(mail_id, recipient) <= LARGEST_INTEGER:
            numbered = sa.select(Delivery.id, Delivery.address_key).where(
                Delivery.mail_id == mail_id, Delivery.recipient == recipient, Delivery.message_id == found[0]
            )
            row = db.session.execute(numbered).first()
            if row:
                return Correlation(row.id, row.address_key, is_signed=False)
    return None


def _message_ids(mail: ParsedMail) -> "Iterator[re.Match[str]]":
    for text in (mail.written, *mail.texts):
        yield from OUR_MESSAGE_ID.finditer(text)
