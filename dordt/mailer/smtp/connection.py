"""SMTP connections to the relays, all driven from one thread. Connecting, which may take long, happens in others."""

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

from dordt.mailer.relays import Relay
from dordt.mailer.smtp.protocol import NOT_SENT, ProtocolError, Reply, SmtpProtocol, Stage
from dordt.mailer.smtp.rendering import RenderedMessage
from dordt.mailer.smtp.transport import Connection, Unreachable

PIECE = 4_096  # octets read at once: replies are short
LOOK_EVERY = 1.0  # seconds between two looks for connections whose reply is overdue
QUIT_TIMEOUT = 0.5  # seconds for all relays together to reply to QUIT
NOT_NOW = (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError)


@dataclass(frozen=True, slots=True)
class Connected:
    connection: "SmtpConnection"


@dataclass(frozen=True, slots=True)
class ConnectFailed:
    connection: "SmtpConnection"
    reason: str


@dataclass(frozen=True, slots=True)
class Replied:
    """The reply that decides about a message; `was_fresh` when it was the first on its connection."""

    connection: "SmtpConnection"
    message: RenderedMessage
    reply: Reply
    was_fresh: bool


Event = Connected | ConnectFailed | Replied


class SmtpConnection:
    """One connection: a message whose reply is awaited, and behind it the envelope of the next one."""

    def __init__(self, selector: selectors.BaseSelector) -> None:
        self.transport: Connection | None = None
        self.relay: Relay | None = None  # where it leads, or led when it was open
        self.is_connecting = self.is_open = self.is_retired = False
        self.sending: RenderedMessage | None = None
        self.next: RenderedMessage | None = None  # its envelope is sent, or about to be
        self.may_send_data = False  # the go-ahead for the next message came
        self._protocol = SmtpProtocol(pipelining=False)
        self._sending_was_fresh = self._next_was_fresh = True
        self._selector, self._watched = selector, 0
        self._socket: Any = None
        self._until_dot = 0  # octets that must still leave up to the final dot of the message that is being sent
        self._reply_due_at = 0.0  # by time.monotonic()

    @property
    def is_idle(self) -> bool:
        """Whether nothing is on its way."""
        return self.sending is None and self.next is None

    @property
    def is_exhausted(self) -> bool:
        """Whether it has carried as many messages as one connection may, or was told to end."""
        return self.is_retired or (self.transport is not None and self.transport.is_exhausted)

    def is_free(self, *, soon: bool = False) -> bool:
        """Whether an envelope may be sent now, or `soon`: once the message that may go has gone."""
        if not self.is_open or self.is_exhausted:
            return False
        if self.next is None:
            return self.sending is None or self._protocol.pipelining
        return soon and self.may_send_data and self._protocol.pipelining

    def start(self, transport: Connection) -> None:
        """Use a transport that was just opened."""
        self.transport, self.is_open, self.is_retired = transport, True, False
        client = transport.host
        assert client is not None
        self._protocol = SmtpProtocol(pipelining=client.has_extn("pipelining"))
        self._socket = client.sock
        self._socket.setblocking(False)
        self._watched = selectors.EVENT_READ
        self._selector.register(self._socket, self._watched, self)

    def send_envelope(self, message: RenderedMessage) -> None:
        """Name sender and recipient; the message itself waits for the go-ahead and for `send_data`."""
        assert self.transport is not None
        self.next, self._next_was_fresh = message, self.transport.num_emails == 0
        self.transport.num_emails += 1
        self._reply_due_at = max(self._reply_due_at, time.monotonic() + self.transport.timeout)
        self._protocol.send_envelope(message.sender, message.recipient)

    def send_data(self) -> None:
        """Let the message go whose envelope was accepted."""
        assert self.next is not None
        assert self.transport is not None
        self.sending, self.next, self.may_send_data = self.next, None, False
        self._sending_was_fresh = self._next_was_fresh
        self._protocol.send_data(self.sending.content)
        self._until_dot = sum(map(len, self._protocol.outgoing))
        self._reply_due_at = time.monotonic() + self.transport.final_timeout
        self.transport.signal_dispatch(self.sending)

    def flush(self) -> list[Event]:
        """Write what waits to be written, as far as the relay takes it; returns what was lost when it is gone."""
        outgoing = self._protocol.outgoing
        try:
            while outgoing:
                waiting = b"".join(outgoing)
                count = self._socket.send(waiting[: self._until_dot] if self._stops_at_dot else waiting)
                self._until_dot -= count
                outgoing[:] = [waiting[count:]] if count < len(waiting) else []
        except NOT_NOW:
            pass
        except OSError as problem:
            return self.abort(str(problem))
        watched = selectors.EVENT_READ | (selectors.EVENT_WRITE if outgoing else 0)
        if watched != self._watched:
            self._watched = watched
            self._selector.modify(self._socket, watched, self)
        return []

    @property
    def _stops_at_dot(self) -> bool:
        """TLS tells only when all of a piece has left: the final dot must be the last of its piece."""
        return self._until_dot > 0 and isinstance(self._socket, ssl.SSLSocket)

    def read(self) -> list[Event]:
        """Take in the replies that came; a go-ahead is noted in `may_send_data`."""
        events: list[Event] = []
        try:
            while not self._protocol.is_over:
                data = self._socket.recv(PIECE)
                if not data:
                    return events + self.abort("the relay closed the connection")
                for reply in self._protocol.feed(data):
                    self._take(reply, events)
                if not isinstance(self._socket, ssl.SSLSocket):
                    break  # TLS may hold more than the selector can see
        except NOT_NOW:
            pass
        except (OSError, ProtocolError) as problem:
            return events + self.abort(str(problem))
        if self._protocol.is_over:
            return events + self.abort("the relay ended the session")
        return events + self.flush()

    def has_timed_out(self, moment: float) -> bool:
        """Whether the relay owes us a reply for longer than we wait."""
        return self._protocol.is_waiting and moment > self._reply_due_at

    def abort(self, reason: str) -> list[Event]:
        """The connection is gone: what becomes of a message depends on whether its final dot had left."""
        events: list[Event] = []
        if self.sending is not None:
            stage = Stage.BODY if self._until_dot <= 0 else Stage.DATA
            events.append(Replied(self, self.sending, Reply(stage, None, reason), self._sending_was_fresh))
        if self.next is not None:
            events.append(Replied(self, self.next, Reply(Stage.MAIL, None, reason), self._next_was_fresh))
        self.close()
        return events

    def quit(self) -> None:
        """Say QUIT on a connection that has nothing to do any more; `close` may wait for the reply."""
        if self._socket is not None:
            with contextlib.suppress(OSError):
                self._socket.send(b"QUIT\r\n")

    def close(self, *, timeout: float = 0.0) -> None:
        """Close, after so many seconds in which the relay may reply to QUIT."""
        if self._socket is not None:
            self._selector.unregister(self._socket)
            with contextlib.suppress(OSError):
                if timeout:
                    self._socket.settimeout(timeout)
                    self._socket.recv(PIECE)
            self._socket.close()
        self._socket = self.transport = None
        self.sending = self.next = None
        self.is_open = self.may_send_data = False

    def _take(self, reply: Reply, events: list[Event]) -> None:
        if reply.is_go_ahead:
            self.may_send_data = True
        elif reply.stage is Stage.BODY:
            assert self.sending is not None
            events.append(Replied(self, self.sending, reply, self._sending_was_fresh))
            self.sending = None
            self._reply_due_at = time.monotonic() + (self.transport.timeout if self.transport else 0)
        else:
            assert self.next is not None
            events.append(Replied(self, self.next, reply, self._next_was_fresh))
            self.next = None


