"""One letter ready to leave: the bytes of a mail for one recipient."""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from flask import current_app

from dordt.extensions import db
from dordt.mailer import encoding
from dordt.mailer.claiming import Due
from dordt.mailer.encoding import EncodedMail
from dordt.mailer.headers import ascii_address, with_domain_of
from dordt.mailer.models import Mail
from dordt.shared.tokens import issue_token

MAILS_KEPT = 20


@dataclass(frozen=True)
class Letter:
    """What a connection needs, and the delivery it is for."""

    due: Due
    sender: str
    recipient: str
    subject: str
    message_id: str
    content: bytes


@dataclass(frozen=True)
class _Shared:
    encoded: EncodedMail
    sender: str
    subject: str
    token_purpose: str | None


class LetterWriter:
    """Writes letters; keeps the encoded form of the last few mails, for many letters share one."""

    def __init__(self) -> None:
        self.host = own_host()
        self._kept: OrderedDict[int, _Shared] = OrderedDict()

    def write(self, due: Due, *, at: datetime) -> Letter:
        """The letter for one delivery. Raises ValueError when it cannot be written."""
        shared = self._shared(due.mail_id)
        to = with_domain_of(due.address, due.address_key)
        name = message_id_of(due.mail_id, due.recipient, due.created_at)
        own = encoding.own_headers(to=to, message_id=name, at=at)
        return Letter(due, shared.sender, to, shared.subject, name, shared.encoded.letter(own, _token(due, shared)))

    def _shared(self, mail_id: int) -> _Shared:
        if mail_id not in self._kept:
            mail = db.session.get_one(Mail, mail_id)
            encoded = encoding.encode(mail, host=self.host)
            self._kept[mail_id] = _Shared(encoded, ascii_address(mail.sender), mail.subject, mail.token_purpose)
            if len(self._kept) > MAILS_KEPT:
                self._kept.popitem(last=False)
        return self._kept[mail_id]


def own_host() -> str:
    """The host of our own address: the domain of Message-ID, and how we introduce ourselves."""
    return urlsplit(current_app.config["SITE_URL"]).hostname or "localhost"


def message_id_of(mail_id: int, recipient: int, created_at: datetime) -> str:
    """The Message-ID of one delivery."""
    return encoding.message_id(mail_id=mail_id, recipient=recipient, created_at=created_at, host=own_host())


def _token(due: Due, shared: _Shared) -> str:
    if not shared.token_purpose:
        return encoding.TOKEN
    return issue_token(due.recipient, purpose=shared.token_purpose, version=due.link_version or 1)
