"""Mail that came in, and putting it aside when somebody dealt with it."""

from datetime import datetime

import sqlalchemy as sa

from dordt.accounts.models import StaffMember
from dordt.audit import services as audit
from dordt.extensions import db
from dordt.mailer.models import InboundMail


def listed() -> "sa.Select[InboundMail]":
    """All of it without its text: what waits for somebody first, then the newest."""
    query = sa.select(InboundMail).options(sa.orm.defer(InboundMail.raw))
    return query.order_by(InboundMail.handled_at.is_not(None), InboundMail.received_at.desc(), InboundMail.id.desc())


def waiting() -> "sa.Select[InboundMail]":
    """What waits for somebody, the newest first."""
    return listed().where(InboundMail.handled_at.is_(None))


def handle(mail: InboundMail, *, by: StaffMember, at: datetime) -> None:
    """Somebody dealt with it; what was dealt with before stays as it is."""
    if mail.handled_at is None:
        mail.handled_at = at
        _record("inbound_mail.handled", mail, by, at=at)
    db.session.commit()


def reopen(mail: InboundMail, *, by: StaffMember, at: datetime) -> None:
    """It needs somebody after all."""
    if mail.handled_at is not None:
        mail.handled_at = None
        _record("inbound_mail.reopened", mail, by, at=at)
    db.session.commit()


def _record(action: str, mail: InboundMail, by: StaffMember, *, at: datetime) -> None:
    audit.record(action, subject=("inbound_mail", mail.id), at=at, actor_id=by.id, actor_name=by.name)
