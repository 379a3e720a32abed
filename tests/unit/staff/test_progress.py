"""How far a newsletter is, in the words and the bar that staff see."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from dordt.mailer.ledger.deliveries import Pace
from dordt.mailer.models import DeliveryState
from dordt.staff.newsletters.sending.progress import BAR, NARROWEST, Progress, about

NOW = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)


def make_progress(
    per_second: float = 0.0, *, is_quiet: bool = False, given: dict[str, Any] | None = None, **counts: int
):
    by_state = {DeliveryState(state): count for state, count in counts.items()}
    return Progress(
        sum(counts.values()), by_state, left_out=0, at=NOW, pace=Pace(per_second, is_quiet), **(given or {})
    )


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (0.2, "minder dan een minuut"),
        (1.2, "ongeveer 1 minuut"),
        (12, "ongeveer 12 minuten"),
        (89, "ongeveer 89 minuten"),
        (100, "ongeveer 2 uur"),
        (600, "ongeveer 10 uur"),
    ],
)
def test_time_is_told_no_more_exactly_than_anybody_can_know(minutes: float, words: str):
    assert about(timedelta(minutes=minutes)) == words


def test_the_end_is_where_the_pace_of_now_leads():
    progress = make_progress(2.0, accepted=100, queued=1440)

    assert progress.ends_at == NOW + timedelta(minutes=12)
    assert progress.summary == "100 van de 1.540 e-mails zijn klaar. Nog ongeveer 12 minuten."


@pytest.mark.parametrize(
    ("per_second", "words"),
    [(240.4, "240 e-mails per seconde"), (1.0, "1 e-mail per seconde"), (0.5, "30 e-mails per minuut"), (0, "")],
)
def test_a_slow_pace_is_told_by_the_minute(per_second: float, words: str):
    assert make_progress(per_second, queued=1).pace_text == words


@pytest.mark.parametrize(
    "progress",
    [
        make_progress(0.0, queued=5),
        make_progress(5.0, accepted=5),
        make_progress(5.0, deferred=5),
        make_progress(5.0, queued=5, given={"is_held": True}),
    ],
    ids=["nothing moves", "all is gone", "only later ones are left", "it stands still"],
)
def test_there_is_no_end_to_expect(progress: Progress):
    assert progress.ends_at is None
    assert progress.time_left == ""


def test_what_was_put_off_does_not_delay_the_end_but_is_told():
    progress = make_progress(1.0, queued=60, deferred=1000)

    assert (progress.ready, progress.later, progress.waiting) == (60, 1000, 1060)
    assert progress.ends_at == NOW + timedelta(minutes=1)


@pytest.mark.parametrize(
    ("counts", "is_held", "is_stuck"),
    [
        ({"queued": 1}, False, True),
        ({"queued": 1}, True, False),
        ({"deferred": 1}, False, False),
        ({"accepted": 1}, False, False),
    ],
    ids=str,
)
def test_it_is_stuck_when_messages_could_go_and_none_does(counts: dict[str, int], is_held: bool, is_stuck: bool):
    progress = make_progress(is_quiet=True, given={"is_held": is_held}, **counts)

    assert progress.is_stuck is is_stuck


@pytest.mark.parametrize(
    "counts",
    [
        {"accepted": 1_000_000, "failed": 1, "uncertain": 1, "bounced": 2, "deferred": 1},
        {"failed": 1, "queued": 999_999},
        {"accepted": 3, "cancelled": 3, "complained": 3},
    ],
    ids=str,
)
def test_every_part_of_the_bar_can_be_seen_and_none_falls_off(counts: dict[str, int]):
    parts = make_progress(**counts).parts

    assert all(part.width >= NARROWEST for part in parts)
    assert [part.start for part in parts] == [sum(before.width for before in parts[:n]) for n in range(len(parts))]
    assert sum(part.width for part in parts) <= BAR


def test_nothing_at_all_is_an_empty_bar():
    assert make_progress().parts == []
