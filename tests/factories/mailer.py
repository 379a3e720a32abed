"""Mail in the ledger: receipts and newsletters, ready to leave."""

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from dordt.extensions import db
from dordt.mailer.ledger import outbox
from dordt.mailer.models import Delivery, DeliveryState, Mail, MailKind
from dordt.shared.database import reading
from dordt.shared.mail import Draft

WRITTEN_AT = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
UNSUBSCRIBE = "<http://127.0.0.1:8000/nieuwsbrief/afmelden/[[token]]/>, <mailto:wijken@dordrecht.nl>"


def make_draft(**values: Any) -> Draft:
    """A draft with text and HTML; a newsletter's when `token_purpose` is given."""
    link = "http://127.0.0.1:8000/nieuwsbrief/afmelden/[[token]]/"
    given: dict[str, Any] = {
        "name": "test",
        "to": "",
        "subject": "Nieuws uit Dordrecht",
        "text": f"Beste lezer,\n\nAfmelden: {link}\n",
        "html": f'<!doctype html><html lang="nl"><p>Beste lezer,</p><a href="{link}">Afmelden</a></html>',
    }
    return Draft(**given | values)


def make_receipt(to: str = "anna@voorbeeld.nl", *, at: datetime = WRITTEN_AT, **values: Any) -> Delivery:
    """One transactional mail, committed."""
    delivery = outbox.enqueue(make_draft(to=to, **values), at=at)
    assert delivery is not None
    db.session.commit()
    return delivery


def readers(count: int) -> "sa.Select[Any]":
    """An audience of `count` people: lezer1@voorbeeld.nl and so on."""
    number = sa.select(sa.literal(1).label("number")).cte("number", recursive=True)
    number = number.union_all(sa.select(number.c.number + 1).where(number.c.number < count))
    address = sa.literal("lezer", sa.String) + sa.cast(number.c.number, sa.String) + "@voorbeeld.nl"
    return sa.select(number.c.number, address.label("address"), address.label("key"), sa.literal(1).label("version"))


def make_newsletter(count: int, *, at: datetime = WRITTEN_AT, **values: Any) -> Mail:
    """A newsletter frozen for `count` readers, committed."""
    values = {"headers": {"List-Unsubscribe": UNSUBSCRIBE}, "token_purpose": "newsletter-unsubscribe"} | values
    mail = outbox.freeze(make_draft(**values), readers(count), kind=MailKind.NEWSLETTER, list_id="nieuwsbrief", at=at)
    db.session.commit()
    return mail


def states(mail_id: int | None = None) -> dict[str, int]:
    """How many deliveries stand in each state, as the database says now; holds no lock in a worker's way."""
    query = sa.select(Delivery.state, sa.func.count()).group_by(Delivery.state)
    if mail_id:
        query = query.where(Delivery.mail_id == mail_id)
    db.session.rollback()
    with reading():
        found = db.session.execute(query).all()
        db.session.rollback()
    return {DeliveryState(state).value: count for state, count in found}
