"""When messages go to the second relay, and when everybody waits."""

from dordt.mailer.relays.pool import LONGEST_WAIT, RelayPool
from tests.factories.relays import REFUSED, name_of_choice, take


def test_a_used_up_day_has_everybody_wait_and_the_backup_is_not_used_instead(clock, limit):
    limit(day=24)
    relays = RelayPool(clock)

    assert take(relays, 30) == 24

    assert relays.choose() is None
    assert 59 < relays.seconds_to_next() <= LONGEST_WAIT
    clock.move(3601)
    assert take(relays, 30) == 1


def test_everybody_waits_while_both_relays_are_left_alone(clock):
    relays = RelayPool(clock)
    for _ in range(2):
        relays.connect_failed(relays.choose(), REFUSED)

    assert relays.choose() is None
    assert 5 <= relays.seconds_to_next() <= 5.1


def test_while_the_first_relay_is_tried_others_go_to_the_backup(clock):
    relays = RelayPool(clock)
    first = relays.choose()
    assert first is not None
    relays.connect_failed(first, REFUSED)
    clock.move(5)

    assert relays.choose() == first
    relays.connecting(first)
    assert name_of_choice(relays) == "b.example:25"
    relays.connected(first)
    assert (relays.choose(), relays.is_probing(first)) == (first, False)
