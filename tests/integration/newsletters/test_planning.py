"""A planned newsletter starts by itself, once, in its time; or it says why it does not."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
import sqlalchemy as sa

from dordt.audit.models import AuditEntry
from dordt.extensions import db
from dordt.mailer.models import Delivery
from dordt.mailer.worker.tasks import run_every_minute
from dordt.news.models import ArticleState
from dordt.newsletters import checks
from dordt.newsletters.content.block_content import NewsletterContent
from dordt.newsletters.content.services import editing
from dordt.newsletters.models import Newsletter, NewsletterState
from dordt.newsletters.sending import plans
from dordt.newsletters.sending import services as sending
from dordt.newsletters.sending.plans import Plan
from dordt.newsletters.transitions import newsletter_numbered
from dordt.shared import clock
from dordt.shared.problems import NotAllowed
from tests.factories.news import make_article
from tests.factories.newsletters import make_newsletter
from tests.factories.subscribers import make_subscriber
from tests.support.stored import actions

State = NewsletterState
NOW = datetime(2027, 3, 1, 8, 0, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
PLAN = Plan(NOW + HOUR, NOW + 3 * HOUR)


def newsletter() -> Newsletter:
    db.session.rollback()
    return db.session.scalars(sa.select(Newsletter)).one()


def deliveries() -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(Delivery)) or 0


def status(at: datetime) -> plans.PlanStatus:
    found = plans.status_of(newsletter(), at=at)
    assert found is not None
    return found


@pytest.fixture
def planned(app) -> int:
    make_subscriber()
    number = make_newsletter(State.APPROVED).id
    sending.plan_newsletter(number, PLAN, at=NOW)
    return number


def test_it_starts_at_its_moment_and_not_before(planned):
    sending.start_due(at=PLAN.starts_at - timedelta(seconds=1))
    assert (newsletter().state, deliveries()) == (State.SCHEDULED, 0)

    sending.start_due(at=PLAN.starts_at)
    sending.start_due(at=PLAN.starts_at + MINUTE)

    assert (newsletter().state, deliveries()) == (State.SENDING, 1)
    assert newsletter().started_at == PLAN.starts_at
    assert actions("newsletter") == ["created", "scheduled", "started"]


def test_the_worker_starts_it_every_minute_by_itself(app):
    make_subscriber()
    number = make_newsletter(State.APPROVED).id
    long_ago = clock.now() - HOUR
    sending.plan_newsletter(number, Plan(long_ago + MINUTE, long_ago + 3 * HOUR), at=long_ago)

    run_every_minute()

    assert (newsletter().state, deliveries()) == (State.SENDING, 1)


def test_the_readers_are_those_of_the_moment_at_which_it_starts(planned):
    make_subscriber()

    sending.start_due(at=PLAN.starts_at)

    assert deliveries() == 2


def test_four_workers_at_once_start_it_once(app, planned):
    db.session.rollback()  # on SQLite the test itself would hold the lock
    begin = Barrier(4)

    def work(_number: int) -> None:
        with app.app_context():
            begin.wait(timeout=10)
            sending.start_due(at=PLAN.starts_at)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))

    assert (newsletter().state, deliveries()) == (State.SENDING, 1)
    assert actions("newsletter").count("started") == 1


def test_up_to_its_last_moment_it_still_starts(planned):
    sending.start_due(at=PLAN.latest_at)

    assert newsletter().state == State.SENDING


def test_after_its_last_moment_it_waits_for_a_person_and_says_so_once(planned):
    late = PLAN.latest_at + timedelta(seconds=1)

    for minutes in range(3):
        sending.start_due(at=late + minutes * MINUTE)

    assert (newsletter().state, deliveries()) == (State.SCHEDULED, 0)
    assert status(late).label == "Te laat: beslis zelf"
    assert "draaide toen niet, of er is een back-up teruggezet" in (status(late).reason or "")
    assert actions("newsletter") == ["created", "scheduled", "too_late"]


def test_a_newsletter_that_is_too_late_is_started_or_planned_again_by_a_person(planned):
    late = PLAN.latest_at + HOUR
    sending.start_due(at=late)

    sending.plan_newsletter(planned, Plan(late + HOUR, late + 2 * HOUR), at=late)
    assert status(late).label == "Gepland"
    sending.start_due(at=late)
    assert newsletter().state == State.SCHEDULED

    assert sending.start_newsletter(planned, at=late)
    assert deliveries() == 1


def test_an_article_that_was_withdrawn_keeps_it_from_starting_and_the_reason_is_told_once(app):
    make_subscriber()
    article = make_article(title="Het park", published_at=datetime(2026, 3, 1, tzinfo=UTC))
    number = make_newsletter(State.APPROVED, articles=(article,)).id
    sending.plan_newsletter(number, PLAN, at=NOW)
    article.state = ArticleState.DRAFT
    db.session.commit()

    for minutes in range(3):
        sending.start_due(at=PLAN.starts_at + minutes * MINUTE)

    at = PLAN.starts_at + 3 * MINUTE
    assert (newsletter().state, deliveries()) == (State.SCHEDULED, 0)
    assert (status(at).label, status(at).is_late) == ("Kon niet beginnen", False)
    assert "Het nieuwsbericht ‘Het park’ staat niet op de site." in (status(at).reason or "")
    assert actions("newsletter") == ["created", "scheduled", "not_started"]

    article.state = ArticleState.PUBLISHED
    db.session.commit()
    sending.start_due(at=at)
    assert newsletter().state == State.SENDING


def test_what_kept_it_is_still_told_when_it_is_too_late(app):
    number = make_newsletter(State.APPROVED).id
    reader = make_subscriber()
    sending.plan_newsletter(number, PLAN, at=NOW)
    db.session.delete(reader)
    db.session.commit()
    sending.start_due(at=PLAN.starts_at)
    sending.start_due(at=PLAN.latest_at + MINUTE)

    found = status(PLAN.latest_at + MINUTE)

    assert (found.label, found.is_late) == ("Te laat: beslis zelf", True)
    assert found.reason == "Er zijn nog geen abonnees die hun aanmelding hebben bevestigd."
    assert actions("newsletter") == ["created", "scheduled", "not_started", "too_late"]


def test_without_the_log_the_page_says_the_same_and_nothing_is_noted_twice(app):
    number = make_newsletter(State.APPROVED).id
    sending.plan_newsletter(number, PLAN, at=NOW)
    late = PLAN.latest_at + MINUTE
    for at in (PLAN.starts_at, late):
        sending.start_due(at=at)
    before = status(late)

    db.session.execute(sa.delete(AuditEntry))
    db.session.commit()
    sending.start_due(at=late + MINUTE)

    assert status(late) == before
    assert actions() == []


def test_a_reason_of_an_earlier_plan_says_nothing_of_the_next(app):
    number = make_newsletter(State.APPROVED).id
    sending.plan_newsletter(number, PLAN, at=NOW)
    sending.start_due(at=PLAN.starts_at)
    at = PLAN.starts_at + MINUTE

    sending.plan_newsletter(number, Plan(at + HOUR, at + 2 * HOUR), at=at)

    assert status(at).reason is None


def test_when_no_worker_runs_the_page_can_say_so(planned):
    assert status(PLAN.starts_at + MINUTE).reason is None
    assert "mailer run" in (status(PLAN.starts_at + 3 * MINUTE).reason or "")


def test_one_that_cannot_be_started_does_not_keep_the_next_from_its_turn(planned, monkeypatch, caplog):
    second = make_newsletter(State.APPROVED).id
    sending.plan_newsletter(second, PLAN, at=NOW)
    prepare: Callable[..., checks.PreparedNewsletter] = checks.prepare

    def break_first(newsletter: Newsletter, **given) -> checks.PreparedNewsletter:
        if newsletter.id == planned:
            raise RuntimeError("the disk is full")
        return prepare(newsletter, **given)

    monkeypatch.setattr(checks, "prepare", break_first)

    sending.start_due(at=PLAN.starts_at)

    db.session.rollback()
    assert newsletter_numbered(planned).state == State.SCHEDULED
    assert newsletter_numbered(second).state == State.SENDING
    assert f"Newsletter {planned}: planned start failed" in caplog.text


def test_withdrawing_the_plan_brings_it_back_to_approved(planned):
    sending.withdraw_plan(planned, at=NOW)
    sending.start_due(at=PLAN.starts_at)

    found = newsletter()
    assert (found.state, found.scheduled_at, found.latest_start_at) == (State.APPROVED, None, None)
    assert actions("newsletter") == ["created", "scheduled", "unscheduled"]
    with pytest.raises(NotAllowed, match="niet gepland"):
        sending.withdraw_plan(planned, at=NOW)


def test_editing_ends_plan_and_approval(planned):
    editing.edit_newsletter(planned, NewsletterContent("Anders", ""), at=NOW)
    sending.start_due(at=PLAN.starts_at)

    found = newsletter()
    assert (found.state, found.scheduled_at, found.latest_start_at) == (State.DRAFT, None, None)


def test_approving_a_planned_newsletter_again_leaves_its_plan(planned):
    assert sending.approve_newsletter(planned, at=NOW) is False

    assert plans.plan_of(newsletter()) == PLAN


def test_a_planned_newsletter_that_was_stopped_never_starts(planned):
    sending.cancel_newsletter(planned, at=NOW)
    sending.start_due(at=PLAN.starts_at)

    assert (newsletter().state, deliveries()) == (State.CANCELLED, 0)


@pytest.mark.parametrize(
    ("plan", "words"),
    [
        (Plan(NOW, NOW + HOUR), "al voorbij"),
        (Plan(NOW - HOUR, NOW + HOUR), "al voorbij"),
        (Plan(NOW + HOUR, NOW + HOUR), "na de start"),
        (Plan(NOW + HOUR, NOW + HOUR + 4 * MINUTE), "op zijn vroegst 1 maart 2027 om 10.05 uur"),
    ],
)
def test_moments_that_cannot_be_are_refused(app, plan, words):
    number = make_newsletter(State.APPROVED).id

    with pytest.raises(NotAllowed, match=words):
        sending.plan_newsletter(number, plan, at=NOW)

    assert newsletter().state == State.APPROVED


@pytest.mark.parametrize("state", [State.DRAFT, State.SENDING, State.SENT, State.CANCELLED])
def test_only_an_approved_newsletter_can_be_planned(app, state):
    number = make_newsletter(state).id

    with pytest.raises(NotAllowed, match="Dat kan niet"):
        sending.plan_newsletter(number, PLAN, at=NOW)
