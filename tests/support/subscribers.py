"""Subscribers as the forms of the site make them, and what is stored of them."""

from typing import Any

import sqlalchemy as sa

from dordt.consent.models import Consent
from dordt.extensions import db
from dordt.mailer.ledger import outbox
from dordt.mailer.models import Delivery, DeliveryState, MailKind
from dordt.shared import clock
from dordt.shared.mail import Draft
from dordt.subscribers.models import Subscriber
from tests.support.visitors import Visitor


def subscribe(client: Visitor, email: str = "Anna@Voorbeeld.nl", **changes: Any) -> Any:
    return client.post("/nieuwsbrief/", data={"email": email, "consent": "y", **changes})


def the_subscriber() -> Subscriber:
    """The only one there is."""
    db.session.rollback()
    return db.session.scalars(sa.select(Subscriber)).one()


def consents() -> list[Consent]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(Consent).order_by(Consent.id)))


def token_of(path: str) -> str:
    """The token in the address of a link that asks something."""
    return path.split("/")[-2]


def put_in_post(subscriber: Subscriber, kind: MailKind) -> None:
    """A mail of this kind to a subscriber waits in the ledger."""
    draft = Draft(name="proef", to=subscriber.email, subject="Proef", text="Proef", html="<p>Proef</p>")
    if kind is MailKind.TRANSACTIONAL:
        outbox.enqueue(draft, at=clock.now())
    else:
        outbox.freeze(draft, _audience(), kind=kind, list_id="nieuwsbrief", at=clock.now())
    db.session.commit()


def put_newsletter_in_post(subscriber: Subscriber, state: DeliveryState) -> int:
    """A newsletter of which the delivery to this subscriber is in this state; answers the id of its mail."""
    draft = Draft(name="newsletter", to="", subject="Proef", text="Proef", html="<p>Proef</p>")
    audience = _audience().where(Subscriber.id == subscriber.id)
    mail = outbox.freeze(draft, audience, kind=MailKind.NEWSLETTER, list_id="nieuwsbrief", at=clock.now())
    db.session.execute(sa.update(Delivery).where(Delivery.mail_id == mail.id).values(state=state))
    db.session.commit()
    return mail.id


def _audience() -> Any:
    return sa.select(Subscriber.id, Subscriber.email, Subscriber.email_key, Subscriber.link_version)
