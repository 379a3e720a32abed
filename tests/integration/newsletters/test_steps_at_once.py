"""Two steps at the same moment: the second sees what the first did, also to the mail in the mailer."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask

from dordt.extensions import db
from dordt.mailer.ledger import outbox
from dordt.mailer.models import MailState
from dordt.newsletters.models import PAUSED_BY_STAFF, Newsletter, NewsletterState
from dordt.newsletters.sending import services as sending
from dordt.newsletters.transitions import locked, newsletter_numbered
from dordt.shared import clock
from tests.factories.newsletters import make_started_newsletter

State = NewsletterState
WAITS = 0.5  # seconds, in which the other one comes to the row that is held


def resume(newsletter: Newsletter) -> None:
    newsletter.state = State.SENDING
    outbox.resume(newsletter.mail)


def pause(newsletter: Newsletter) -> None:
    newsletter.state = State.PAUSED
    outbox.pause(newsletter.mail, PAUSED_BY_STAFF)


def while_held(app: Flask, number: int, first: Callable[[Newsletter], None], second: Callable[[], object]) -> None:
    """Let `second` begin while `first` holds the row; it goes on once that was committed."""

    def run() -> object:
        with app.app_context():
            return second()

    with ThreadPoolExecutor(1) as pool:
        first(locked(number))
        db.session.flush()
        other = pool.submit(run)
        time.sleep(WAITS)
        db.session.commit()
        other.result(timeout=20)


def standing(number: int) -> tuple[str, str]:
    db.session.rollback()
    newsletter = newsletter_numbered(number)
    return newsletter.state.value, newsletter.mail.state.value


@pytest.fixture
def number(app: Flask) -> int:
    return make_started_newsletter(3).id


def test_what_is_resumed_while_the_worker_looks_goes_on(app: Flask, number: int):
    sending.pause_newsletter(number, at=clock.now())

    while_held(app, number, resume, lambda: sending.follow_mailer(at=clock.now()))

    assert standing(number) == (State.SENDING, MailState.RUNNING)


def test_what_is_paused_while_the_worker_looks_stands_still(app: Flask, number: int):
    while_held(app, number, pause, lambda: sending.follow_mailer(at=clock.now()))

    assert standing(number) == (State.PAUSED, MailState.PAUSED)


def test_a_resume_that_waited_for_the_pause_ends_it(app: Flask, number: int):
    while_held(app, number, pause, lambda: sending.resume_newsletter(number, at=clock.now()))

    assert standing(number) == (State.SENDING, MailState.RUNNING)


def test_a_pause_that_waited_for_the_resume_holds(app: Flask, number: int):
    sending.pause_newsletter(number, at=clock.now())

    while_held(app, number, resume, lambda: sending.pause_newsletter(number, at=clock.now()))

    assert standing(number) == (State.PAUSED, MailState.PAUSED)
