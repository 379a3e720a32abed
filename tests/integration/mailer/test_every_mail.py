"""Every mail that we can send reaches the relay as bytes to which no strict receiver objects."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from dordt.contact.models import Message
from dordt.extensions import db
from dordt.mailer.ledger import outbox
from dordt.mailer.models import MailKind
from dordt.newsletters.content.block_kinds import BlockContent, BlockKind
from dordt.newsletters.content.rendering import draft_of
from dordt.newsletters.content.services import test_mail
from dordt.newsletters.models import Newsletter
from dordt.shared.mail import Draft
from tests.factories.accounts import make_member
from tests.factories.contact import make_message
from tests.factories.mailer import WRITTEN_AT, make_draft, readers
from tests.factories.mails import EVERY, OF_ADDRESS_CHANGE, OF_MEMBERSHIP, OF_MESSAGE, OF_SUBSCRIBER, SAID
from tests.factories.media import make_image
from tests.factories.news import make_article
from tests.factories.newsletters import make_newsletter
from tests.factories.places import make_neighbourhood, make_topic
from tests.factories.subscribers import make_address_change, make_subscriber
from tests.factories.workgroups import make_meeting, make_membership, make_workgroup
from tests.support.raw_lint import problems
from tests.support.relay import Relay

HOST = "127.0.0.1"  # of SITE_URL in the tests
TEMPLATES = Path(__file__).parents[3] / "templates" / "email"
LEAVE = "<http://127.0.0.1:8000/nieuwsbrief/afmelden/[[token]]/>, <mailto:wijken@dordrecht.nl>"
FAMILY = "\N{MAN}\N{ZERO WIDTH JOINER}\N{WOMAN}\N{ZERO WIDTH JOINER}\N{GIRL}"
ADDRESSES = ("anna@voorbeeld.nl", "o'brien+dordt=1@münchen.voorbeeld.de", f"{'A' * 64}@{'b' * 60}.{'c' * 60}.nl")
NAMES = (
    "Anna de Vries",
    "Zoë Ümit-Đặng Ωμέγα",
    FAMILY * 10,
    "\u202eמיכל\u202c شاعرة",
    "Anna\r\nBcc: allen@voorbeeld.nl\r\n\r\n<p>",
    "Anna\u2028Bcc: allen@voorbeeld.nl\x0b\x0c\x85",
    "=?utf-8?q?Anna?= =?utf-8?b?Bo==?=",
    "." * 80,
    "W" * 80,
    "De Vries " * 8,
    '<b>"Anna"</b>, a@b.nl; &lt; \\',
    "From hier\n.\nFrom daar",
)


@pytest.fixture
def send(relay: Relay, deliver: Callable[..., None]) -> Callable[[list[Draft]], list[bytes]]:
    """Send drafts to one reader each and return the messages as the relay took them in."""

    def run(drafts: list[Draft]) -> list[bytes]:
        for draft in drafts:
            outbox.enqueue(draft, at=WRITTEN_AT)
        db.session.commit()
        deliver()
        assert len(relay.messages) == len(drafts)
        return [received.content for received in relay.messages]

    return run


@pytest.fixture
def send_to_readers(relay: Relay, deliver: Callable[..., None]) -> Callable[..., list[bytes]]:
    """Send each draft to two readers and return their messages."""

    def run(drafts: list[Draft], kind: MailKind = MailKind.NEWSLETTER) -> list[bytes]:
        for draft in drafts:
            outbox.freeze(draft, readers(2), kind=kind, list_id="nieuwsbrief", at=WRITTEN_AT)
        db.session.commit()
        deliver()
        assert len(relay.messages) == 2 * len(drafts)
        return [received.content for received in relay.messages]

    return run


def found(messages: list[bytes], *, is_bulk: bool = False) -> list[tuple[str, list[str]]]:
    """The messages with problems: the start of the subject, and what is wrong."""
    looked_at = [(str(parsed(raw)["Subject"])[:60], problems(raw, host=HOST, is_bulk=is_bulk)) for raw in messages]
    return [(subject, wrong) for subject, wrong in looked_at if wrong]


def parsed(raw: bytes) -> EmailMessage:
    return message_from_bytes(raw, policy=policy.default)


def message_of(name: str) -> Message:
    topic = make_topic(slug=f"thema-{len(name)}-{sum(map(ord, name))}", name=name[:80])
    sent_at = datetime(2027, 3, 5, 9, tzinfo=UTC)
    values = {"name": name, "body": f"{name}\n{SAID}", "location": name, "phone": name[:30]}
    return make_message(topic=topic, reply_by_on=date(2027, 3, 12), created_at=sent_at, **values)


def hostile_newsletter(name: str, number: int) -> Newsletter:
    """One with these words in every field of every kind of block."""
    article, group = (
        make_article(slug=f"bericht-{number}"),
        make_workgroup(slug=f"werkgroep-van-{number}", name=name or "-"),
    )
    meeting = make_meeting(group, title=name[:200], location=name[:200])
    common = {
        "title": name[:200],
        "alt": name[:500],
        "url": f"https://voorbeeld.nl/{name[:80]}",
        "media": make_image().key,
    }
    texts = (f"{name}\n\n{SAID}", f"# {name}\n\n[{name}](/nieuws/ '{name}') ![{name}](/x.png)", f"</p>{name}]]>-->")
    common |= {"article": article.slug, "workgroup": group.slug, "meeting_id": meeting.id}
    kinds = enumerate(BlockKind, start=number)  # so that each kind has each text once, over three newsletters
    blocks = [BlockContent(kind, text=texts[place % len(texts)], **common) for place, kind in kinds]
    return make_newsletter(subject=name, preheader=name, intro=f"{name}\n\n{SAID}", blocks=blocks)


def test_every_template_is_looked_at():
    folders = {path.name for path in TEMPLATES.iterdir() if path.is_dir()} - {"_base"}

    assert folders == EVERY


def test_the_mails_around_a_message(send: Callable[[list[Draft]], list[bytes]]):
    make_neighbourhood(slug="sterrenburg", name="Sterrenburg")
    messages = [message_of(name) for name in NAMES]

    assert found(send([write(message) for message in messages for write in OF_MESSAGE.values()])) == []


def test_the_mails_around_a_membership(send: Callable[[list[Draft]], list[bytes]]):
    make_neighbourhood(slug="sterrenburg", name="Sterrenburg")
    groups = [make_workgroup(slug=f"groep-{number}", name=name or "-") for number, name in enumerate(NAMES)]
    memberships = [make_membership(group, name=group.name, motivation=SAID) for group in groups]

    assert found(send([write(membership) for membership in memberships for write in OF_MEMBERSHIP.values()])) == []


def test_the_mails_around_a_subscription(send: Callable[[list[Draft]], list[bytes]]):
    wijken = [make_neighbourhood(slug=f"wijk-{number}", name=name[:80]) for number, name in enumerate(NAMES)]
    subscribers = [make_subscriber(email=email, neighbourhoods=wijken) for email in ADDRESSES]
    changes = [make_address_change(subscribers[0], email=f"nieuw-{email}"[-250:]) for email in ADDRESSES[:2]]

    drafts = [write(subscriber) for subscriber in subscribers for write in OF_SUBSCRIBER.values()]
    drafts += [write(change) for change in changes for write in OF_ADDRESS_CHANGE.values()]
    assert found(send(drafts)) == []


def test_a_newsletter_whatever_stands_in_it(send_to_readers: Callable[..., list[bytes]]):
    drafts = [draft_of(hostile_newsletter(name, number)) for number, name in enumerate(NAMES)]

    assert found(send_to_readers(drafts), is_bulk=True) == []


def test_a_test_of_a_newsletter_whatever_stands_in_it(relay: Relay, deliver: Callable[..., None]):
    for number, name in enumerate(NAMES):
        newsletter, by = hostile_newsletter(name, number), make_member()
        test_mail.send_test(newsletter.id, [f"redactie{number}@voorbeeld.nl"], at=WRITTEN_AT, by=by)
    deliver()

    assert len(relay.messages) == len(NAMES)
    assert found([received.content for received in relay.messages]) == []


@pytest.mark.parametrize("kind", [MailKind.NEWSLETTER, MailKind.GROUP])
def test_any_mail_to_a_list(send_to_readers: Callable[..., list[bytes]], kind: MailKind):
    options = {"headers": {"List-Unsubscribe": LEAVE}, "token_purpose": "newsletter-unsubscribe"}
    drafts = [
        make_draft(
            subject=(name * 9)[:200], text=f"{name} [[token]]\n", html=f"<p>{name * 40} [[token]]</p>", **options
        )
        for name in NAMES
    ]

    assert found(send_to_readers(drafts, kind), is_bulk=True) == []
