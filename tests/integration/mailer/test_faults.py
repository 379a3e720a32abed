"""A relay that refuses, closes and hangs up as chance has it: every delivery ends in exactly one right state."""

import random
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from dordt.extensions import db
from dordt.mailer.ledger import outbox
from dordt.mailer.ledger.claiming import losses_of
from dordt.mailer.ledger.retries import MAX_ATTEMPTS, MAX_LOSSES
from dordt.mailer.models import OPEN_STATES, Delivery, DeliveryState, Mail, MailKind, MailState
from dordt.mailer.worker import tasks
from dordt.shared import clock
from tests.factories.mailer import WRITTEN_AT, states
from tools.crash import ledger
from tools.crash.relay import HANG_UP, STORE_AND_HANG_UP, Action, FakeRelay, SmtpSession, Stage

pytestmark = pytest.mark.slow
READERS, RECEIPTS = 80, 30
MESSAGES_PER_CONNECTION = 7
UNRELATED_FAULTS = 0.03  # of the greetings and of the messages: something happens that has nothing to do with this one
HURRY = 400  # seconds of the ledger's clock in one of ours
LONGEST = timedelta(days=5)  # of the ledger's clock
TOO_LONG_FOR_ANY_BUFFER = 400_000  # lines
QUICK = {
    "worker.delivery_loop.TICK": 0.02,
    "relays.limits.PAUSES": (0.02,) * 5,
    "relays.limits.SLOWED_FROM": 5000.0,
}
TEMPORARY = ("450 4.2.0 Mailbox is busy", "451 4.7.1 Greylisted", "452 4.3.1 No room")
FINAL = ("550 5.1.1 No such mailbox", "554 5.7.1 Refused", "501 5.5.4 Syntax")
SENDER_REFUSED = Action("553 5.1.8 Sender refused")  # nobody else is refused with this code
CLOSING = Action("421 4.3.2 Closing down", hangs_up=True)
STAGES = (Stage.RCPT, Stage.DATA, Stage.DOT)  # at which the relay knows for whom it is
ACCEPTED, FAILED, UNCERTAIN = DeliveryState.ACCEPTED, DeliveryState.FAILED, DeliveryState.UNCERTAIN


@dataclass
class Plan:
    """What the relay does to one recipient, one thing after another; then it takes the message.

    ends: the states that are right then. is_endless: the last thing is done for ever.
    """

    actions: deque[tuple[Stage, Action]]
    ends: set[DeliveryState]
    decisive: str
    is_endless: bool = False
    last_code: int | None = None

    def next_at(self, stage: Stage) -> Action | None:
        """What to do now, if it is for now."""
        if not self.actions or self.actions[0][0] is not stage:
            return None
        action = self.actions[0][1]
        if len(self.actions) > 1 or not self.is_endless:
            self.actions.popleft()
        self.last_code = action.code
        return action


def plan_for(chance: random.Random, *, is_receipt: bool) -> Plan:
    """Some temporary faults, and perhaps one that decides."""
    actions = deque(_temporary(chance) for _ in range(chance.choice((0, 0, 1, 1, 2, 3))))
    unknown = {ACCEPTED} if is_receipt else {UNCERTAIN}
    decisive: dict[str, tuple[tuple[Stage, Action] | None, set[DeliveryState]]] = {
        "nothing": (None, {ACCEPTED}),
        "refused": ((chance.choice(STAGES), Action(chance.choice(FINAL))), {FAILED}),
        "never now": ((chance.choice(STAGES), Action(chance.choice(TEMPORARY))), {FAILED}),
        "dropped in the body": ((Stage.HALFWAY, HANG_UP), unknown | {ACCEPTED}),
        "lost": ((Stage.DOT, HANG_UP), unknown),
        "stored, and lost": ((Stage.DOT, STORE_AND_HANG_UP), unknown),
    }
    name = chance.choice(["nothing", *decisive])
    action, ends = decisive[name]
    taking_time = deque((stage, replace(each, seconds=chance.choice((0, 0, 0.03)))) for stage, each in actions)
    return Plan(taking_time + deque([action] if action else []), ends, name, is_endless=name == "never now")


def _temporary(chance: random.Random) -> tuple[Stage, Action]:
    """A fault after which trying again is harmless."""
    if chance.random() < 0.25:
        return chance.choice((Stage.RCPT, Stage.DATA)), HANG_UP
    return chance.choice(STAGES), chance.choice((*(Action(words) for words in TEMPORARY), CLOSING))


class Scenario:
    """A fake relay with a plan for each recipient, and faults that have nothing to do with any of them."""

    def __init__(self, seed: int, *, pipelining: bool) -> None:
        chance = random.Random(seed)
        readers = [f"lezer{number}@voorbeeld.nl" for number in range(1, READERS + 1)]
        residents = [f"bewoner{number}@voorbeeld.nl" for number in range(1, RECEIPTS + 1)]
        self.plans = {address: plan_for(chance, is_receipt=False) for address in readers}
        self.plans |= {address: plan_for(chance, is_receipt=True) for address in residents}
        self.relay = FakeRelay(pipelining=pipelining)
        self.relay.most_messages, self.relay.behaviour = MESSAGES_PER_CONNECTION, self._behave
        self.refused_senders = 0
        self._chance = chance

    def message_ids_for(self, address: str) -> list[str]:
        """The Message-ID of each message that was stored for somebody."""
        return [stored.message_id for stored in self.relay.stored if stored.recipient == address]

    def _behave(self, session: SmtpSession, stage: Stage) -> Action | None:
        if stage in {Stage.GREETING, Stage.MAIL} and self._chance.random() < UNRELATED_FAULTS:
            only_senders = [Action(TEMPORARY[0]), SENDER_REFUSED] if stage is Stage.MAIL else []
            action = self._chance.choice((CLOSING, HANG_UP, *only_senders))
            self.refused_senders += action is SENDER_REFUSED
            return action
        return self.plans[session.recipient].next_at(stage) if session.recipient else None


