"""From an approved newsletter to the last delivery."""

from threading import Event

import pytest
import sqlalchemy as sa

from dordt.audit.models import AuditEntry
from dordt.extensions import db
from dordt.mailer.ledger import outbox as post
from dordt.mailer.models import Delivery, DeliveryState, Mail, MailState, Suppression, SuppressionScope
from dordt.mailer.worker.tasks import deliver_what_is_due, run_every_minute
from dordt.newsletters.models import Newsletter, NewsletterState
from dordt.newsletters.sending import services as sending
from dordt.newsletters.transitions import newsletter_numbered
from dordt.shared import clock
from dordt.shared.problems import NotAllowed, NotFound
from dordt.subscribers import services as subscribers
from dordt.subscribers.models import SubscriberState
from tests.factories.newsletters import make_newsletter
from tests.factories.subscribers import make_subscriber, unsubscribe_path
from tests.support.at_once import at_once

State = NewsletterState


def start(newsletter: Newsletter) -> bool:
    return sending.start_newsletter(newsletter.id, at=clock.now())


def deliveries() -> list[Delivery]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(Delivery).order_by(Delivery.recipient)))


def finish_all(state: DeliveryState = DeliveryState.ACCEPTED) -> None:
    db.session.execute(sa.update(Delivery).values(state=state))
    db.session.commit()


@pytest.fixture
def approved(app) -> Newsletter:
    return make_newsletter(State.APPROVED)


def test_starting_freezes_exactly_the_confirmed_subscribers(approved):
    readers = [make_subscriber(email=f"lezer{number}@voorbeeld.nl") for number in range(3)]
    for state in (SubscriberState.UNCONFIRMED, SubscriberState.PAUSED, SubscriberState.UNSUBSCRIBED):
        make_subscriber(state)

    assert start(approved)

    assert [row.recipient for row in deliveries()] == [reader.id for reader in readers]
    assert [row.address for row in deliveries()] == [reader.email for reader in readers]
    assert {row.state for row in deliveries()} == {DeliveryState.QUEUED}
    assert approved.state == State.SENDING
    assert approved.mail.frozen_count == 3


def test_a_suppressed_address_is_left_out_and_counted(approved):
    anna, _bram = make_subscriber(), make_subscriber()
    db.session.add(
        Suppression(address_key=anna.email_key, scope=SuppressionScope.ALL, reason="kwam terug", since=clock.now())
    )
    db.session.commit()

    start(approved)

    assert len(deliveries()) == 1
    assert (approved.mail.frozen_count, approved.mail.excluded_count) == (1, 1)


def test_starting_twice_freezes_once(approved):
    make_subscriber()

    assert [start(approved), start(approved)] == [True, False]
    make_subscriber()
    finish_all()
    sending.follow_mailer(at=clock.now())

    assert start(approved) is False
    assert len(deliveries()) == 1


def test_starting_at_once_in_four_processes_freezes_once(app, approved):
    for _ in range(20):
        make_subscriber()
    number = approved.id

    outcomes = at_once(app, *[lambda: sending.start_newsletter(number, at=clock.now())] * 4)

    assert sorted(outcomes) == [False, False, False, True]
    assert len(deliveries()) == 20
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Mail)) == 1


def test_who_leaves_while_the_audience_is_being_frozen_gets_nothing(app):
    for _ in range(4):
        newsletter = make_newsletter(State.APPROVED)
        readers = [make_subscriber() for _ in range(10)]
        number, tokens = newsletter.id, [unsubscribe_path(reader).split("/")[-2] for reader in readers[:5]]

        at_once(
            app,
            lambda number=number: sending.start_newsletter(number, at=clock.now()),
            *[lambda token=token: subscribers.unsubscribe(token, at=clock.now()) for token in tokens],
        )

        gone = {reader.id for reader in readers[:5]}
        waiting = {row.recipient for row in deliveries() if row.state == DeliveryState.QUEUED}
        assert not gone & waiting


def test_who_leaves_while_it_is_being_sent_gets_nothing_any_more(client, approved):
    anna, bram = make_subscriber(), make_subscriber()
    start(approved)

    client.post(unsubscribe_path(anna), data={"List-Unsubscribe": "One-Click"})

    assert {row.recipient: row.state for row in deliveries()} == {anna.id: "cancelled", bram.id: "queued"}