class NullConnection(SmtpConnection):
    """Sends nothing and says that all went well: for MAIL_SUPPRESS_SEND."""

    def start(self, transport: Connection) -> None:
        self.transport, self.is_open, self.is_retired = transport, True, False

    def send_envelope(self, message: RenderedMessage) -> None:
        super().send_envelope(message)
        self.may_send_data = True

    def flush(self) -> list[Event]:
        """As if the message was taken."""
        self._protocol = SmtpProtocol(pipelining=False)  # what would be written is forgotten, and no reply is due
        message, self.sending = self.sending, None
        return [Replied(self, message, NOT_SENT, self._sending_was_fresh)] if message else []


class ConnectionPool:
    """All connections of one worker, and the events on them."""

    def __init__(self, count: int, *, is_suppressed: bool = False) -> None:
        self._selector = selectors.DefaultSelector()
        kind = NullConnection if is_suppressed else SmtpConnection
        self._connections = [kind(self._selector) for _ in range(max(1, count))]
        self._opened: SimpleQueue[tuple[SmtpConnection, Connection, str | None]] = SimpleQueue()
        self._awake, self._wake = socket.socketpair()
        self._awake.setblocking(False)
        self._selector.register(self._awake, selectors.EVENT_READ)
        self._pending: list[Event] = []
        self._looked_at = 0.0
        self._is_over, self._lock = False, threading.Lock()

    def __iter__(self) -> Iterator[SmtpConnection]:
        return iter(self._connections)

    def __len__(self) -> int:
        return len(self._connections)

    @property
    def closed(self) -> list[SmtpConnection]:
        """To be opened before a message can go."""
        return [each for each in self._connections if not each.is_open and not each.is_connecting]

    def to(self, relay: Relay) -> list[SmtpConnection]:
        """Those that lead to a relay, or will."""
        return [each for each in self._connections if each.relay == relay and (each.is_open or each.is_connecting)]

    @property
    def is_quiet(self) -> bool:
        """Whether no connection has anything in hand."""
        return not self._pending and all(each.is_idle and not each.is_connecting for each in self._connections)

    def connect(self, connection: SmtpConnection, transport: Connection) -> None:
        """Connect, in a thread of its own; Connected or ConnectFailed follows."""
        connection.is_connecting, connection.relay = True, transport.relay
        threading.Thread(target=self._connect, args=(connection, transport), name="connect", daemon=True).start()

    def flush(self, connection: SmtpConnection) -> None:
        """Let a connection write; what comes of it is returned by the next `poll`."""
        self._pending += connection.flush()

    def poll(self, seconds: float) -> list[Event]:
        """All events by now; when there are none, the first ones within so many seconds."""
        events, self._pending = self._pending, []
        for key, mask in self._selector.select(0 if events else seconds):
            connection = key.data
            if connection is None:
                events += self._newly_opened()
                continue
            if mask & selectors.EVENT_WRITE:
                events += connection.flush()
            if mask & selectors.EVENT_READ and connection.is_open:
                events += connection.read()
        return events + self._timed_out()

    def close(self) -> None:
        """Say QUIT everywhere; a connection that is still being opened is left behind."""
        for connection in self._connections:
            connection.quit()
        ends_at = time.monotonic() + QUIT_TIMEOUT
        for connection in self._connections:
            connection.close(timeout=max(0.001, ends_at - time.monotonic()))
        self._selector.close()
        with self._lock:
            self._is_over = True
            self._awake.close()
            self._wake.close()

    def _timed_out(self) -> list[Event]:
        moment = time.monotonic()
        if moment - self._looked_at < LOOK_EVERY:
            return []
        self._looked_at = moment
        late = [connection for connection in self._connections if connection.has_timed_out(moment)]
        return [event for connection in late for event in connection.abort("no reply in time")]

    def _connect(self, connection: SmtpConnection, transport: Connection) -> None:
        problem = None
        try:
            transport.open()
        except Unreachable as unreachable:
            problem = str(unreachable)
        except Exception as other:  # a thread that dies unnoticed would keep its connection closed for ever
            problem = f"{type(other).__name__}: {other}"
        with self._lock:
            if self._is_over:
                transport.close()
            else:
                self._opened.put((connection, transport, problem))
                self._wake.send(b".")

    def _newly_opened(self) -> Iterator[Event]:
        with contextlib.suppress(BlockingIOError):
            self._awake.recv(PIECE)
        with contextlib.suppress(Empty):
            while True:
                connection, transport, problem = self._opened.get_nowait()
                connection.is_connecting = False
                if problem is None:
                    connection.start(transport)
                    yield Connected(connection)
                else:
                    yield ConnectFailed(connection, problem)
