"""Whatever a mail server said stands on every page beside its meaning in Dutch, and in its own language."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

import pytest
import sqlalchemy as sa

from dordt.extensions import db
from dordt.mailer import models
from dordt.mailer.models import (
    Delivery,
    DeliveryState,
    InboundKind,
    MailEvent,
    MailEventKind,
    MailRelay,
    MailState,
    SuppressionCause,
    SuppressionScope,
)
from dordt.mailer.suppression import list as suppression_list
from dordt.shared import clock
from tests.factories.newsletters import make_started_newsletter
from tests.factories.received import make_received
from tests.factories.subscribers import make_subscriber
from tests.support.seeded import Walk
from tests.support.visitors import Visitor

StaffClient = Callable[..., Visitor]
LONG_AGO = timedelta(hours=1)
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr", "rect"}
WORDS_OF_OTHERS = 500  # characters: so long are the columns that hold what a server said
# Each column that holds such words, what stands in it here, and the Dutch for it; `?` is where a column puts its mark.
SAID = {
    "delivery.relay_text": ("5.2.2 Full ?", "Postvak vol"),
    "mail_event.detail": ("RCPT: 550 5.1.1 Unknown ?", "Adres bestaat niet"),
    "suppression.reason": ("feedback: abuse ?", "Gemeld als spam"),
    "inbound_mail.detail": ("5.3.4 Size ?", "Te groot"),
    "mail.state_reason": ("554 5.7.1 Junk spam ?", "Geweigerd als spam"),
    "mail_relay.problem": ("connection refused ?", "Mailserver niet bereikbaar"),
}
OURS = "De mailserver weigerde 10 e-mails achter elkaar. Zijn antwoord: "


def said(column: str) -> str:
    return SAID[column][0].replace("?", column.replace(".", "-"))


@pytest.fixture
def client(app, staff_client: StaffClient) -> Visitor:
    """Somebody who may see all, where each of these columns holds words of a server."""
    now = clock.now()
    subscriber = make_subscriber(email="lezer1@voorbeeld.nl")
    paused = make_started_newsletter(1, DeliveryState.FAILED).mail
    paused.state, paused.state_reason = MailState.PAUSED, OURS + said("mail.state_reason")
    delivery = db.session.scalars(sa.select(Delivery).where(Delivery.mail_id == paused.id)).one()
    delivery.relay_code, delivery.relay_text = 552, said("delivery.relay_text")
    assert delivery.address_key == subscriber.email_key
    detail = said("mail_event.detail")
    db.session.add(MailEvent(delivery_id=delivery.id, kind=MailEventKind.FAILED, at=now, detail=detail))
    options: dict[str, Any] = {"cause": SuppressionCause.COMPLAINT, "scope": SuppressionScope.NEWSLETTER}
    suppression_list.add(delivery.address_key, **options, reason=said("suppression.reason"), at=now)
    make_received(kind=InboundKind.BOUNCE, delivery_id=delivery.id, detail=said("inbound_mail.detail"))
    make_started_newsletter(2, started_ago=LONG_AGO)  # nothing of it leaves: the page asks why
    problem = said("mail_relay.problem")
    db.session.add(MailRelay(name="mx:25", closed_until=now + LONG_AGO, problem=problem, problem_at=now))
    db.session.commit()
    return staff_client("beheerder")


class Replies(HTMLParser):
    """The texts of a page: those of replies, each with the language of its words, and all that stands elsewhere."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[dict[str, str | None]] = []
        self.elsewhere: list[str] = []
        self.replies: list[tuple[str, str, str | None]] = []  # label, words, language of the words
        self.label = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append(dict(attrs))
        if dict(attrs).get("class") == "reply":
            self.label = ""

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        here = [element.get("class") for element in self.open]
        if "reply__words" in here:
            self.replies.append((self.label.strip(" (\n"), data, self.open[-1].get("lang")))
        elif "reply" in here:
            self.label += data
        else:
            self.elsewhere.append(data)


def columns() -> Iterator[str]:
    """Every column of the mailer's tables in which words of others can stand."""
    for mapper in models.Base.registry.mappers:
        if mapper.class_.__module__ == models.__name__:
            for column in mapper.columns:
                length = getattr(column.type, "length", None)
                if length and length >= WORDS_OF_OTHERS:
                    yield f"{mapper.local_table.name}.{column.name}"


def test_every_column_with_words_of_a_server_is_looked_at():
    assert set(columns()) == set(SAID)


def test_what_a_server_said_stands_beside_its_meaning_on_every_page(client: Visitor):
    walk = Walk(client).along("/beheer/")

    pages = {path: Replies(answer.text) for path, answer in walk.answers.items() if answer.mimetype == "text/html"}
    bare = [
        f"{path}: {column}"
        for path, page in pages.items()
        for column in SAID
        if any(said(column) in text for text in page.elsewhere)
    ]
    assert bare == []
    shown = {
        column: {
            (label, lang) for page in pages.values() for label, words, lang in page.replies if said(column) in words
        }
        for column in SAID
    }
    assert shown == {column: {(label, "en")} for column, (_words, label) in SAID.items()}


def test_who_may_see_no_addresses_reads_the_meaning_alone(client: Visitor, staff_client: StaffClient):
    walk = Walk(staff_client("lezer")).along("/beheer/")

    text = "\n".join(answer.text for answer in walk.answers.values() if answer.mimetype == "text/html")
    hidden = ("delivery.relay_text", "mail_event.detail", "suppression.reason", "inbound_mail.detail")
    assert [column for column in hidden if said(column) in text] == []
    assert [label for _words, label in SAID.values() if label not in text] == ["Te groot"]  # no mail that came in
