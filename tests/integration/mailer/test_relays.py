"""Limits, slow-down and circuit breaker, shared by workers over one row per relay, on both databases."""

import threading
import time
import timeit
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from dordt.extensions import db
from dordt.mailer.conversation import Reply, Stage
from dordt.mailer.models import MailRelay
from dordt.mailer.relays import rows
from dordt.mailer.relays.standing import standing
from dordt.mailer.relays.treating import LONGEST_WAIT, Relays
from dordt.shared import clock as our_clock
from tests.factories.mailer import WRITTEN_AT, make_newsletter

GOOD = Reply(Stage.BODY, 250, "2.0.0 queued")
BUSY = Reply(Stage.MAIL, 421, "4.3.2 busy")
NOT_NOW = Reply(Stage.RCPT, 450, "4.2.1 mailbox busy")
TOO_FAST = Reply(Stage.RCPT, 450, "4.7.0 not so fast, anna@voorbeeld.nl")
REFUSED = "mail.example:25 [Errno 111] refused; ask <beheer@voorbeeld.nl>"


@dataclass
class Clock:
    """A clock that stands still until it is moved."""

    at: datetime = WRITTEN_AT

    def __call__(self) -> datetime:
        return self.at

    def move(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


@dataclass
class Statements:
    """What was asked of the database."""

    said: list[str] = field(default_factory=list)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(autouse=True)
def two_relays(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """A first relay and a backup, without limits."""
    for name, value in {"CATCHER_FILE": None, "SERVER": "a.example", "BACKUP_SERVER": "b.example"}.items():
        monkeypatch.setitem(app.config, f"MAIL_{name}", value)


@pytest.fixture
def limit(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Set limits; relays made afterwards keep to them."""

    def set_to(**limits: int) -> None:
        for unit, count in limits.items():
            monkeypatch.setitem(app.config, f"MAIL_RATE_PER_{unit.upper()}", count)

    return set_to


@pytest.fixture
def ten_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    """The limit of workers that start after this."""
    monkeypatch.setenv("MAIL_RATE_PER_SECOND", "10")


@pytest.fixture
def asked(app: Flask) -> Iterator[Statements]:
    """All statements that are run."""
    found = Statements()

    def note(_connection: Any, _cursor: Any, sql: str, *_rest: Any) -> None:
        found.said.append(sql)

    sa.event.listen(db.engine, "before_cursor_execute", note)
    yield found
    sa.event.remove(db.engine, "before_cursor_execute", note)


def take(relays: Relays, wanted: int) -> int:
    relay = relays.choose()
    taken = relays.allowance(relay, wanted) if relay else 0
    db.session.commit()
    return taken


def tell(*all_relays: Relays) -> None:
    for relays in all_relays:
        relays.save()
        db.session.commit()


def name_of_choice(relays: Relays) -> str | None:
    relay = relays.choose()
    return relay and relay.name


def stored(name: str = "a.example:25") -> rows.Row:
    found = rows.read([name])[name]
    db.session.rollback()
    return found


def test_without_limits_the_database_is_not_asked_and_a_good_answer_costs_next_to_nothing(clock, asked):
    relays = Relays(clock)
    first = relays.choose()
    assert first is not None
    asked.said.clear()

    assert relays.allowance(first, 500) == 500
    took = min(timeit.repeat(lambda: relays.heard(first, GOOD, False), number=2000, repeat=5)) / 2000
    relays.give_back(first, 3)
    relays.save()

    assert asked.said == []
    assert took < 2e-6


def test_the_rows_are_looked_at_once_a_second_at_most(clock, asked):
    relays = Relays(clock)
    asked.said.clear()

    for _ in range(20):
        clock.move(0.1)
        tell(relays)

    assert len([sql for sql in asked.said if "mail_relay" in sql]) == 2


def test_two_workers_together_keep_to_the_limit_and_both_get_their_share(clock, limit):
    limit(second=10)
    workers = [Relays(clock), Relays(clock)]
    taken, wakes = [0, 0], [clock.at, clock.at]

    ends_at = clock.at + timedelta(seconds=20)
    while min(wakes) < ends_at:
        number = wakes.index(min(wakes))
        clock.at = wakes[number]
        taken[number] += take(workers[number], 4)
        wakes[number] = clock.at + timedelta(seconds=max(0.001, workers[number].seconds_to_next()))

    assert 195 <= sum(taken) <= 200 + 1 + 2.5
    assert min(taken) > 50


def test_two_workers_at_the_same_moment_do_not_take_the_same_tokens(app, clock, limit):
    limit(second=400)
    taken: list[int] = []

    def work() -> None:
        with app.app_context():
            relays = Relays(clock)
            taken.extend(take(relays, 7) for _ in range(20))
            db.session.remove()

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert sum(taken) == 101
    assert db.session.scalar(sa.select(sa.func.count()).select_from(MailRelay)) == 2


def test_a_used_up_day_has_everybody_wait_and_the_backup_is_not_used_instead(clock, limit):
    limit(day=24)
    relays = Relays(clock)

    assert take(relays, 30) == 24

    assert relays.choose() is None
    assert 59 < relays.seconds_to_next() <= LONGEST_WAIT
    clock.move(3601)
    assert take(relays, 30) == 1


def test_what_did_not_leave_is_given_back(clock, limit):
    limit(hour=100)
    relays, other = Relays(clock), Relays(clock)
    first = relays.choose()
    assert first is not None
    take(relays, 100)

    relays.give_back(first, 40)
    db.session.commit()

    assert take(other, 60) == 40


def test_a_grant_in_a_transaction_that_is_rolled_back_was_none(clock, limit):
    limit(hour=100)
    relays = Relays(clock)
    first = relays.choose()
    assert first is not None
    relays.allowance(first, 100)
    db.session.rollback()

    assert take(Relays(clock), 100) == 100


def test_limits_outlive_a_restart(clock, limit):
    limit(hour=100)
    take(Relays(clock), 90)

    assert take(Relays(clock), 90) == 10


def test_a_relay_that_cannot_be_reached_is_left_alone_for_longer_and_longer_by_all_workers(clock):
    relays, other = Relays(clock), Relays(clock)
    first = relays.choose()
    assert first is not None

    for pause in (5, 10, 20, 40, 60, 60):
        relays.unreachable(first, REFUSED)
        relays.unreachable(first, REFUSED)  # another connection, of the same moment
        tell(relays)
        clock.move(1)
        tell(other)
        assert name_of_choice(relays) == name_of_choice(other) == "b.example:25"
        clock.move(pause - 1.5)
        assert name_of_choice(relays) == name_of_choice(other) == "b.example:25"
        clock.move(0.5)
        assert name_of_choice(relays) == name_of_choice(other) == first.name
        assert relays.is_probing(first)
        assert other.is_probing(first)

    relays.heard(first, GOOD, True)
    tell(relays)
    assert not relays.is_probing(first)
    assert (stored().failures, stored().closed_until) == (0, None)


def test_a_worker_that_starts_knows_what_the_others_found(clock):
    relays = Relays(clock)
    relays.unreachable(relays.choose(), REFUSED)
    tell(relays)

    assert name_of_choice(Relays(clock)) == "b.example:25"


def test_everybody_waits_while_both_relays_are_left_alone(clock):
    relays = Relays(clock)
    for _ in range(2):
        relays.unreachable(relays.choose(), REFUSED)

    assert relays.choose() is None
    assert 5 <= relays.seconds_to_next() <= 5.1


def test_while_the_first_relay_is_tried_others_go_to_the_backup(clock):
    relays = Relays(clock)
    first = relays.choose()
    assert first is not None
    relays.unreachable(first, REFUSED)
    clock.move(5)

    assert relays.choose() == first
    relays.opening(first)
    assert name_of_choice(relays) == "b.example:25"
    relays.opened(first)
    assert (relays.choose(), relays.is_probing(first)) == (first, False)


def test_a_relay_that_takes_letters_but_no_more_connections_stays_in_use(clock):
    relays = Relays(clock)
    first = relays.choose()
    assert first is not None
    relays.heard(first, GOOD, False)

    relays.unreachable(first, "421 too many connections")

    assert relays.choose() is None
    tell(relays)
    assert stored().closed_until is None
    clock.move(5)
    assert relays.choose() == first


@pytest.mark.parametrize("reply", [BUSY, Reply(Stage.MAIL, None, "hung up")], ids=["421", "hangs up"])
def test_several_fresh_connections_in_vain_open_the_circuit(clock, reply):
    relays = Relays(clock)
    first = relays.choose()
    assert first is not None

    chosen = []
    for _ in range(3):
        relays.heard(first, reply, True)
        chosen.append(name_of_choice(relays))

    assert chosen == [first.name, first.name, "b.example:25"]


def test_goodbyes_after_letters_and_good_answers_between_keep_the_circuit_closed(clock):
    relays = Relays(clock)
    first = relays.choose()
    assert first is not None

    for reply, was_fresh in [(BUSY, False)] * 5 + [(BUSY, True), (BUSY, True), (NOT_NOW, True)] * 3:
        relays.heard(first, reply, was_fresh)

    assert relays.choose() == first


def test_a_worker_that_reaches_the_relay_closes_the_circuit_and_the_other_keeps_its_own_pause(clock):
    healthy, cut_off = Relays(clock), Relays(clock)
    first = healthy.choose()
    assert first is not None
    cut_off.unreachable(first, REFUSED)
    tell(cut_off)
    clock.move(1)
    tell(healthy)

    healthy.heard(first, GOOD, False)

    assert healthy.choose() == first
    tell(healthy)
    clock.move(1)
    tell(cut_off)
    assert name_of_choice(cut_off) == "b.example:25"
    assert name_of_choice(Relays(clock)) == first.name


def test_a_good_answer_from_before_a_new_failure_does_not_undo_it(clock):
    early, late = Relays(clock), Relays(clock)
    first = early.choose()
    assert first is not None
    early.unreachable(first, REFUSED)
    tell(early)
    clock.move(5)
    tell(late)
    early.unreachable(first, REFUSED)

    late.heard(first, GOOD, False)
    tell(early, late)

    assert stored().failures == 2


def test_too_fast_halves_the_rate_for_all_workers_once_and_outlives_a_restart(clock, limit):
    limit(second=100)
    relays, other = Relays(clock), Relays(clock)
    first = relays.choose()
    assert first is not None
    for _ in range(500):
        relays.heard(first, GOOD, False)
    clock.move(2)
    tell(relays)

    for worker in (relays, relays, other):
        worker.heard(first, TOO_FAST, False)
    tell(relays, other)

    assert stored().slowed_to == 50
    assert taken_in(clock, Relays(clock), seconds=10) <= 10 * 50 + 1 + 12.5


def test_without_a_limit_the_measured_rate_is_halved_and_comes_back(clock):
    relays = Relays(clock)
    first = relays.choose()
    assert first is not None
    for _ in range(80):
        relays.heard(first, GOOD, False)
    clock.move(2)
    tell(relays)

    relays.heard(first, TOO_FAST, False)
    tell(relays)

    assert stored().slowed_to == 20
    assert taken_in(clock, relays, seconds=10) == pytest.approx(200, abs=7)
    clock.move(300)
    tell(relays)
    tell(relays)
    assert relays.allowance(first, 1000) == 1000
    assert stored().slowed_to is None


def test_a_failure_that_is_told_does_not_undo_a_slow_down_of_another_worker(clock):
    relays, other = Relays(clock), Relays(clock)
    first = relays.choose()
    assert first is not None
    relays.heard(first, TOO_FAST, False)
    tell(relays)

    other.unreachable(first, REFUSED)
    tell(other)

    assert (stored().slowed_to, stored().failures) == (5, 1)


def test_how_the_relays_stand_is_told_without_addresses(clock, limit):
    limit(day=10_000)
    relays = Relays(clock)
    first = relays.choose()
    relays.heard(first, TOO_FAST, False)
    relays.unreachable(first, REFUSED)
    tell(relays)

    first_standing, backup_standing = standing(at=clock.at)

    assert (first_standing.name, first_standing.is_backup) == ("a.example:25", False)
    assert first_standing.closed_until == WRITTEN_AT + timedelta(seconds=5)
    assert first_standing.slowed_to == 5
    assert first_standing.limits.per_day == 10_000
    assert first_standing.problem == "mail.example:25 [Errno 111] refused; ask …"
    assert (backup_standing.name, backup_standing.problem) == ("b.example:25", None)


@pytest.mark.slow
def test_two_real_workers_together_keep_to_the_limit(app, ten_a_second, smtp_server, start_worker):
    app.config["DATA_DIR"].joinpath("smtp-address").write_text(f"{smtp_server.host}:{smtp_server.port}")
    make_newsletter(200, at=our_clock.now())
    for _ in range(2):
        start_worker()
    assert smtp_server.wait_for(1, 20)

    began = time.monotonic()
    time.sleep(5)
    took, arrived = time.monotonic() - began, len(smtp_server.letters)

    assert 40 <= arrived <= 10 * took + 1 + 2.5 + 1


def taken_in(clock: Clock, relays: Relays, *, seconds: float) -> int:
    taken, ends_at = 0, clock.at + timedelta(seconds=seconds)
    while clock.at < ends_at:
        taken += take(relays, 50)
        clock.move(0.05)
    return taken
