"""The rules by which relays are treated: token buckets, the throttle, the circuit breaker."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from dordt.mailer.relays import Limits, Relay, relays_from
from dordt.mailer.relays.limits import (
    CLOSED,
    SKEW,
    CircuitBreaker,
    Meter,
    Span,
    Throttle,
    Tokens,
    buckets_for,
    is_slow_down,
    take,
)
from dordt.mailer.smtp.protocol import Reply, Stage

NOON = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)
NEW = Tokens(0.0, 0.0, 0.0, None)
SETTINGS = {
    f"MAIL_{which}{name}": value
    for which in ("", "BACKUP_")
    for name, value in {
        **{"SERVER": None, "PORT": 25, "USERNAME": None, "PASSWORD": None},
        **{"USE_TLS": False, "USE_SSL": False},
    }.items()
}


def later(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def test_the_second_relay_comes_behind_the_first():
    config = SETTINGS | {"MAIL_SERVER": "a.example", "MAIL_BACKUP_SERVER": "b.example", "MAIL_BACKUP_PORT": 587}

    first, backup = relays_from(config)

    assert (first.name, first.is_backup) == ("a.example:25", False)
    assert (backup.name, backup.is_backup) == ("b.example:587", True)


def test_the_same_server_twice_is_one_relay():
    config = SETTINGS | {"MAIL_SERVER": "a.example", "MAIL_BACKUP_SERVER": "a.example"}

    assert len(relays_from(config)) == 1


def test_a_relay_does_not_show_its_password():
    assert "geheim" not in repr(Relay("a:25", "a", 25, "ons", "geheim"))


some_limits = some.builds(
    Limits,
    per_second=some.none() | some.integers(1, 500),
    per_hour=some.none() | some.integers(1, 20_000),
    per_day=some.none() | some.integers(1, 100_000),
).filter(bool)
some_steps = some.lists(
    some.tuples(some.floats(-20, 20_000, allow_nan=False), some.integers(0, 2_000)), min_size=1, max_size=60
)


@given(limits=some_limits, steps=some_steps)
def test_never_more_leaves_than_the_burst_and_what_flowed_in(limits, steps):
    buckets = buckets_for(limits)
    tokens, at, gone, forward = NEW, NOON, 0, 0.0

    for seconds, wanted in steps:
        at += timedelta(seconds=seconds)
        forward += max(0.0, seconds)
        grant = take(buckets, tokens, wanted, at=at)
        tokens, gone = grant.left, gone + grant.messages
        assert 0 <= grant.messages <= wanted
        assert min(tokens[:3]) >= 0
        for bucket in filter(None, buckets):
            assert gone <= bucket.capacity + bucket.rate * forward + 1e-3


@given(limits=some_limits, steps=some_steps)
def test_after_the_wait_it_names_another_message_may_leave(limits, steps):
    buckets = buckets_for(limits)
    tokens, at = NEW, NOON

    for seconds, wanted in steps:
        at += timedelta(seconds=seconds)
        grant = take(buckets, tokens, wanted, at=at)
        tokens = grant.left
        if grant.messages < wanted:
            assert grant.wait > 0
            assert take(buckets, tokens, 1, at=at + timedelta(seconds=grant.wait + 1e-5)).messages == 1


@given(limits=some_limits, skew=some.floats(0.1, SKEW.total_seconds()), steps=some.integers(1, 50))
def test_two_hosts_whose_clocks_differ_do_not_make_time_run_twice(limits, skew, steps):
    buckets = buckets_for(limits)
    tokens, gone = NEW, 0

    for number in range(steps):
        for at in (later(number / 100), later(number / 100 - skew)):
            grant = take(buckets, tokens, 1_000_000, at=at)
            tokens, gone = grant.left, gone + grant.messages

    for bucket in filter(None, buckets):
        assert gone <= bucket.capacity + bucket.rate * steps / 100 + 1e-3


def test_a_clock_that_is_set_back_an_hour_neither_stalls_nor_bursts():
    buckets = buckets_for(Limits(per_second=10))
    empty = take(buckets, NEW, 100, at=NOON).left

    back = take(buckets, empty, 100, at=later(-3600))
    after = take(buckets, back.left, 100, at=later(-3599.9))

    assert (back.messages, after.messages) == (0, 1)


def test_a_day_limit_may_be_used_at_once_and_also_when_it_is_new():
    hourly = take(buckets_for(Limits(per_hour=100)), NEW, 60, at=NOON)

    daily = take(buckets_for(Limits(per_hour=100, per_day=30)), hourly.left, 50, at=NOON)

    assert (hourly.messages, daily.messages) == (60, 30)


@pytest.mark.parametrize(
    ("code", "text", "was_fresh"),
    [
        (421, "4.3.2 all ports are busy", True),
        (421, "4.7.28 unusual rate of mail, closing connection", False),
        (421, "slow down please", False),
        (454, "Throttling failure: maximum sending rate exceeded", False),
        (450, "4.7.0 temporarily deferred", False),
        (451, "Too many messages, wait", False),
        (550, "5.7.1 rate limit exceeded", False),
    ],
)
def test_a_relay_that_finds_us_too_fast_is_understood(code, text, was_fresh):
    assert is_slow_down(Reply(Stage.RCPT, code, text), was_fresh=was_fresh)


@pytest.mark.parametrize(
    ("code", "text"),
    [
        (250, "2.0.0 rate unlimited"),
        (None, "too many of them: the relay hung up"),
        (421, "too many messages in this connection"),
        (421, "closing"),
        (450, "4.2.1 the user receives mail at a rate that is too high"),
        (450, "4.7.1 Greylisted, please come back"),
        (451, "4.3.0 a separate corporate mistake"),
        (550, "5.1.1 no such user"),
    ],
)
def test_what_is_not_about_our_speed_does_not_slow_a_relay(code, text):
    assert not is_slow_down(Reply(Stage.RCPT, code, text), was_fresh=False)


def test_the_throttle_lets_go_step_by_step_up_to_the_limit():
    throttle = Throttle.slowed(100, limit=None, at=NOON)

    rates = [throttle.rate(100, at=later(seconds)) for seconds in (0, 29, 30, 60, 149, 150)]

    assert rates == [50, 50, 60, 70, 90, None]


def test_without_a_limit_the_throttle_is_off_after_five_minutes():
    throttle = Throttle.slowed(100, limit=None, at=NOON)

    assert [throttle.rate(None, at=later(seconds)) for seconds in (0, 30, 299, 300)] == [50, 60, 140, None]


def test_the_throttle_leaves_one_message_per_ten_seconds():
    assert Throttle.slowed(50, limit=0.15, at=NOON).slowed_to == 0.1


def test_pauses_grow_with_each_failure_in_a_row_up_to_a_minute():
    breaker, pauses = CLOSED, []
    for _ in range(7):
        breaker = breaker.after_failure(NOON)
        pauses.append(breaker.pause.left(NOON))

    assert pauses == [5, 10, 20, 40, 60, 60, 60]
    assert CircuitBreaker.stored(breaker.failures, breaker.pause.until) == breaker


def test_a_pause_ends_when_the_clock_is_set_back():
    pause = Span(NOON, later(60))

    assert [pause.is_on(later(seconds)) for seconds in (-3600, -1, 0, 59, 60)] == [False, True, True, True, False]


def test_the_meter_tells_the_last_whole_second():
    meter = Meter(NOON)
    meter.count = 120
    meter.roll(later(2))

    assert (meter.rate(later(2.5)), meter.rate(later(5))) == (60, 0)