class HurriedClock:
    """The clock of the ledger: quicker than ours, and it can leap."""

    def __init__(self, at: datetime) -> None:
        self._at, self._since = at, time.monotonic()

    def now(self) -> datetime:
        """The present moment."""
        return self._at + timedelta(seconds=(time.monotonic() - self._since) * HURRY)

    def leap_to(self, moment: datetime) -> None:
        """On, never back."""
        self._at, self._since = max(moment, self.now()), time.monotonic()


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> HurriedClock:
    """The clock of the whole application, hurried."""
    hurried = HurriedClock(WRITTEN_AT)
    monkeypatch.setattr(clock, "now", hurried.now)
    for name, value in QUICK.items():
        monkeypatch.setattr(f"dordt.mailer.{name}", value)
    return hurried


@pytest.fixture
def reach(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[FakeRelay], None]]:
    """Let the application find a relay."""
    address_file = app.config["MAIL_CATCHER_FILE"]
    yield lambda relay: address_file.write_text(f"127.0.0.1:{relay.ports[0]}")
    address_file.unlink()


def deliver_all(hurried: HurriedClock) -> None:
    """Until everything has ended, as a worker would over days; what pauses itself is resumed, as staff would."""
    stop = threading.Event()
    timer = threading.Timer(60, stop.set)
    timer.start()
    while not ledger.is_finished() and not stop.is_set() and hurried.now() < WRITTEN_AT + LONGEST:
        tasks.deliver_what_is_due(stop)
        for mail in db.session.scalars(sa.select(Mail).where(Mail.state == MailState.PAUSED)):
            outbox.resume(mail)
        latest = sa.select(sa.func.max(Delivery.next_attempt_at)).where(Delivery.state.in_(OPEN_STATES))
        hurried.leap_to(db.session.scalar(latest) or hurried.now())
        db.session.commit()
    timer.cancel()
    timer.join()


def faults_of(delivery: Delivery, plan: Plan, message_ids: Sequence[str]) -> list[str]:
    """What is wrong with the end of one delivery, given what the relay did and stored."""
    state, is_receipt = delivery.state, delivery.mail.kind is MailKind.TRANSACTIONAL
    if _is_refused_sender(delivery):
        return [f"{delivery.address}: refused, and stored"] if message_ids and not is_receipt else []
    expected = {
        ACCEPTED: [1] if not (is_receipt and plan.decisive == "stored, and lost") else [2],
        UNCERTAIN: [1] if plan.decisive == "stored, and lost" else [0],
    }
    checks = {
        f"{state} is not right": state in plan.ends,
        f"{len(message_ids)} messages were stored": len(message_ids) in expected.get(state, [0]),
        f"the messages have the Message-IDs {message_ids}": len(set(message_ids)) < 2,
        f"refused with {delivery.relay_code}": plan.decisive != "refused" or delivery.relay_code == plan.last_code,
        f"given up after {delivery.attempts}": not plan.is_endless or delivery.attempts == MAX_ATTEMPTS,
        "an uncertain receipt was not sent again": state is not UNCERTAIN
        or not is_receipt
        or losses_of(delivery.id) >= MAX_LOSSES,
    }
    return [f"{delivery.address} ({plan.decisive}): {problem}" for problem, is_right in checks.items() if not is_right]


def _is_refused_sender(delivery: Delivery) -> bool:
    return delivery.state is FAILED and delivery.relay_code == SENDER_REFUSED.code


@pytest.mark.parametrize(("seed", "pipelining"), [(20_270_301, True), (20_270_302, False)])
def test_whatever_the_relay_does_each_delivery_ends_in_its_one_right_state(app, hurried, reach, seed, pipelining):
    scenario = Scenario(seed, pipelining=pipelining)
    mail_id = ledger.add_newsletter(READERS, first=1).id
    ledger.add_receipts(RECEIPTS, first=1)

    with scenario.relay.running():
        reach(scenario.relay)
        deliver_all(hurried)

    deliveries = db.session.scalars(sa.select(Delivery).join(Mail)).all()
    faults = [
        fault
        for delivery in deliveries
        for fault in faults_of(delivery, scenario.plans[delivery.address], scenario.message_ids_for(delivery.address))
    ]
    assert not faults
    assert sum(map(_is_refused_sender, deliveries)) == scenario.refused_senders
    assert sum(outbox.progress(mail_id).values()) == db.session.get_one(Mail, mail_id).frozen_count == READERS
    assert len(deliveries) == READERS + RECEIPTS


def test_a_relay_that_hangs_up_before_the_final_dot_has_left_gets_the_message_again(app, hurried, reach):
    relay = FakeRelay()
    dropped: set[str | None] = set()

    def drop_once(session: SmtpSession, stage: Stage) -> Action | None:
        if stage is not Stage.HALFWAY or session.recipient in dropped:
            return None
        dropped.add(session.recipient)
        return HANG_UP

    relay.behaviour = drop_once
    ledger.add_newsletter(3, first=1, text="Een heel lang verhaal over de wijk.\n" * TOO_LONG_FOR_ANY_BUFFER)

    with relay.running():
        reach(relay)
        deliver_all(hurried)

    assert states() == {"accepted": 3}
    assert sorted(stored.recipient for stored in relay.stored) == sorted(map(str, dropped))
