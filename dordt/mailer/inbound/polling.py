"""Fetching what came in from an IMAP mailbox: stored first, and only then taken away."""

import logging
import time
from collections.abc import Iterator

from flask import current_app

from dordt.mailer.inbound.mailbox import Address, Mailbox, opened
from dordt.mailer.inbound.receiving import LARGEST, MailRefused, receive
from dordt.shared import clock

MOST_SECONDS = 40  # for one round: other work of the minute waits for it
logger = logging.getLogger(__name__)
_left: set[int] = set()  # what can never be taken in, told once; it stays in the mailbox


def fetch(address: Address) -> int:
    """Take in what stands in the mailbox; returns how many mails were new.

    Two workers that fetch at once do no harm: a mail is stored once, and gone is gone. Raises OSError when the mailbox
    cannot be read, and the database's errors; then the mails that were not stored still stand there.
    """
    folder, until = current_app.config["IMAP_MOVE_TO"], time.monotonic() + MOST_SECONDS
    new, stored = 0, []
    with opened(address) as mailbox:
        waiting = list(_waiting(mailbox))
        if waiting and folder:
            mailbox.make_folder(folder)
        for uid in waiting:
            if time.monotonic() > until:
                break
            taken_in = _take_in(mailbox, uid)
            if taken_in is not None:
                mailbox.take_away(uid, to=folder)
                stored.append(uid)
                new += taken_in
        if stored:
            mailbox.expunge(stored)
    return new


def _waiting(mailbox: Mailbox) -> Iterator[int]:
    for uid, size in mailbox.sizes().items():
        if size <= LARGEST:
            yield uid
        else:
            _leave(uid, f"{size} octets")


def _take_in(mailbox: Mailbox, uid: int) -> bool | None:
    """Whether the mail was new; None when it cannot be stored, and must stay. One of them never stops the others."""
    try:
        raw = mailbox.raw(uid)
        return None if raw is None else receive(raw, source="imap", at=clock.now())
    except MailRefused as refused:
        _leave(uid, str(refused))
        return None


def _leave(uid: int, why: str) -> None:
    if uid not in _left:
        _left.add(uid)
        logger.warning("Mail %d in the mailbox cannot be taken in (%s): look at it there", uid, why)
