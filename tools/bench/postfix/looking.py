"""Run inside the installation: prints as JSON what the ledger says of each delivery, and what staff see."""

import json
from typing import Any

import sqlalchemy as sa
from flask import Flask

from dordt.accounts import sessions
from dordt.accounts.models import StaffMember
from dordt.extensions import db
from dordt.mailer.models import Delivery, InboundMail, Mail, MailEvent, Suppression
from dordt.shared import clock
from dordt.subscribers.models import Subscriber
from wsgi import app

BLOCKED = "/beheer/post/geblokkeerd/"


def found(app: Flask) -> dict[str, Any]:
    """All of it."""
    with app.app_context():
        ledger = {
            "mails": _rows(sa.select(Mail.id, Mail.subject, Mail.frozen_count, Mail.excluded_count).order_by(Mail.id)),
            "deliveries": _rows(sa.select(Delivery.id, Delivery.mail_id, Delivery.address, Delivery.state)),
            "events": _rows(sa.select(MailEvent.delivery_id, MailEvent.kind, MailEvent.detail)),
            "suppressions": _rows(sa.select(Suppression.address_key, Suppression.cause, Suppression.reason)),
            "inbound": _rows(sa.select(InboundMail.kind, InboundMail.delivery_id, InboundMail.detail)),
            "subscribers": _rows(sa.select(Subscriber.email, Subscriber.state)),
        }
        token = _token()
    return {**ledger, "screen": _screen(app, token)}


def _rows(query: "sa.Select[Any]") -> list[dict[str, Any]]:
    return [dict(row) for row in db.session.execute(query).mappings()]


def _token() -> str:
    member = db.session.scalars(sa.select(StaffMember)).one()
    token = sessions.start(member.id, at=clock.now())
    db.session.commit()
    return token


def _screen(app: Flask, token: str) -> str:
    """All pages of the list of blocked addresses, as a member of staff who is signed in sees them."""
    client = app.test_client()
    with client.session_transaction() as session:
        session[sessions.COOKIE_KEY] = token
    answers = [client.get(BLOCKED, query_string={"pagina": number}) for number in (1, 2)]
    return "\n".join(answer.text for answer in answers if answer.status_code == 200)


if __name__ == "__main__":
    print(json.dumps(found(app)))
