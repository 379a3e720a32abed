"""What the worker does with mail that comes in."""

import logging
from datetime import timedelta

import sqlalchemy as sa
from flask import Flask, current_app

from config import SettingProblem
from dordt.extensions import db
from dordt.mailer.inbound import polling
from dordt.mailer.inbound.mailbox import Address, MailboxRefused, MailboxTrouble, address_of
from dordt.mailer.models import InboundMail
from dordt.mailer.tasks import every_minute
from dordt.shared import clock
from dordt.shared.transactions import reading

KEPT_FOR = timedelta(days=30)  # after it was understood, or staff put it aside
AT_ONCE = 500
logger = logging.getLogger(__name__)


def init_app(app: Flask) -> None:
    """Register the work. Raises SettingProblem when IMAP_URL cannot be used."""
    try:
        app.extensions["mailbox"] = address_of(app.config["IMAP_URL"]) if app.config["IMAP_URL"] else None
    except MailboxRefused as refused:
        raise SettingProblem(str(refused)) from None
    every_minute(fetch_mail)
    every_minute(purge)


def fetch_mail() -> None:
    """Read the mailbox, where there is one."""
    address: Address | None = current_app.extensions["mailbox"]
    if address is None:
        return
    try:
        polling.fetch(address, now=clock.now)
    except OSError as problem:  # its words may hold an address
        words = str(problem) if isinstance(problem, MailboxTrouble) else type(problem).__name__
        logger.warning("The mailbox cannot be read: %s", words)


def purge() -> None:
    """Erase what came in and was dealt with; what nobody understood waits until staff put it aside."""
    before = clock.now() - KEPT_FOR
    # What was dealt with before that moment came in before it, too: so the index on received_at finds it.
    old = sa.select(InboundMail.id).where(InboundMail.received_at < before, InboundMail.handled_at < before)
    with reading():
        ids = db.session.scalars(old.limit(AT_ONCE)).all()
        db.session.rollback()
    if ids:
        db.session.execute(sa.delete(InboundMail).where(InboundMail.id.in_(ids), InboundMail.handled_at < before))
        db.session.commit()
