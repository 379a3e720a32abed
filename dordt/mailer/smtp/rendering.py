"""One message ready to leave: the bytes of a mail for one recipient."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from urllib.parse import urlsplit

from flask import current_app

from dordt.extensions import db
from dordt.mailer.ledger.claiming import Due
from dordt.mailer.models import Mail
from dordt.mailer.smtp import encoding, verp
from dordt.mailer.smtp.encoding import EncodedMail, ascii_address, with_domain_of
from dordt.mailer.smtp.signing import signer
from dordt.shared.links import token_issuer

MAILS_KEPT = 20


class RenderedMessage(NamedTuple):
    """What a connection needs, and the delivery that it is for; `sender` is the envelope's, where bounces go."""

    due: Due
    sender: str
    recipient: str
    subject: str
    message_id: str
    content: bytes


@dataclass(frozen=True, slots=True)
class _Shared:
    encoded: EncodedMail
    sender: str
    subject: str
    issue: Callable[[int, int], str] | None


class MessageRenderer:
    """Renders messages; keeps the encoded form of the last few mails, for many messages share one."""

    def __init__(self) -> None:
        self.host = own_host()
        self._takes_mail = bool(current_app.config["MAIL_BOUNCE_DOMAIN"])
        self._signer = signer()
        self._kept: OrderedDict[int, _Shared] = OrderedDict()

    def render(self, due: Due, *, at: datetime) -> RenderedMessage:
        """The message of one delivery. Raises ValueError when it cannot be encoded."""
        shared = self._shared(due.mail_id)
        to = with_domain_of(due.address, due.address_key)
        name = encoding.message_id(
            mail_id=due.mail_id, recipient=due.recipient, created_at=due.created_at, host=self.host
        )
        token = shared.issue(due.recipient, due.link_version or 1) if shared.issue else encoding.TOKEN
        sender, leave = shared.sender, ""
        if self._takes_mail:
            sender, leave = verp.return_path(due.id) or sender, verp.leave_address(due.id) or ""
        content = shared.encoded.for_recipient(encoding.own_headers(to=to, message_id=name, at=at), token, leave)
        if self._signer:
            content = self._signer.sign(content)
        return RenderedMessage(due, sender, to, shared.subject, name, content)

    def _shared(self, mail_id: int) -> _Shared:
        found = self._kept.get(mail_id)
        if found is None:
            mail = db.session.get_one(Mail, mail_id)
            encoded = encoding.encode(mail, host=self.host, takes_mail=self._takes_mail)
            issue = token_issuer(mail.token_purpose) if mail.token_purpose else None
            found = self._kept[mail_id] = _Shared(encoded, ascii_address(mail.sender), mail.subject, issue)
            if len(self._kept) > MAILS_KEPT:
                self._kept.popitem(last=False)
        return found


def own_host() -> str:
    """The host of our own address: the domain of Message-ID, and our name in EHLO."""
    return urlsplit(current_app.config["SITE_URL"]).hostname or "localhost"
