"""The number by which readers know a newsletter: given when it starts, without holes, never twice."""

import pytest
import sqlalchemy as sa

from dordt.extensions import db
from dordt.mailer.models import Mail
from dordt.newsletters.models import Newsletter, NewsletterState
from dordt.newsletters.sending import services as sending
from dordt.shared import clock
from dordt.shared.problems import NotAllowed
from tests.factories.newsletters import make_newsletter
from tests.factories.subscribers import make_subscriber
from tests.support.at_once import at_once

State = NewsletterState


def start(newsletter_id: int) -> bool:
    return sending.start_newsletter(newsletter_id, at=clock.now())


def numbers() -> dict[int, int]:
    """By id, of those that were started."""
    db.session.rollback()
    found = db.session.execute(sa.select(Newsletter.id, Newsletter.number).where(Newsletter.mail_id.is_not(None)))
    return {row.id: row.number for row in found}


def mails() -> dict[int, Mail]:
    """By the number of the newsletter."""
    db.session.rollback()
    return {each.number: each.mail for each in db.session.scalars(Newsletter.with_number())}


def test_drafts_take_no_number_and_none_is_left_out(client, staff_client):
    make_subscriber()
    thrown_away, second, first = (make_newsletter(State.APPROVED, subject=f"Nummer {name}").id for name in "ABC")
    sending.cancel_newsletter(thrown_away, at=clock.now())

    pages = [
        staff_client("beheerder").get(f"/beheer/nieuwsbrieven/{second}/{path}").text for path in ("", "versturen/")
    ]
    start(first), start(second)

    assert all("Nieuwsbrief ‘Nummer B’" in page and "Nieuwsbrief 2" not in page for page in pages)
    assert numbers() == {first: 1, second: 2}
    assert "Nummer C" in client.get("/nieuwsbrief/1/").text
    assert client.get("/nieuwsbrief/3/").status_code == 404


def test_each_mail_leads_to_its_own_page(app):
    make_subscriber()
    first, second = (make_newsletter(State.APPROVED).id for _ in range(2))

    start(second), start(first)

    assert all(f"/nieuwsbrief/{number}/" in mail.html for number, mail in mails().items())
    assert all(f"/nieuwsbrief/{number}/" in mail.text for number, mail in mails().items())


def test_those_that_start_at_once_get_numbers_that_follow_each_other(app):
    make_subscriber()
    ids = [make_newsletter(State.APPROVED).id for _ in range(4)]

    at_once(app, *[lambda each=each: start(each) for each in ids])

    assert sorted(numbers().values()) == [1, 2, 3, 4]
    assert all(f"/nieuwsbrief/{number}/" in mail.html for number, mail in mails().items())


def test_a_draft_that_took_a_number_once_gives_it_up(app):
    make_subscriber()
    old_draft, started = (make_newsletter(State.APPROVED) for _ in range(2))
    old_draft.number = 1
    db.session.commit()
    ids = started.id, old_draft.id

    for each in ids:
        start(each)

    assert numbers() == {ids[0]: 1, ids[1]: 2}


def test_what_nobody_would_get_uses_no_number(app):
    refused, started = (make_newsletter(State.APPROVED).id for _ in range(2))
    with pytest.raises(NotAllowed):
        start(refused)
    db.session.rollback()
    make_subscriber()

    start(started)

    assert numbers() == {started: 1}
