"""Link scanners open every link of every mail, many times; nothing may come of it."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask

from dordt.extensions import db
from dordt.mailer.ledger import outbox
from dordt.mailer.models import Mail, MailKind
from dordt.newsletters.content.block_kinds import BlockContent, BlockKind
from dordt.newsletters.content.services import test_mail
from dordt.newsletters.models import Newsletter
from dordt.newsletters.sending import audience
from dordt.newsletters.transitions import give_number
from dordt.shared import clock
from dordt.shared.mail import Draft
from dordt.subscribers import services as subscribers
from dordt.subscribers.models import SubscriberState
from dordt.workgroups.models import MembershipState
from tests.factories.accounts import make_member
from tests.factories.contact import make_message
from tests.factories.mails import EVERY, OF_ADDRESS_CHANGE, OF_MEMBERSHIP, OF_MESSAGE, OF_NEWSLETTER, OF_SUBSCRIBER
from tests.factories.media import make_image
from tests.factories.news import make_article
from tests.factories.newsletters import make_newsletter
from tests.factories.places import make_neighbourhood, make_topic
from tests.factories.subscribers import make_address_change, make_subscriber
from tests.factories.workgroups import make_meeting, make_membership, make_workgroup
from tests.support.link_scanner import MANNERS, changed_by, links_of, own_paths, scan
from tests.support.relay import ReceivedMessage, Relay

pytestmark = pytest.mark.slow
FINE = {200, 206, 302, 304}  # 206: it asked for a part; 302: to the sign-in of staff


def newsletter() -> Newsletter:
    """One with every kind of block, and a link in each that can have one."""
    picture, group, article = make_image(), make_workgroup(), make_article()
    meeting = make_meeting(group)
    common = {"title": "Het park", "text": "Lees [meer nieuws](/nieuws/).", "url": f"/nieuws/{article.slug}/"}
    common |= {"media": picture.key, "alt": "Het park", "article": article.slug, "workgroup": group.slug}
    return make_newsletter(blocks=[BlockContent(kind, meeting_id=meeting.id, **common) for kind in BlockKind])


def drafts() -> list[Draft]:
    """Every mail to one person, each about something that can still be confirmed, ended or answered."""
    make_neighbourhood(slug="sterrenburg", name="Sterrenburg")
    unconfirmed, confirmed = make_subscriber(SubscriberState.UNCONFIRMED), make_subscriber()
    waiting = make_membership(state=MembershipState.UNCONFIRMED)
    written = [write(make_message(topic=make_topic(slug=name))) for name, write in OF_MESSAGE.items()]
    written += [
        write(unconfirmed if name == "confirm_subscription" else confirmed) for name, write in OF_SUBSCRIBER.items()
    ]
    written += [write(make_address_change(confirmed)) for write in OF_ADDRESS_CHANGE.values()]
    for name, write in OF_MEMBERSHIP.items():
        membership = waiting if name == "confirm_membership" else make_membership()
        make_meeting(membership.workgroup)  # whoever is welcome gets a link to the calendar
        written.append(write(membership))
    db.session.commit()
    return written


@pytest.fixture
def received(relay: Relay, deliver: Callable[..., None]) -> list[ReceivedMessage]:
    """One of each, as the relay took them in."""
    at = clock.now()
    to_one = drafts()
    for draft in to_one:
        outbox.enqueue(draft, at=at)
    written = newsletter()
    test_mail.send_test(written.id, ["redactie@voorbeeld.nl"], at=at, by=make_member())
    readers = audience.of(written)
    give_number(written)
    for write in OF_NEWSLETTER.values():
        written.mail = outbox.freeze(write(written), readers, kind=MailKind.NEWSLETTER, list_id="nieuwsbrief", at=at)
    db.session.commit()
    deliver(clock.now())
    assert set(db.session.scalars(sa.select(Mail.name))) == EVERY
    assert len(relay.messages) == len(to_one) + len(OF_NEWSLETTER) + 1
    return relay.messages


@pytest.fixture
def paths(app: Flask, received: list[ReceivedMessage]) -> list[str]:
    """Where all their links lead on our own site."""
    found = [own_paths(links_of(each), app.config["SITE_URL"]) for each in received]
    assert all(found)
    return sorted({path for paths in found for path in paths})


def test_a_scanner_that_opens_every_link_twenty_times_changes_nothing(app: Flask, paths: list[str]):
    refused: set[str] = set()

    def open_all() -> None:
        answers = scan(app, paths)
        refused.update(f"{answer.status} {answer.request.path}" for answer in answers if answer.status_code not in FINE)

    assert len(MANNERS) == 20
    assert changed_by(open_all) == []
    assert refused == set()


def test_the_links_that_could_change_something_are_among_them(app: Flask, paths: list[str]):
    rules = app.url_map.bind("localhost")
    met = {rules.match(path.partition("?")[0])[0] for path in paths}

    assert met >= {
        "subscribers.confirm",
        "subscribers.unsubscribe",
        "subscribers.preferences",
        "subscribers.new_address",
    }
    assert met >= {"workgroups.confirm", "workgroups.leave", "contact.follow", "newsletters.show"}


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_one_page_that_changes_something_when_it_is_opened_is_found(app: Flask, paths, monkeypatch, method: str):
    def leave_at_once(token: str) -> str:
        subscribers.unsubscribe(token, at=clock.now())
        return "U bent afgemeld."

    monkeypatch.setitem(app.view_functions, "subscribers.unsubscribe", leave_at_once)

    path, *_others = [path for path in paths if path.startswith("/nieuwsbrief/afmelden/")]
    changed = changed_by(lambda: list(scan(app, [path], [method])))

    assert {"subscriber", "audit_entry"} <= set(changed)
