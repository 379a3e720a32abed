"""The loop over all connections: each batch commits what was replied and marks what leaves next."""

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
from dordt.mailer.relays import Relay
from dordt.mailer.relays.pool import RelayPool
from dordt.mailer.smtp.connection import Connected, ConnectFailed, ConnectionPool, Event, Replied, SmtpConnection
from dordt.mailer.smtp.rendering import MessageRenderer, RenderedMessage
from dordt.mailer.smtp.transport import mail
from dordt.mailer.worker.problems import log_problem

TICK = 0.25  # seconds after which a stop is noticed
RENEW_EVERY = 15  # seconds; a lease lasts three times as long
STOP_TIMEOUT = 6  # seconds that a stopping worker waits for the replies to what it sent
LARGEST_CHUNK = 500

COMPONENT = "Delivery loop"

Clock = Callable[[], datetime]


def deliver_due(*, now: Clock, stop: threading.Event, wall: Clock | None = None) -> None:
    """Send all that is due, until nothing is or the worker is asked to stop.

    wall: the clock for the relays, which must run on; else that of the ledger.
    """
    loop = DeliveryLoop(now=now, stop=stop, wall=wall or now)
    try:
        loop.run()
    finally:
        loop.finish()


class DeliveryLoop:
    """One worker's way through what is due: one thread for the ledger and for all connections."""

    def __init__(self, *, now: Clock, stop: threading.Event, wall: Clock) -> None:
        self.owner = f"{os.uname().nodename[:80]}:{os.getpid()}:{secrets.token_hex(4)}"
        self._now, self._stop = now, stop
        self._pool = ConnectionPool(
            current_app.config["MAIL_CONNECTIONS"], is_suppressed=current_app.extensions["mail"].suppress
        )
        self._waiting: deque[Due] = deque()
        self._cursors: Cursors = {}
        self._replies: list[Replied] = []
        self._renderer, self._recorder = MessageRenderer(), Recorder(self.owner)
        self._relays = RelayPool(wall)
        self._ledger = db.engine.connect()
        self._chunk = len(self._pool)
        self._claimed_at = self._renewed_at = time.monotonic()
        self._look_at = 0.0

    def run(self) -> None:
        """Send batch after batch while there is something to do."""
        while not self._stop.is_set():
            try:
                if not self._has_something():
                    return
                self._poll(self._wait_seconds())
                self._send_batch()
                self._tend_connections()
                self._renew()
            except OperationalError as problem:
                self._wait_for_database(problem)

    def _wait_for_database(self, problem: OperationalError) -> None:
        """Keep what was replied, and try again."""
        log_problem(COMPONENT, "trying until it is back", problem)
        db.session.rollback()
        self._poll(TICK)
        self._stop.wait(TICK)

    def finish(self) -> None:
        """Wait for the replies to what is on its way, give the rest back, and quit."""
        ends_at = time.monotonic() + STOP_TIMEOUT
        try:
            self._until(ends_at, self._release)
            while any(each.sending for each in self._pool) and time.monotonic() < ends_at:
                self._poll(TICK)
                self._until(ends_at, self._write_down)
            for connection in self._pool:
                self._take(connection.abort("the worker stops"))
            self._until(ends_at + TICK, self._write_down)
            self._until(ends_at + TICK, self._share)
        finally:
            self._pool.close()
            self._ledger.close()

    def _release(self) -> None:
        self._waiting.clear()
        db.session.rollback()
        claiming.release(self.owner)
        db.session.commit()

    def _until(self, ends_at: float, step: Callable[[], object]) -> None:
        """Try until it is written down or the time is up; what is not is for the reaper."""
        while True:
            try:
                step()
            except OperationalError as problem:
                db.session.rollback()
                if time.monotonic() > ends_at:
                    log_problem(COMPONENT, "leases are left to run out", problem)
                    return
                self._poll(TICK)
            else:
                return

    def _has_something(self) -> bool:
        if self._is_cut_off:
            return True
        self._refill()
        return bool(self._waiting or self._replies) or not self._pool.is_quiet

    @property
    def _is_cut_off(self) -> bool:
        return self._relays.choose() is None and not any(each.is_open for each in self._pool)

    def _refill(self) -> None:
        """Claim a chunk of about one second's work before the last one is used up."""
        if self._relays.seconds_to_next() > 0:  # a limit is used up: hold little, for transactional mail goes first
            self._chunk = len(self._pool)
            self._give_back(beyond=len(self._pool))
        is_idle = not self._waiting and all(each.is_idle for each in self._pool)
        if len(self._waiting) > len(self._pool) or (time.monotonic() < self._look_at and not is_idle):
            return
        took, self._claimed_at = time.monotonic() - self._claimed_at, time.monotonic()
        wanted = self._chunk * 2 if took < 1 else self._chunk // 2
        self._chunk = min(LARGEST_CHUNK, max(2 * len(self._pool), wanted))
        found = claiming.claim(self.owner, self._chunk, at=self._now(), cursors=self._cursors)
        self._waiting.extend(found)
        self._look_at = time.monotonic() + (0 if len(found) == self._chunk else TICK)

    def _wait_seconds(self) -> float:
        """How long to wait for the relay: not at all when there is something to do without it."""
        if any(each.may_send_data for each in self._pool):
            return 0
        if self._waiting and any(each.is_free() for each in self._pool):
            return min(TICK, self._relays.seconds_to_next())
        return TICK

    def _poll(self, seconds: float) -> None:
        self._take(self._pool.poll(seconds))

    def _take(self, events: Iterable[Event]) -> None:
        for event in events:
            relay = event.connection.relay
            if isinstance(event, Replied):
                self._replies.append(event)
                if relay:
                    self._relays.replied(relay, event.reply, event.was_fresh)
            elif isinstance(event, ConnectFailed) and relay:
                self._relays.connect_failed(relay, event.reason)
            elif isinstance(event, Connected) and relay:
                self._relays.connected(relay)

    def _send_batch(self) -> None:
        """Record and mark in one commit, then let the marked messages go with the next envelopes behind them.

        Marked as sending before the message leaves: after a crash it is uncertain, and nobody is mailed twice.
        """
        ready = [each for each in self._pool if each.may_send_data]
        messages: list[tuple[SmtpConnection, RenderedMessage]] = []
        leaving = [each.next.due.id for each in ready if each.next]
        try:
            messages = self._next_messages()
            if db.session().in_transaction():
                db.session.commit()
            is_paused, marked = self._write_down(leaving)
        except OperationalError as problem:
            self._put_back(messages, problem)
            return
        self._send(ready, marked, messages)
        if is_paused or len(marked) < len(ready):  # what is held of a paused mail is not for us any more
            self._give_back()

    def _write_down(self, leaving: Collection[int] = ()) -> tuple[bool, set[int]]:
        """Commit what was replied and what leaves next; returns whether a mail was paused by it and what may leave."""
        if not self._replies and not leaving:
            return False, set()
        with self._transaction() as ledger:
            is_paused = self._recorder.record(self._replies, at=self._now(), connection=ledger)
            marked = claiming.mark_sending(leaving, self.owner, connection=ledger)
        self._replies.clear()
        return is_paused, marked

    @contextmanager
    def _transaction(self) -> Iterator[sa.Connection]:
        """While all goes well on a connection that is kept, which is cheaper; else as everywhere, for more is done."""
        if all(each.reply.is_good for each in self._replies):
            with self._ledger.begin():
                yield self._ledger
        else:
            yield db.session.connection()
            db.session.commit()

    def _send(
        self, ready: list[SmtpConnection], marked: set[int], messages: list[tuple[SmtpConnection, RenderedMessage]]
    ) -> None:
        for connection in ready:
            if connection.next and connection.next.due.id in marked:
                connection.send_data()
            else:  # its envelope is open, and no message may come
                connection.close()
        for connection, message in messages:
            if connection.is_free():
                connection.send_envelope(message)
            else:
                self._waiting.appendleft(message.due)
        for connection in {*ready, *(connection for connection, _ in messages)}:
            self._pool.flush(connection)

    def _next_messages(self) -> list[tuple[SmtpConnection, RenderedMessage]]:
        """A message for each connection that can send an envelope, as far as the relays' limits allow."""
        free = [each for each in self._pool if each.is_free(soon=True)][: len(self._waiting)]
        messages: list[tuple[SmtpConnection, RenderedMessage]] = []
        at = self._now()
        for relay, group in groupby(free, key=lambda connection: connection.relay):
            connections = list(group)
            for connection in connections[: self._relays.allowance(relay, len(connections)) if relay else None]:
                message = self._next_message(at)
                if message:
                    messages.append((connection, message))
        return messages

    def _next_message(self, at: datetime) -> RenderedMessage | None:
        while self._waiting:
            due = self._waiting.popleft()
            try:
                return self._renderer.render(due, at=at)
            except ValueError as problem:
                self._recorder.record_unrenderable(due.id, problem, at=at)
        return None

    def _put_back(self, messages: list[tuple[SmtpConnection, RenderedMessage]], problem: OperationalError) -> None:
        """Nothing has left, and what was replied is kept for the next batch."""
        log_problem(COMPONENT, "trying until it is back", problem)
        db.session.rollback()
        self._waiting.extendleft(message.due for _, message in reversed(messages))
        time.sleep(TICK)

    def _tend_connections(self) -> None:
        """Close what is exhausted, and connect as often as there is work for; after trouble once, as a probe."""
        self._share()
        relay = self._relays.choose()
        if relay and not relay.is_backup:
            self._leave_backup(relay)
        for connection in self._pool:
            if connection.is_open and connection.is_idle and connection.is_exhausted:
                connection.quit()
                connection.close()
        if relay is None:
            if self._is_cut_off:
                self._give_back()
            return
        closed = self._pool.closed
        wanted = len(self._waiting)
        if self._relays.is_probing(relay):
            wanted = int(not self._pool.to(relay))
        for connection in closed[:wanted]:
            self._relays.connecting(relay)
            self._pool.connect(connection, mail.connect(relay))

    def _share(self) -> None:
        """Tell the other workers how the relays are, and load what they found."""
        self._relays.save()
        if db.session().in_transaction():
            db.session.commit()

    def _leave_backup(self, relay: Relay) -> None:
        """The first relay may be used again: one connection probes it, and when a message went well the rest follow."""
        others = [each for each in self._pool if each.is_open and each.relay != relay]
        if self._relays.is_probing(relay):
            others = [] if self._pool.to(relay) or self._pool.closed else others[:1]
        for connection in others:
            connection.is_retired = True

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
            ids += [each.due.id for connection in self._pool for each in (connection.sending, connection.next) if each]
            claiming.renew(ids, self.owner, at=self._now())
            db.session.commit()