@pytest.mark.parametrize("state", [State.DRAFT, State.CANCELLED])
def test_only_an_approved_newsletter_can_be_sent(app, state):
    make_subscriber()
    newsletter = make_newsletter(state)

    with pytest.raises(NotAllowed):
        start(newsletter)

    assert not deliveries()


def test_without_readers_nothing_is_sent(approved):
    with pytest.raises(NotAllowed, match="nog geen abonnees"):
        start(approved)

    db.session.rollback()
    assert approved.state == State.APPROVED


def test_a_number_that_does_not_exist_is_named(app):
    with pytest.raises(NotFound, match="99"):
        sending.start_newsletter(99, at=clock.now())


def test_it_is_sent_only_when_nothing_is_left_to_send(approved):
    for _ in range(2):
        make_subscriber()
    start(approved)
    first = deliveries()[0]

    first.state = DeliveryState.ACCEPTED
    sending.follow_mailer(at=clock.now())
    assert approved.state == State.SENDING

    finish_all(DeliveryState.UNCERTAIN)
    sending.follow_mailer(at=clock.now())
    assert approved.state == State.SENT
    assert approved.sent_at is not None


def test_the_worker_notes_it_by_itself_every_minute(approved):
    make_subscriber()
    start(approved)
    finish_all()
    number = approved.id

    run_every_minute()

    assert newsletter_numbered(number).state == State.SENT


def test_the_worker_notes_it_as_soon_as_the_last_one_is_sent(approved, app, smtp_server):
    app.config["MAIL_CATCHER_FILE"].write_text(f"{smtp_server.host}:{smtp_server.port}")
    make_subscriber()
    start(approved)
    number = approved.id

    deliver_what_is_due(Event())

    assert newsletter_numbered(number).state == State.SENT


def test_pausing_and_resuming_reach_the_mailer(approved):
    make_subscriber()
    start(approved)

    sending.pause_newsletter(approved.id, at=clock.now())
    assert (approved.state, approved.mail.state) == (State.PAUSED, MailState.PAUSED)
    sending.resume_newsletter(approved.id, at=clock.now())
    assert (approved.state, approved.mail.state) == (State.SENDING, MailState.RUNNING)


def test_a_pause_of_the_mailer_itself_can_be_resumed(approved):
    make_subscriber()
    start(approved)
    post.pause(approved.mail, "Veel weigeringen achter elkaar.")
    db.session.commit()

    sending.resume_newsletter(approved.id, at=clock.now())

    assert (approved.state, approved.mail.state) == (State.SENDING, MailState.RUNNING)


def test_a_pause_of_the_mailer_itself_is_noted(approved):
    make_subscriber()
    start(approved)
    post.pause(approved.mail, "Veel weigeringen achter elkaar.")

    sending.follow_mailer(at=clock.now())

    assert approved.state == State.PAUSED


def test_cancelling_takes_out_what_has_not_left(approved):
    for _ in range(3):
        make_subscriber()
    start(approved)
    deliveries()[0].state = DeliveryState.ACCEPTED

    sending.cancel_newsletter(approved.id, at=clock.now())

    assert sorted(row.state for row in deliveries()) == ["accepted", "cancelled", "cancelled"]
    assert approved.state == State.CANCELLED
    with pytest.raises(NotAllowed):
        sending.resume_newsletter(approved.id, at=clock.now())


def test_the_counts_add_up_to_the_frozen_audience(approved):
    for _ in range(len(DeliveryState)):
        make_subscriber()
    start(approved)
    for row, state in zip(deliveries(), DeliveryState, strict=True):
        row.state = state
    db.session.commit()

    progress = post.progress(approved.mail_id)

    assert sum(progress.values()) == approved.mail.frozen_count == len(DeliveryState)


def test_each_step_stands_in_the_log(approved):
    make_subscriber()
    start(approved)
    sending.pause_newsletter(approved.id, at=clock.now())

    actions = db.session.scalars(sa.select(AuditEntry.action).where(AuditEntry.subject_type == "newsletter")).all()
    assert actions == ["newsletter.created", "newsletter.started", "newsletter.paused"]
