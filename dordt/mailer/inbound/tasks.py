"""What the worker does each minute: fetch the mailbox, and erase what was dealt with."""

import logging
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask import Flask, current_app

from config import SettingProblem
from dordt.extensions import db
from dordt.mailer.inbound.intake import LARGEST, MailRefused, receive
from dordt.mailer.inbound.mailbox import Address, Mailbox, MailboxError, MailboxRefused, address_of, opened
from dordt.mailer.models import InboundMail
from dordt.mailer.worker.tasks import every_minute
from dordt.shared import clock
from dordt.shared.database import reading

KEPT_FOR = timedelta(days=30)  # after it was understood, or staff put it aside
BATCH = 500
MOST_SECONDS = 40  # for one fetch: other work of the minute waits for it
logger = logging.getLogger(__name__)
_skipped: set[int] = set()  # what can never be taken in, reported once; it stays in the mailbox


def init_app(app: Flask) -> None:
    """Raises SettingProblem when IMAP_URL cannot be used."""
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
        fetch(address, now=clock.now)
    except OSError as problem:  # its words may contain an address
        words = str(problem) if isinstance(problem, MailboxError) else type(problem).__name__
        logger.warning("Mailbox: cannot be read (%s), retry in a minute", words)


def purge() -> None:
    """Erase what came in and was dealt with; what nobody understood waits until staff put it aside."""
    before = clock.now() - KEPT_FOR
    # What was dealt with before that moment came in before it, too: so the index on received_at finds it.
    old = sa.select(InboundMail.id).where(InboundMail.received_at < before, InboundMail.handled_at < before)
    with reading():
        ids = db.session.scalars(old.limit(BATCH)).all()
        db.session.rollback()
    if ids:
        db.session.execute(sa.delete(InboundMail).where(InboundMail.id.in_(ids), InboundMail.handled_at < before))
        db.session.commit()


def fetch(address: Address, *, now: Callable[[], datetime]) -> None:
    """Take in all mail of the mailbox.

    Two workers that fetch at once do no harm: a mail is stored once, and gone is gone. Raises OSError when the mailbox
    cannot be read, and the database's errors; then the mails that were not stored are still there.
    """
    folder, until = current_app.config["IMAP_MOVE_TO"], time.monotonic() + MOST_SECONDS
    stored, failure = [], None
    with opened(address) as mailbox:
        waiting = list(_waiting(mailbox))
        if waiting and folder:
            mailbox.make_folder(folder)
        for uid in waiting:
            if time.monotonic() > until:
                break
            try:
                if _store(mailbox, uid, at=now()):
                    mailbox.take_away(uid, to=folder)
                    stored.append(uid)
            except MailboxError as problem:  # with this one; the others have their turn, and it is reported after them
                failure = problem
        if stored:
            mailbox.expunge(stored)
    if failure:
        raise failure


def _waiting(mailbox: Mailbox) -> Iterator[int]:
    for uid, size in mailbox.sizes().items():
        if size <= LARGEST:
            yield uid
        else:
            _skip(uid, f"{size} octets")


def _store(mailbox: Mailbox, uid: int, *, at: datetime) -> bool:
    """Whether the mail is stored, now or before; if not it stays."""
    raw = mailbox.raw(uid)
    if raw is None:
        return False
    try:
        receive(raw, source="imap", at=at)
    except MailRefused as refused:
        _skip(uid, str(refused))
        return False
    return True


def _skip(uid: int, why: str) -> None:
    if uid not in _skipped:
        _skipped.add(uid)
        logger.warning("Mailbox: mail %d cannot be taken in (%s), it stays there", uid, why)
