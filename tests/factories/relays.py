"""Relays as workers see them: a clock that is moved by hand, what relays say, and what a worker does with them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from dordt.extensions import db
from dordt.mailer.relays import status
from dordt.mailer.relays.pool import RelayPool
from dordt.mailer.smtp.protocol import Reply, Stage
from tests.factories.mailer import WRITTEN_AT

GOOD = Reply(Stage.BODY, 250, "2.0.0 queued")
BUSY = Reply(Stage.MAIL, 421, "4.3.2 busy")
NOT_NOW = Reply(Stage.RCPT, 450, "4.2.1 mailbox busy")
TOO_FAST = Reply(Stage.RCPT, 450, "4.7.0 not so fast, anna@voorbeeld.nl")
REFUSED = "mail.example:25 [Errno 111] refused; ask <beheer@voorbeeld.nl>"


@dataclass
class Clock:
    """A clock that stands still until it is moved."""

    at: datetime = WRITTEN_AT
    asked_count: int = 0

    def __call__(self) -> datetime:
        self.asked_count += 1
        return self.at

    def move(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


def take(relays: RelayPool, wanted: int) -> int:
    relay = relays.choose()
    taken = relays.allowance(relay, wanted) if relay else 0
    db.session.commit()
    return taken


def tell(*all_relays: RelayPool) -> None:
    for relays in all_relays:
        relays.save()
        db.session.commit()


def name_of_choice(relays: RelayPool) -> str | None:
    relay = relays.choose()
    return relay and relay.name


def stored(name: str = "a.example:25") -> status.RelayRow:
    found = status.read([name])[name]
    db.session.rollback()
    return found


def taken_in(clock: Clock, relays: RelayPool, *, seconds: float) -> int:
    taken, ends_at = 0, clock.at + timedelta(seconds=seconds)
    while clock.at < ends_at:
        taken += take(relays, 50)
        clock.move(0.05)
    return taken
