"""Lanes: connections to the relay, all driven from one thread. Opening one, which may take long, happens aside."""

import contextlib
import selectors
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Any

from dordt.mailer.relays.settings import Relay
from dordt.mailer.smtp.protocol import NOT_SENT, Dialogue, NoSmtp, Reply, Stage
from dordt.mailer.smtp.rendering import Letter
from dordt.mailer.smtp.transport import Connection, Unreachable

PIECE = 4_096  # octets read at once: answers are short
LOOK_EVERY = 1.0  # seconds between two looks at who waits too long for an answer
FAREWELL = 0.5  # seconds for all relays together to answer QUIT
NOT_NOW = (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError)


@dataclass(frozen=True, slots=True)
class Opened:
    """A lane is ready for letters."""

    lane: "Lane"


@dataclass(frozen=True, slots=True)
class Refused:
    """A lane could not be opened."""

    lane: "Lane"
    reason: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What the relay said to a letter; `was_fresh` when it was the first on its connection."""

    lane: "Lane"
    letter: Letter
    reply: Reply
    was_fresh: bool


Heard = Opened | Refused | Answer


class Lane:
    """One connection: a letter of which the answer is awaited, and behind it the envelope of the next one."""

    def __init__(self, selector: selectors.BaseSelector) -> None:
        self.connection: Connection | None = None
        self.relay: Relay | None = None  # where it leads, or led when it was open
        self.is_opening = self.is_open = self.is_retired = False
        self.sending: Letter | None = None
        self.coming: Letter | None = None
        self.may_deliver = False  # the go-ahead for the coming letter was heard
        self._dialogue = Dialogue(pipelining=False)
        self._sending_was_fresh = self._coming_was_fresh = True
        self._selector, self._watched = selector, 0
        self._socket: Any = None
        self._until_dot = 0  # octets that must still leave up to the final dot of the letter that is being sent
        self._waits_until = 0.0

    @property
    def is_idle(self) -> bool:
        """Whether nothing is on its way."""
        return self.sending is None and self.coming is None

    @property
    def is_worn(self) -> bool:
        """Whether it has carried as many letters as one connection may, or was told to end."""
        return self.is_retired or (self.connection is not None and self.connection.is_worn)

    def is_free(self, *, soon: bool = False) -> bool:
        """Whether an envelope may be announced now, or `soon`: once the letter that may go has gone."""
        if not self.is_open or self.is_worn:
            return False
        if self.coming is None:
            return self.sending is None or self._dialogue.pipelining
        return soon and self.may_deliver and self._dialogue.pipelining

    def begin(self, connection: Connection) -> None:
        """Talk over a connection that was just opened."""
        host = connection.host
        self.connection, self.is_open, self.is_retired = connection, True, False
        self._dialogue = Dialogue(pipelining=host is not None and host.has_extn("pipelining"))
        self._socket = host.sock if host is not None else None
        if self._socket is not None:
            self._socket.setblocking(False)
            self._watched = selectors.EVENT_READ
            self._selector.register(self._socket, self._watched, self)

    def announce(self, letter: Letter) -> None:
        """Name sender and recipient; the letter itself waits for the go-ahead and for `deliver`."""
        assert self.connection is not None
        self.coming, self._coming_was_fresh = letter, self.connection.num_emails == 0
        self.connection.num_emails += 1
        self._waits_until = max(self._waits_until, time.monotonic() + self.connection.patience)
        if self._socket is None:
            self.may_deliver = True
        else:
            self._dialogue.announce(letter.sender, letter.recipient)

    def deliver(self) -> None:
        """Let the announced letter go."""
        assert self.coming is not None
        assert self.connection is not None
        self.sending, self.coming, self.may_deliver = self.coming, None, False
        self._sending_was_fresh = self._coming_was_fresh
        self._dialogue.deliver(self.sending.content)
        self._until_dot = sum(map(len, self._dialogue.outgoing))
        self._waits_until = time.monotonic() + self.connection.final_patience
        self.connection.announce_dispatch(self.sending)

    def flush(self) -> list[Heard]:
        """Write what waits to be written, as far as the relay takes it; returns what was lost when it is gone."""
        if self._socket is None:
            return self._pretend()
        outgoing = self._dialogue.outgoing
        try:
            while outgoing:
                waiting = b"".join(outgoing)
                count = self._socket.send(waiting[: self._until_dot] if self._stops_at_dot else waiting)
                self._until_dot -= count
                outgoing[:] = [waiting[count:]] if count < len(waiting) else []
        except NOT_NOW:
            pass
        except OSError as problem:
            return self.lose(str(problem))
        watched = selectors.EVENT_READ | (selectors.EVENT_WRITE if outgoing else 0)
        if watched != self._watched:
            self._watched = watched
            self._selector.modify(self._socket, watched, self)
        return []

    @property
    def _stops_at_dot(self) -> bool:
        """TLS tells only when all of a piece has left: the final dot must be the last of its piece."""
        return self._until_dot > 0 and isinstance(self._socket, ssl.SSLSocket)

    def read(self) -> list[Heard]:
        """Take in what the relay says; a go-ahead is noted in `may_deliver`."""
        heard: list[Heard] = []
        try:
            while not self._dialogue.is_over:
                data = self._socket.recv(PIECE)
                if not data:
                    return heard + self.lose("the relay hung up")
                for reply in self._dialogue.feed(data):
                    self._hear(reply, heard)
                if not isinstance(self._socket, ssl.SSLSocket):
                    break  # TLS may hold more than the selector can see
        except NOT_NOW:
            pass
        except (OSError, NoSmtp) as problem:
            return heard + self.lose(str(problem))
        if self._dialogue.is_over:
            return heard + self.lose("the relay took leave")
        return heard + self.flush()

    def is_forgotten(self, moment: float) -> bool:
        """Whether the relay owes us an answer for longer than we wait."""
        return self._dialogue.is_waiting and moment > self._waits_until

    def lose(self, reason: str) -> list[Heard]:
        """The connection is gone: what becomes of a letter depends on whether its final dot had left."""
        heard: list[Heard] = []
        if self.sending is not None:
            stage = Stage.BODY if self._until_dot <= 0 else Stage.DATA
            heard.append(Answer(self, self.sending, Reply(stage, None, reason), self._sending_was_fresh))
        if self.coming is not None:
            heard.append(Answer(self, self.coming, Reply(Stage.MAIL, None, reason), self._coming_was_fresh))
        self.drop()
        return heard

    def take_leave(self) -> None:
        """Say goodbye on a connection that has nothing to do any more; its answer is for `drop` to wait for."""
        if self._socket is not None:
            with contextlib.suppress(OSError):
                self._socket.send(b"QUIT\r\n")

    def drop(self, *, patience: float = 0.0) -> None:
        """Hang up, after so many seconds in which the relay may say goodbye."""
        if self._socket is not None:
            self._selector.unregister(self._socket)
            with contextlib.suppress(OSError):
                if patience:
                    self._socket.settimeout(patience)
                    self._socket.recv(PIECE)
            self._socket.close()
        self._socket = self.connection = None
        self.sending = self.coming = None
        self.is_open = self.may_deliver = False

    def _hear(self, reply: Reply, heard: list[Heard]) -> None:
        if reply.is_go_ahead:
            self.may_deliver = True
        elif reply.stage is Stage.BODY:
            assert self.sending is not None
            heard.append(Answer(self, self.sending, reply, self._sending_was_fresh))
            self.sending = None
            self._waits_until = time.monotonic() + (self.connection.patience if self.connection else 0)
        else:
            assert self.coming is not None
            heard.append(Answer(self, self.coming, reply, self._coming_was_fresh))
            self.coming = None

    def _pretend(self) -> list[Heard]:
        if self.sending is None:
            return []
        letter, self.sending = self.sending, None
        return [Answer(self, letter, NOT_SENT, self._sending_was_fresh)]


class Lanes:
    """All connections of one worker, and what is heard from them."""

    def __init__(self, count: int) -> None:
        self._selector = selectors.DefaultSelector()
        self._lanes = [Lane(self._selector) for _ in range(max(1, count))]
        self._opened: SimpleQueue[tuple[Lane, Connection, str | None]] = SimpleQueue()
        self._awake, self._wake = socket.socketpair()
        self._awake.setblocking(False)
        self._selector.register(self._awake, selectors.EVENT_READ)
        self._lost: list[Heard] = []
        self._looked_at = 0.0
        self._is_over, self._lock = False, threading.Lock()

    def __iter__(self) -> Iterator[Lane]:
        return iter(self._lanes)

    def __len__(self) -> int:
        return len(self._lanes)

    @property
    def closed(self) -> list[Lane]:
        """To be opened before a letter can go."""
        return [lane for lane in self._lanes if not lane.is_open and not lane.is_opening]

    def to(self, relay: Relay) -> list[Lane]:
        """Those that lead to a relay, or will."""
        return [lane for lane in self._lanes if lane.relay == relay and (lane.is_open or lane.is_opening)]

    @property
    def is_quiet(self) -> bool:
        """Whether no lane has anything in hand."""
        return not self._lost and all(lane.is_idle and not lane.is_opening for lane in self._lanes)

    def open(self, lane: Lane, connection: Connection) -> None:
        """Connect, in a thread of its own; Opened or Refused is heard."""
        lane.is_opening, lane.relay = True, connection.relay
        threading.Thread(target=self._open, args=(lane, connection), name="opening", daemon=True).start()

    def flush(self, lane: Lane) -> None:
        """Let a lane write; what is lost by it is heard next."""
        self._lost += lane.flush()

    def listen(self, seconds: float) -> list[Heard]:
        """All that was said by now; when that is nothing, what is said first within so many seconds."""
        heard, self._lost = self._lost, []
        for key, mask in self._selector.select(0 if heard else seconds):
            lane = key.data
            if lane is None:
                heard += self._newly_opened()
                continue
            if mask & selectors.EVENT_WRITE:
                heard += lane.flush()
            if mask & selectors.EVENT_READ and lane.is_open:
                heard += lane.read()
        return heard + self._forgotten()

    def close(self) -> None:
        """Take leave of the relay; a lane that is still being opened is left behind."""
        for lane in self._lanes:
            lane.take_leave()
        ends_at = time.monotonic() + FAREWELL
        for lane in self._lanes:
            lane.drop(patience=max(0.001, ends_at - time.monotonic()))
        self._selector.close()
        with self._lock:
            self._is_over = True
            self._awake.close()
            self._wake.close()

    def _forgotten(self) -> list[Heard]:
        moment = time.monotonic()
        if moment - self._looked_at < LOOK_EVERY:
            return []
        self._looked_at = moment
        late = [lane for lane in self._lanes if lane.is_forgotten(moment)]
        return [heard for lane in late for heard in lane.lose("no answer in time")]

    def _open(self, lane: Lane, connection: Connection) -> None:
        problem = None
        try:
            connection.open()
        except Unreachable as unreachable:
            problem = str(unreachable)
        except Exception as other:  # a thread that dies unheard would keep its lane closed for ever
            problem = f"{type(other).__name__}: {other}"
        with self._lock:
            if self._is_over:
                connection.close()
            else:
                self._opened.put((lane, connection, problem))
                self._wake.send(b".")

    def _newly_opened(self) -> Iterator[Heard]:
        with contextlib.suppress(BlockingIOError):
            self._awake.recv(PIECE)
        with contextlib.suppress(Empty):
            while True:
                lane, connection, problem = self._opened.get_nowait()
                lane.is_opening = False
                if problem is None:
                    lane.begin(connection)
                    yield Opened(lane)
                else:
                    yield Refused(lane, problem)
