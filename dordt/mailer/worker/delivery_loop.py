"""Rounds over all connections: one commit writes down what was answered and marks what leaves next."""

import logging
import os
import secrets
import threading
import time
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import groupby

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.exc import OperationalError

from dordt.extensions import db
from dordt.mailer.ledger import claiming
from dordt.mailer.ledger.claiming import Cursors, Due
from dordt.mailer.ledger.recording import Recorder
from dordt.mailer.relays.pool import Relays
from dordt.mailer.relays.settings import Relay
from dordt.mailer.smtp.connection import Answer, Heard, Lane, Lanes, Opened, Refused
from dordt.mailer.smtp.rendering import Letter, LetterWriter
from dordt.mailer.smtp.transport import mail

TICK = 0.25  # seconds after which a stop is noticed
RENEW_EVERY = 15  # seconds; a lease lasts three times as long
PATIENCE = 6  # seconds that a stopping worker waits for the answers to what it sent
LARGEST_CHUNK = 500

Clock = Callable[[], datetime]
logger = logging.getLogger(__name__)


def deliver_due(*, now: Clock, stop: threading.Event, wall: Clock | None = None) -> None:
    """Send all that is due, until nothing is or the worker is asked to stop.

    wall: the clock by which relays are treated, which must run on; else that of the ledger.
    """
    rounds = Rounds(now=now, stop=stop, wall=wall or now)
    try:
        rounds.go()
    finally:
        rounds.finish()


