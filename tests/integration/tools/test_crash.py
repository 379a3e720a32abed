"""Workers are killed at any moment: nobody is lost, nobody is mailed twice, and few are uncertain."""

from functools import partial

import pytest

from dordt.extensions import db
from tools.crash import ledger
from tools.crash.kill_points import boundary_points, stall_points
from tools.crash.runs import crash

pytestmark = pytest.mark.slow
SEED = 20_270_301
MOST_PATIENT = 120.0  # seconds; each of these places is come to, also on a machine that is busy with other things


@pytest.mark.parametrize(("workers", "kills"), [(1, 2), (3, 3)])
def test_kills_at_random_moments(app, workers, kills):
    result = crash(app, workers=workers, kills=kills, seed=SEED)

    assert result.account.is_right, (result.account, result.deaths)
    assert len(result.deaths) == kills


@pytest.mark.parametrize(("workers", "kills", "first"), [(1, 2, 0), (3, 3, 2)])
def test_kills_at_state_boundaries(app, workers, kills, first):
    on_postgres = db.engine.dialect.name == "postgresql"  # it gets other places to die; `make bench` does all on both

    result = crash(
        app,
        workers=workers,
        kills=kills,
        seed=SEED,
        kill_points=partial(boundary_points, first=first + 6 * on_postgres),
        longest_life=MOST_PATIENT,
    )

    assert result.account.is_right, (result.account, result.deaths)
    assert len(result.deaths) == kills
    assert not result.missed


def test_a_worker_that_stalls_until_its_leases_have_run_out_mails_nobody_twice(app):
    result = crash(app, workers=3, kills=1, seed=SEED, kill_points=stall_points)

    assert result.account.is_right, (result.account, result.deaths)


def test_who_sends_first_and_writes_that_down_later_is_found_out(app):
    how = {"kill_points": partial(boundary_points, first=4), "receipts": 0, "after_death": ledger.forget_marks}

    result = crash(app, workers=1, kills=1, seed=SEED, **how)

    assert result.account.twice, result.deaths
