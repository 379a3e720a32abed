"""Test mails: a newsletter as it is now, to a few addresses that a member of staff names."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from flask import current_app
from markupsafe import Markup

from dordt.accounts.authorization import asks, require
from dordt.accounts.models import StaffMember
from dordt.accounts.rights import Right
from dordt.extensions import db
from dordt.mailer.ledger import outbox
from dordt.mailer.suppression.rules import gets_no_mail
from dordt.newsletters.content import rendering
from dordt.newsletters.models import Newsletter, NewsletterTestMail
from dordt.newsletters.transitions import locked, log, newsletter_numbered
from dordt.shared.addresses import address_key
from dordt.shared.links import absolute
from dordt.shared.mail import Draft, compose
from dordt.shared.problems import NotAllowed
from dordt.shared.reading import read_only
from dordt.subscribers import emails

MOST_ADDRESSES = 5
LONGEST_SUBJECT = 200  # what the ledger keeps of it
LIMIT_PERIOD = timedelta(hours=1)
TWO_CLICKS = timedelta(seconds=10)  # a second click on the same button sends no second mail
PERSONAL = re.compile(r"https?://[^\s\"'<>]*" + re.escape(emails.MERGED_TOKEN) + r"[^\s\"'<>]*")
# Where a reader starts to read: behind the preheader, which stands hidden at the top.
TOP = re.compile(
    r"<body[^>]*>(\s*(<div[^>]*>\s*)?<div style=\"display:none[^>]*>.*?</div>)?", re.DOTALL | re.IGNORECASE
)


class TestRefused(NotAllowed):
    """These addresses get no test mail now; the text says why."""


@asks(Right.SEND_NEWSLETTER)
def send_test(newsletter_id: int, addresses: Sequence[str], *, at: datetime, by: StaffMember) -> int:
    """Queue a test mail to each address and note how many; returns that, 0 after a second click on the same button.

    Raises TestRefused when an address gets no mail or this member sent many tests, NotAllowed once it was started.
    """
    with read_only():
        seen = newsletter_numbered(newsletter_id)
        version, draft = seen.edit_version, _test_of(seen)
    require(by, Right.SEND_NEWSLETTER)
    newsletter = locked(newsletter_id)
    if not newsletter.can_be_edited:
        raise NotAllowed("Deze nieuwsbrief is al verstuurd of gestopt. Een testmail kan niet meer.")
    _require_within_limit(len(addresses), at=at, by=by)
    _require_not_suppressed(addresses)
    pause = _pause_since(newsletter, at=at)
    sent = [outbox.enqueue(replace(draft, to=each), at=at, at_most_once_per=pause) for each in addresses]
    count = len([delivery for delivery in sent if delivery])
    if count:
        _note(newsletter, version, count, at=at, by=by)
    db.session.commit()
    return count


def last_test(newsletter: Newsletter) -> NewsletterTestMail | None:
    return db.session.scalars(NewsletterTestMail.of(newsletter).limit(1)).one_or_none()


def _note(newsletter: Newsletter, version: int, count: int, *, at: datetime, by: StaffMember) -> None:
    sent = NewsletterTestMail(
        newsletter_id=newsletter.id,
        version=version,
        address_count=count,
        sent_at=at,
        sent_by_id=by.id,
        sent_by_name=by.name,
    )
    db.session.add(sent)
    log("newsletter.tested", newsletter, by, at=at, tests=count, version=version)


def _pause_since(newsletter: Newsletter, *, at: datetime) -> timedelta | None:
    """Only right after a test of this newsletter a second one to the same address is taken for a second click."""
    last = last_test(newsletter)
    return TWO_CLICKS if last is not None and at - last.sent_at < TWO_CLICKS else None


def _test_of(newsletter: Newsletter) -> Draft:
    """The very newsletter with a line on top; links that are a reader's own lead to the page about the newsletter."""
    draft, nowhere = rendering.draft_of(newsletter), absolute("subscribers.subscribe")
    html = PERSONAL.sub(nowhere, draft.html)
    top = TOP.search(html)
    start = top.end() if top else 0
    return compose(
        "newsletter_test",
        to="",
        reply_to=draft.reply_to,
        subject=_shortened(draft.subject),
        text=PERSONAL.sub(nowhere, draft.text),
        above=Markup(html[:start]),  # noqa: S704  (a finished mail of ours)
        below=Markup(html[start:]),  # noqa: S704
    )


def _shortened(subject: str) -> str:
    most = LONGEST_SUBJECT - len("[Test] ")
    return subject if len(subject) <= most else f"{subject[: most - 1]}…"


def _require_within_limit(count: int, *, at: datetime, by: StaffMember) -> None:
    """The member's row is locked, so that two forms sent at once are counted one after the other."""
    db.session.get(StaffMember, by.id, with_for_update={"key_share": True}, populate_existing=True)
    sent = db.session.scalar(NewsletterTestMail.count_by(by.id, since=at - LIMIT_PERIOD)) or 0
    most = current_app.config["NEWSLETTER_TESTS_PER_HOUR"]
    if sent + count > most:
        raise TestRefused(f"U kunt {most} testmails per uur versturen, en u verstuurde er al {sent}. Wacht even.")


def _require_not_suppressed(addresses: Sequence[str]) -> None:
    """Named by its place in the list: no address stands in an error."""
    for place, address in enumerate(addresses, 1):
        if gets_no_mail(address_key(address)):
            which = "Dit adres" if len(addresses) == 1 else f"Adres {place} in uw lijst"
            raise TestRefused(f"{which} is geblokkeerd: daar komt geen e-mail van ons aan. Kies een ander adres.")
