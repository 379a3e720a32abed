"""Rounds over all connections: one commit writes down what was answered and marks what leaves next."""

import logging
import os
import secrets
import threading
import time
from collections import deque
from collections.abc import Callable
from datetime import datetime

from flask import current_app
from sqlalchemy.exc import OperationalError

from dordt.extensions import db, mail
from dordt.mailer import claiming
from dordt.mailer.claiming import Due
from dordt.mailer.conversation import SERVICE_CLOSES, Stage
from dordt.mailer.lanes import Answer, Lanes, Refused
from dordt.mailer.letters import Letter, LetterWriter
from dordt.mailer.pace import Pace, Rest
from dordt.mailer.recording import Recorder

TICK = 0.25  # seconds after which a stop is noticed
RENEW_EVERY = 15  # seconds; a lease lasts three times as long
PATIENCE = 6  # seconds that a stopping worker waits for the answers to what it sent
LARGEST_CHUNK = 500

Clock = Callable[[], datetime]
logger = logging.getLogger(__name__)


def deliver_due(*, now: Clock, stop: threading.Event) -> None:
    """Send all that is due, until nothing is or the worker is asked to stop."""
    rounds = Rounds(now=now, stop=stop)
    try:
        rounds.go()
    finally:
        rounds.finish()


class Rounds:
    """One worker's way through what is due. Only this thread touches the database; the lanes only talk SMTP."""

    def __init__(self, *, now: Clock, stop: threading.Event) -> None:
        config = current_app.config
        self.owner = f"{os.uname().nodename[:80]}:{os.getpid()}:{secrets.token_hex(4)}"
        self._now, self._stop = now, stop
        self._lanes = Lanes(mail.connect, config["MAIL_CONNECTIONS"])
        self._waiting: deque[Due] = deque()
        self._answers: list[Answer] = []
        self._writer, self._recorder = LetterWriter(), Recorder(self.owner)
        self._rest, self._pace = Rest(), Pace(config["MAIL_RATE_PER_SECOND"])
        self._chunk = len(self._lanes)
        self._claimed_at = self._renewed_at = time.monotonic()
        self._look_at = 0.0

    def go(self) -> None:
        """Make rounds while there is something to do."""
        while not self._stop.is_set() and self._has_something():
            self._listen()
            self._round()
            self._open_lanes()
            self._renew()

    def finish(self) -> None:
        """Wait for the answers to what is on its way, give the rest back, and take leave of the relay."""
        db.session.rollback()
        self._waiting.clear()
        claiming.release(self.owner)
        db.session.commit()
        self._wait_for_answers(PATIENCE)
        for lane in self._lanes.sending:
            lane.abort()
        self._wait_for_answers(1)
        self._lanes.close()

    def _has_something(self) -> bool:
        if self._is_cut_off:
            return True
        self._refill()
        return bool(self._waiting or self._answers) or not self._lanes.is_quiet

    @property
    def _is_cut_off(self) -> bool:
        return self._rest.is_on and not self._lanes.sending and not self._lanes.free

    def _refill(self) -> None:
        """Claim a chunk of about one second's work before the last one is used up."""
        is_idle = not self._waiting and not self._lanes.sending
        if len(self._waiting) >= len(self._lanes) or (time.monotonic() < self._look_at and not is_idle):
            return
        took, self._claimed_at = time.monotonic() - self._claimed_at, time.monotonic()
        wanted = self._chunk * 2 if took < 1 else self._chunk // 2
        self._chunk = min(LARGEST_CHUNK, max(2 * len(self._lanes), wanted))
        found = claiming.claim(self.owner, self._chunk, at=self._now())
        self._waiting.extend(found)
        self._look_at = time.monotonic() + (0 if len(found) == self._chunk else TICK)

    def _listen(self) -> None:
        """Take in what the lanes say; wait for it when nothing else can be done."""
        can_send = bool(self._waiting and self._lanes.free)
        wait = min(TICK, self._pace.seconds_to_next()) if can_send else TICK
        for heard in self._lanes.listen(wait):
            if isinstance(heard, Refused):
                self._leave_alone(heard.reason)
            elif isinstance(heard, Answer):
                self._answers.append(heard)
                self._feel(heard)

    def _feel(self, answer: Answer) -> None:
        """Tell a relay in trouble from a letter that is not wanted."""
        reply = answer.reply
        is_trouble = reply.code == SERVICE_CLOSES or (reply.code is None and reply.stage is not Stage.BODY)
        if not is_trouble:
            self._rest.forget()
        elif answer.was_fresh:
            self._leave_alone(f"{reply.code or 'no answer'} at {reply.stage}")

    def _leave_alone(self, reason: str) -> None:
        if not self._rest.is_on:
            pause = self._rest.begin()
            logger.warning("The mail relay cannot be used (%s); the next try is in %d seconds", reason, pause)

    def _round(self) -> None:
        """Record and mark in one commit, then let the marked letters go.

        Marked as sending before the letter leaves: after a crash it is uncertain, and nobody is mailed twice.
        """
        at, lanes = self._now(), [] if self._stop.is_set() else self._lanes.free
        letters = self._letters(self._pace.allowance(len(lanes)), at)
        if not letters and not self._answers:
            return
        try:
            self._recorder.record(self._answers, at=at)
            marked = claiming.mark_sending([letter.due.id for letter in letters], self.owner)
            db.session.commit()
        except OperationalError:
            self._try_again(letters)
            return
        self._answers.clear()
        leaving = [letter for letter in letters if letter.due.id in marked]
        for lane, letter in zip(lanes, leaving, strict=False):
            lane.send(letter)
        self._pace.spend(len(leaving))

    def _letters(self, count: int, at: datetime) -> list[Letter]:
        letters: list[Letter] = []
        while self._waiting and len(letters) < count:
            due = self._waiting.popleft()
            try:
                letters.append(self._writer.write(due, at=at))
            except ValueError as problem:
                self._recorder.record_unwritable(due.id, problem, at=at)
                db.session.commit()
        return letters

    def _try_again(self, letters: list[Letter]) -> None:
        """The database could not be written: nothing has left, and what was answered is kept for the next round."""
        logger.exception("The ledger cannot be written; trying again")
        db.session.rollback()
        self._waiting.extendleft(letter.due for letter in reversed(letters))
        time.sleep(TICK)

    def _open_lanes(self) -> None:
        """Open as many lanes as there is work for; after trouble one, to see whether the relay is back."""
        if self._is_cut_off:
            self._give_back()
        elif not self._rest.is_on:
            closed = self._lanes.closed
            wanted = len(self._waiting)
            if self._rest.failures:
                wanted = int(len(closed) == len(self._lanes))
            for lane in closed[:wanted]:
                lane.open()

    def _give_back(self) -> None:
        if self._waiting:
            claiming.release(self.owner)
            db.session.commit()
            self._waiting.clear()

    def _renew(self) -> None:
        if time.monotonic() - self._renewed_at > RENEW_EVERY:
            self._renewed_at = time.monotonic()
            ids = [due.id for due in self._waiting] + [lane.delivery_id for lane in self._lanes.sending]
            claiming.renew(ids, self.owner, at=self._now())
            db.session.commit()

    def _wait_for_answers(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while (self._lanes.sending or self._answers) and time.monotonic() < deadline:
            self._listen()
            self._round()
