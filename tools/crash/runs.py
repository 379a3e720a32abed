"""One crash test: an installation, a fake relay, workers that are killed, and the account."""

import os
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from flask import Flask

from tools.crash import ledger
from tools.crash.accounting import Account, settle
from tools.crash.kill_points import KillPoint, random_points
from tools.crash.relay import FakeRelay
from tools.crash.supervisor import LONGEST_LIFE, Supervisor

CONNECTIONS = 4  # of each worker
SECONDS_PER_MESSAGE = 0.004  # that the relay takes, so that a kill finds messages on their way
KillPoints = Callable[[random.Random], Iterator[KillPoint]]
KEPT = ("PATH", "HOME", "LANG", "TZ", "TMPDIR")


@dataclass(frozen=True)
class Result:
    """What came of it."""

    account: Account
    deaths: list[str]
    missed: list[str]  # places where a worker had to die and never came
    deliveries: int

    @property
    def allowed(self) -> int:
        """How many deliveries may be uncertain."""
        return len(self.deaths) * CONNECTIONS


def crash(
    app: Flask,
    *,
    workers: int,
    kills: int,
    seed: int,
    kill_points: KillPoints = random_points,
    receipts: int = 10,
    after_death: Callable[[], None] | None = None,
    longest_life: float = LONGEST_LIFE,
) -> Result:
    """Kill workers of an application whose context is pushed, on an empty ledger.

    receipts: for each worker beside the newsletters, again and again.
    after_death: called each time that one has died.
    longest_life: seconds that a worker is given to come to where it must die.
    """
    chance = random.Random(seed)
    relay = FakeRelay(slots=workers, seconds=SECONDS_PER_MESSAGE)
    with relay.running():
        supervisor = _supervisor(
            app,
            relay,
            kill_points(chance),
            chance=chance,
            workers=workers,
            receipts_each=receipts,
            after_death=after_death,
            longest_life=longest_life,
        )
        supervisor.run(kills)
    outcomes = ledger.outcomes()
    account = settle(outcomes, relay.stored, kills=len(supervisor.deaths), connections=CONNECTIONS)
    account.wrong.extend(f"mail {mail_id} has not the deliveries that were frozen" for mail_id in ledger.miscounted())
    if len(outcomes) != supervisor.readers + supervisor.receipts:
        account.wrong.append(f"{supervisor.readers + supervisor.receipts} were written to, {len(outcomes)} deliveries")
    return Result(account, supervisor.deaths, supervisor.missed, len(outcomes))


def _supervisor(app: Flask, relay: FakeRelay, kill_points: Iterator[KillPoint], **options: Any) -> Supervisor:
    environment = {name: os.environ[name] for name in KEPT if name in os.environ} | {
        "DORDT_ENV": "testing",
        "DORDT_DATA_DIR": str(app.config["DATA_DIR"]),
        "DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"],
    }
    log = app.config["DATA_DIR"] / "crash.log"
    return Supervisor(relay, environment, kill_points, connections=CONNECTIONS, log=log, **options)
