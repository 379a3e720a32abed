"""What the installation has put in the post: the ledger, read as a list of mails."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa
from flask import Flask

from dordt.extensions import db
from dordt.mailer.models import Delivery, Mail

LINK = re.compile(r"https?://[^\s<>\"')\]]+")


@dataclass(frozen=True)
class Posted:
    """One delivery with its content; `name` is the message's folder under templates/email/."""

    name: str
    to: str
    subject: str
    text: str
    html: str
    reply_to: str | None
    headers: dict[str, Any]
    state: str

    @property
    def links(self) -> list[str]:
        """The addresses in the text part, in order."""
        return [link.rstrip(".,") for link in LINK.findall(self.text)]

    def path(self, part: str) -> str:
        """The path of the first link that contains `part`: what a client can open."""
        link = next(link for link in self.links if part in link)
        return urlsplit(link).path


@pytest.fixture
def outbox(app: Flask) -> Callable[[], list[Posted]]:
    """Read the ledger: every mail queued so far, oldest first."""

    def read() -> list[Posted]:
        db.session.commit()
        pairs = db.session.execute(sa.select(Mail, Delivery).join(Delivery.mail).order_by(Delivery.id)).all()
        return [_posted(mail, delivery) for mail, delivery in pairs]

    return read


def _posted(mail: Mail, delivery: Delivery) -> Posted:
    return Posted(
        mail.name,
        delivery.address,
        mail.subject,
        mail.text,
        mail.html,
        mail.reply_to,
        mail.headers,
        delivery.state.value,
    )