class Rounds:
    """One worker's way through what is due: one thread for the ledger and for all connections."""

    def __init__(self, *, now: Clock, stop: threading.Event, wall: Clock) -> None:
        self.owner = f"{os.uname().nodename[:80]}:{os.getpid()}:{secrets.token_hex(4)}"
        self._now, self._stop = now, stop
        self._lanes = Lanes(current_app.config["MAIL_CONNECTIONS"])
        self._waiting: deque[Due] = deque()
        self._cursors: Cursors = {}
        self._answers: list[Answer] = []
        self._writer, self._recorder = LetterWriter(), Recorder(self.owner)
        self._relays = Relays(wall)
        self._ledger = db.engine.connect()
        self._chunk = len(self._lanes)
        self._claimed_at = self._renewed_at = time.monotonic()
        self._look_at = 0.0

    def go(self) -> None:
        """Make rounds while there is something to do."""
        while not self._stop.is_set():
            try:
                if not self._has_something():
                    return
                self._listen(self._patience())
                self._round()
                self._tend_lanes()
                self._renew()
            except OperationalError:
                self._wait_for_ledger()

    def _wait_for_ledger(self) -> None:
        """The database cannot be reached or written: keep what was answered, and try again."""
        logger.exception("The ledger cannot be written; trying again")
        db.session.rollback()
        self._listen(TICK)
        self._stop.wait(TICK)

    def finish(self) -> None:
        """Wait for the answers to what is on its way, give the rest back, and take leave of the relay."""
        ends_at = time.monotonic() + PATIENCE
        try:
            self._until(ends_at, self._let_go)
            while any(lane.sending for lane in self._lanes) and time.monotonic() < ends_at:
                self._listen(TICK)
                self._until(ends_at, self._write_down)
            for lane in self._lanes:
                self._hear(lane.lose("the worker stops"))
            self._until(ends_at + TICK, self._write_down)
            self._until(ends_at + TICK, self._share)
        finally:
            self._lanes.close()
            self._ledger.close()

    def _let_go(self) -> None:
        self._waiting.clear()
        db.session.rollback()
        claiming.release(self.owner)
        db.session.commit()

    def _until(self, ends_at: float, deed: Callable[[], object]) -> None:
        """Try until it is written down or the time is up; what is not is for the reaper."""
        while True:
            try:
                deed()
            except OperationalError:
                db.session.rollback()
                if time.monotonic() > ends_at:
                    logger.exception("The ledger cannot be written; what was held comes back when its lease ends")
                    return
                self._listen(TICK)
            else:
                return

    def _has_something(self) -> bool:
        if self._is_cut_off:
            return True
        self._refill()
        return bool(self._waiting or self._answers) or not self._lanes.is_quiet

    @property
    def _is_cut_off(self) -> bool:
        return self._relays.choose() is None and not any(lane.is_open for lane in self._lanes)

    def _refill(self) -> None:
        """Claim a chunk of about one second's work before the last one is used up."""
        if self._relays.seconds_to_next() > 0:  # a limit is used up: hold little, for transactional mail goes first
            self._chunk = len(self._lanes)
            self._give_back(beyond=len(self._lanes))
        is_idle = not self._waiting and all(lane.is_idle for lane in self._lanes)
        if len(self._waiting) > len(self._lanes) or (time.monotonic() < self._look_at and not is_idle):
            return
        took, self._claimed_at = time.monotonic() - self._claimed_at, time.monotonic()
        wanted = self._chunk * 2 if took < 1 else self._chunk // 2
        self._chunk = min(LARGEST_CHUNK, max(2 * len(self._lanes), wanted))
        found = claiming.claim(self.owner, self._chunk, at=self._now(), cursors=self._cursors)
        self._waiting.extend(found)
        self._look_at = time.monotonic() + (0 if len(found) == self._chunk else TICK)

    def _patience(self) -> float:
        """How long to wait for the relay: not at all when there is something to do without it."""
        if any(lane.may_deliver for lane in self._lanes):
            return 0
        if self._waiting and any(lane.is_free() for lane in self._lanes):
            return min(TICK, self._relays.seconds_to_next())
        return TICK

    def _listen(self, seconds: float) -> None:
        self._hear(self._lanes.listen(seconds))

    def _hear(self, said: Iterable[Heard]) -> None:
        for heard in said:
            relay = heard.lane.relay
            if isinstance(heard, Answer):
                self._answers.append(heard)
                if relay:
                    self._relays.heard(relay, heard.reply, heard.was_fresh)
            elif isinstance(heard, Refused) and relay:
                self._relays.unreachable(relay, heard.reason)
            elif isinstance(heard, Opened) and relay:
                self._relays.opened(relay)

    def _round(self) -> None:
        """Record and mark in one commit, then let the marked letters go and announce the next ones behind them.

        Marked as sending before the letter leaves: after a crash it is uncertain, and nobody is mailed twice.
        """
        ready = [lane for lane in self._lanes if lane.may_deliver]
        letters: list[tuple[Lane, Letter]] = []
        coming = [lane.coming.due.id for lane in ready if lane.coming]
        try:
            letters = self._next_letters()
            if db.session().in_transaction():
                db.session.commit()
            is_paused, marked = self._write_down(coming)
        except OperationalError:
            self._try_again(letters)
            return
        self._send(ready, marked, letters)
        if is_paused or len(marked) < len(ready):  # what is held of a paused mail is not for us any more
            self._give_back()

    def _write_down(self, coming: Collection[int] = ()) -> tuple[bool, set[int]]:
        """Commit what was answered and what leaves next; returns whether a mail was paused by it and what may leave."""
        if not self._answers and not coming:
            return False, set()
        with self._transaction() as ledger:
            is_paused = self._recorder.record(self._answers, at=self._now(), connection=ledger)
            marked = claiming.mark_sending(coming, self.owner, connection=ledger)
        self._answers.clear()
        return is_paused, marked

    @contextmanager
    def _transaction(self) -> Iterator[sa.Connection]:
        """While all goes well on a connection that is kept, which is cheaper; else as everywhere, for more is done."""
        if all(answer.reply.is_good for answer in self._answers):
            with self._ledger.begin():
                yield self._ledger
        else:
            yield db.session.connection()
            db.session.commit()

    def _send(self, ready: list[Lane], marked: set[int], letters: list[tuple[Lane, Letter]]) -> None:
        for lane in ready:
            if lane.coming and lane.coming.due.id in marked:
                lane.deliver()
            else:  # its envelope is open, and no letter may come
                lane.drop()
        for lane, letter in letters:
            if lane.is_free():
                lane.announce(letter)
            else:
                self._waiting.appendleft(letter.due)
        for lane in {*ready, *(lane for lane, _ in letters)}:
            self._lanes.flush(lane)

    def _next_letters(self) -> list[tuple[Lane, Letter]]:
        """A letter for each lane that can announce one, as far as the relays' limits allow."""
        free = [lane for lane in self._lanes if lane.is_free(soon=True)][: len(self._waiting)]
        letters: list[tuple[Lane, Letter]] = []
        at = self._now()
        for relay, lanes in groupby(free, key=lambda lane: lane.relay):
            lanes_to = list(lanes)
            for lane in lanes_to[: self._relays.allowance(relay, len(lanes_to)) if relay else None]:
                letter = self._next_letter(at)
                if letter:
                    letters.append((lane, letter))
        return letters

    def _next_letter(self, at: datetime) -> Letter | None:
        while self._waiting:
            due = self._waiting.popleft()
            try:
                return self._writer.write(due, at=at)
            except ValueError as problem:
                self._recorder.record_unwritable(due.id, problem, at=at)
        return None

    def _try_again(self, letters: list[tuple[Lane, Letter]]) -> None:
        """The database could not be written: nothing has left, and what was answered is kept for the next round."""
        logger.exception("The ledger cannot be written; trying again")
        db.session.rollback()
        self._waiting.extendleft(letter.due for _, letter in reversed(letters))
        time.sleep(TICK)

    def _tend_lanes(self) -> None:
        """Close lanes that are worn, and open as many as there is work for; after trouble one, to see how it is."""
        self._share()
        relay = self._relays.choose()
        if relay and not relay.is_backup:
            self._leave_backup(relay)
        for lane in self._lanes:
            if lane.is_open and lane.is_idle and lane.is_worn:
                lane.take_leave()
                lane.drop()
        if relay is None:
            if self._is_cut_off:
                self._give_back()
            return
        closed = self._lanes.closed
        wanted = len(self._waiting)
        if self._relays.is_probing(relay):
            wanted = int(not self._lanes.to(relay))
        for lane in closed[:wanted]:
            self._relays.opening(relay)
            self._lanes.open(lane, mail.connect(relay))

    def _share(self) -> None:
        """Tell the other workers how the relays are, and hear what they found."""
        self._relays.save()
        if db.session().in_transaction():
            db.session.commit()

    def _leave_backup(self, relay: Relay) -> None:
        """The first relay may be used again: one lane goes to see, and when a letter went well the others follow."""
        others = [lane for lane in self._lanes if lane.is_open and lane.relay != relay]
        if self._relays.is_probing(relay):
            others = [] if self._lanes.to(relay) or self._lanes.closed else others[:1]
        for lane in others:
            lane.is_retired = True

    def _give_back(self, *, beyond: int = 0) -> None:
        given = list(self._waiting)[beyond:]
        if given:
            claiming.release(self.owner, only=[due.id for due in given])
            db.session.commit()
            for _ in given:
                self._waiting.pop()

    def _renew(self) -> None:
        if time.monotonic() - self._renewed_at > RENEW_EVERY:
            self._renewed_at = time.monotonic()
            ids = [due.id for due in self._waiting]
            ids += [letter.due.id for lane in self._lanes for letter in (lane.sending, lane.coming) if letter]
            claiming.renew(ids, self.owner, at=self._now())
            db.session.commit()
