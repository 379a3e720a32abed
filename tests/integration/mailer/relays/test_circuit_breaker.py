"""When a relay is not used, by which workers, and when it is tried again."""

from datetime import timedelta

import pytest

from dordt.mailer.relays.pool import RelayPool
from dordt.mailer.relays.status import statuses
from dordt.mailer.smtp.protocol import Reply, Stage
from tests.factories.mailer import WRITTEN_AT
from tests.factories.relays import BUSY, GOOD, NOT_NOW, REFUSED, TOO_FAST, name_of_choice, stored, tell


def test_a_relay_that_cannot_be_reached_is_left_alone_for_longer_and_longer_by_all_workers(clock):
    relays, other = RelayPool(clock), RelayPool(clock)
    first = relays.choose()
    assert first is not None

    for pause in (5, 10, 20, 40, 60, 60):
        relays.connect_failed(first, REFUSED)
        relays.connect_failed(first, REFUSED)  # another connection, of the same moment
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

    relays.replied(first, GOOD, True)
    tell(relays)
    assert not relays.is_probing(first)
    assert (stored().failures, stored().closed_until) == (0, None)


def test_a_worker_that_starts_knows_what_the_others_found(clock):
    relays = RelayPool(clock)
    relays.connect_failed(relays.choose(), REFUSED)
    tell(relays)

    assert name_of_choice(RelayPool(clock)) == "b.example:25"


def test_a_relay_that_takes_messages_but_no_more_connections_stays_in_use(clock):
    relays = RelayPool(clock)
    first = relays.choose()
    assert first is not None
    relays.replied(first, GOOD, False)

    relays.connect_failed(first, "421 too many connections")

    assert relays.choose() is None
    tell(relays)
    assert stored().closed_until is None
    clock.move(5)
    assert relays.choose() == first


@pytest.mark.parametrize("reply", [BUSY, Reply(Stage.MAIL, None, "hung up")], ids=["421", "hangs up"])
def test_several_fresh_connections_in_vain_open_the_circuit(clock, reply):
    relays = RelayPool(clock)
    first = relays.choose()
    assert first is not None

    chosen = []
    for _ in range(3):
        relays.replied(first, reply, True)
        chosen.append(name_of_choice(relays))

    assert chosen == [first.name, first.name, "b.example:25"]


def test_goodbyes_after_messages_and_good_answers_between_keep_the_circuit_closed(clock):
    relays = RelayPool(clock)
    first = relays.choose()
    assert first is not None

    for reply, was_fresh in [(BUSY, False)] * 5 + [(BUSY, True), (BUSY, True), (NOT_NOW, True)] * 3:
        relays.replied(first, reply, was_fresh)

    assert relays.choose() == first


def test_a_worker_that_reaches_the_relay_closes_the_circuit_and_the_other_keeps_its_own_pause(clock):
    healthy, cut_off = RelayPool(clock), RelayPool(clock)
    first = healthy.choose()
    assert first is not None
    cut_off.connect_failed(first, REFUSED)
    tell(cut_off)
    clock.move(1)
    tell(healthy)

    healthy.replied(first, GOOD, False)

    assert healthy.choose() == first
    tell(healthy)
    clock.move(1)
    tell(cut_off)
    assert name_of_choice(cut_off) == "b.example:25"
    assert name_of_choice(RelayPool(clock)) == first.name


def test_a_good_answer_from_before_a_new_failure_does_not_undo_it(clock):
    early, late = RelayPool(clock), RelayPool(clock)
    first = early.choose()
    assert first is not None
    early.connect_failed(first, REFUSED)
    tell(early)
    clock.move(5)
    tell(late)
    early.connect_failed(first, REFUSED)

    late.replied(first, GOOD, False)
    tell(early, late)

    assert stored().failures == 2


def test_how_the_relays_stand_is_told_without_addresses(clock, limit):
    limit(day=10_000)
    relays = RelayPool(clock)
    first = relays.choose()
    relays.replied(first, TOO_FAST, False)
    relays.connect_failed(first, REFUSED)
    tell(relays)

    first_status, backup_status = statuses(at=clock.at)

    assert (first_status.name, first_status.is_backup) == ("a.example:25", False)
    assert first_status.closed_until == WRITTEN_AT + timedelta(seconds=5)
    assert first_status.slowed_to == 5
    assert first_status.limits.per_day == 10_000
    assert first_status.problem == "mail.example:25 [Errno 111] refused; ask …"
    assert (backup_status.name, backup_status.problem) == ("b.example:25", None)
