"""Every mail that we can send reaches the relay as bytes to which no strict receiver objects."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from email import message_from_bytes, policy
from email.message import Message
from pathlib import Path

import pytest

from dordt.contact import emails as contact_emails
from dordt.contact import models as contact
from dordt.extensions import db
from dordt.mailer import outbox
from dordt.mailer.models import MailKind
from dordt.newsletters.rendering import draft_of
from dordt.shared.mail import Draft
from dordt.subscribers import emails as subscriber_emails
from dordt.subscribers.models import Subscriber
from dordt.workgroups import emails as workgroup_emails
from dordt.workgroups.models import Membership, MembershipState
from tests.factories.contact import make_message
from tests.factories.mailer import WRITTEN_AT, make_draft, readers
from tests.factories.news import make_article
from tests.factories.newsletters import make_newsletter
from tests.factories.places import make_neighbourhood, make_topic
from tests.factories.subscribers import make_address_change, make_subscriber
from tests.factories.workgroups import make_membership, make_workgroup
from tests.support.raw_lint import problems
from tests.support.relay import Relay

HOST = "127.0.0.1"  # of SITE_URL in the tests
TEMPLATES = Path(__file__).parents[3] / "templates" / "email"
LEAVE = "<http://127.0.0.1:8000/nieuwsbrief/afmelden/[[token]]/>, <mailto:wijken@dordrecht.nl>"
FAMILY = "\N{MAN}\N{ZERO WIDTH JOINER}\N{WOMAN}\N{ZERO WIDTH JOINER}\N{GIRL}"
ADDRESSES = ("anna@voorbeeld.nl", "o'brien+dordt=1@münchen.voorbeeld.de", f"{'A' * 64}@{'b' * 60}.{'c' * 60}.nl")
SAID = "Dank voor uw melding. Wij maken de bank op 12 maart.\n\n.En dit begint met een punt.\nFrom hier verder: é€😀"


def decided(membership: Membership, state: MembershipState) -> Draft:
    membership.state, membership.decision_text = state, SAID
    return workgroup_emails.membership_decided(membership)


OF_MESSAGE: dict[str, Callable[[contact.Message], Draft]] = {
    "message_received": contact_emails.message_received,
    "message_notice": contact_emails.message_notice,
    "message_answered": lambda message: contact_emails.message_answered(message, SAID),
    "message_declined": lambda message: contact_emails.message_declined(message, SAID),
    "message_question": lambda message: contact_emails.message_question(message, SAID),
    "message_added_to": lambda message: contact_emails.message_added_to(message, SAID),
}
OF_SUBSCRIBER: dict[str, Callable[[Subscriber], Draft]] = {
    "confirm_subscription": lambda subscriber: subscriber_emails.confirm_subscription(subscriber, at=WRITTEN_AT),
    "already_subscribed": subscriber_emails.already_subscribed,
    "welcome": subscriber_emails.welcome,
    "confirm_new_address": lambda subscriber: subscriber_emails.confirm_new_address(
        make_address_change(subscriber, email=f"nieuw.{subscriber.id}@voorbeeld.nl"), at=WRITTEN_AT
    ),
    "address_changed": subscriber_emails.address_changed,
}
OF_MEMBERSHIP: dict[str, Callable[[Membership], Draft]] = {
    "confirm_membership": lambda membership: workgroup_emails.confirm_membership(membership, at=WRITTEN_AT),
    "already_member": workgroup_emails.already_member,
    "membership_requested": workgroup_emails.membership_requested,
    "membership_notice": workgroup_emails.membership_notice,
    "membership_approved": lambda membership: decided(membership, MembershipState.APPROVED),
    "membership_waiting": lambda membership: decided(membership, MembershipState.WAITING),
    "membership_declined": lambda membership: decided(membership, MembershipState.DECLINED),
}
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
    """Send drafts to one reader each and return the letters as the relay took them in."""

    def run(drafts: list[Draft]) -> list[bytes]:
        for draft in drafts:
            outbox.enqueue(draft, at=WRITTEN_AT)
        db.session.commit()
        deliver()
        assert len(relay.letters) == len(drafts)
        return [letter.content for letter in relay.letters]

    return run


@pytest.fixture
def send_to_readers(relay: Relay, deliver: Callable[..., None]) -> Callable[..., list[bytes]]:
    """Send each draft to two readers and return their letters."""

    def run(drafts: list[Draft], kind: MailKind = MailKind.NEWSLETTER) -> list[bytes]:
        for draft in drafts:
            outbox.freeze(draft, readers(2), kind=kind, list_id="nieuwsbrief", at=WRITTEN_AT)
        db.session.commit()
        deliver()
        assert len(relay.letters) == 2 * len(drafts)
        return [letter.content for letter in relay.letters]

    return run


def found(letters: list[bytes], *, is_bulk: bool = False) -> list[tuple[str, list[str]]]:
    """The letters with problems: the start of the subject, and what is wrong."""
    looked_at = [
        (str(parsed(letter)["Subject"])[:60], problems(letter, host=HOST, is_bulk=is_bulk)) for letter in letters
    ]
    return [(subject, wrong) for subject, wrong in looked_at if wrong]


def parsed(letter: bytes) -> Message:
    return message_from_bytes(letter, policy=policy.default)


def message_of(name: str) -> contact.Message:
    topic = make_topic(slug=f"thema-{len(name)}-{sum(map(ord, name))}", name=name[:80])
    sent_at = datetime(2027, 3, 5, 9, tzinfo=UTC)
    values = {"name": name, "body": f"{name}\n{SAID}", "location": name, "phone": name[:30]}
    return make_message(topic=topic, reply_by_on=date(2027, 3, 12), created_at=sent_at, **values)


def test_every_template_is_looked_at():
    folders = {path.name for path in TEMPLATES.iterdir() if path.is_dir()} - {"_base"}

    assert folders == {*OF_MESSAGE, *OF_SUBSCRIBER, *OF_MEMBERSHIP, "newsletter"}


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
    subscribers = [make_subscriber(email=email) for email in ADDRESSES]

    assert found(send([write(subscriber) for subscriber in subscribers for write in OF_SUBSCRIBER.values()])) == []


def test_a_newsletter(send_to_readers: Callable[..., list[bytes]]):
    drafts = []
    for number, name in enumerate(NAMES):
        article = make_article(slug=f"bericht-{number}", title=name, intro=f"{name} {SAID}")
        values = {"subject": name, "preheader": name, "intro": f"{name}\n\n{SAID}"}
        drafts.append(draft_of(make_newsletter(articles=(article,), **values)))

    assert found(send_to_readers(drafts), is_bulk=True) == []


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
