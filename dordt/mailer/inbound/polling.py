"""Fetching what came in from an IMAP mailbox: stored first, and only then taken away."""

import logging
import time
from collections.abc import Callable, Iterator
from datetime import datetime

from flask import current_app

from dordt.mailer.inbound.mailbox import Address, Mailbox, MailboxTrouble, opened
from dordt.mailer.inbound.receiving import LARGEST, MailRefused, receive

MOST_SECONDS = 40  # for one round: other work of the minute waits for it
logger = logging.getLogger(__name__)
_left: set[int] = set()  # what can never be taken in, told once; it stays in the mailbox


def fetch(address: Address, *, now: Callable[[], datetime]) -> None:
    """Take in what stands in the mailbox.

    Two workers that fetch at once do no harm: a mail is stored once, and gone is gone. Raises OSError when the mailbox
    cannot be read, and the database's errors; then the mails that were not stored still stand there.
    """
    folder, until = current_app.config["IMAP_MOVE_TO"], time.monotonic() + MOST_SECONDS
    stored, trouble = [], None
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
            except MailboxTrouble as problem:  # with this one; the others have their turn, and it is told after them
                trouble = problem
        if stored:
            mailbox.expunge(stored)
    if trouble:
        raise trouble


def _waiting(mailbox: Mailbox) -> Iterator[int]:
    for uid, size in mailbox.sizes().items():
        if size <= LARGEST:
            yield uid
        else:
            _leave(uid, f"{size} octets")


def _store(mailbox: Mailbox, uid: int, *, at: datetime) -> bool:
    """Whether the mail is stored, now or before; if not it stays."""
    raw = mailbox.raw(uid)
    if raw is None:
        return False
    try:
        receive(raw, source="imap", at=at)
    except MailRefused as refused:
        _leave(uid, str(refused))
        return False
    return True


def _leave(uid: int, why: str) -> None:
    if uid not in _left:
        _left.add(uid)
        logger.warning("Mail %d in the mailbox cannot be taken in (%s): look at it there", uid, why)
