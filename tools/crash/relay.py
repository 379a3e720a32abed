"""A fake SMTP relay: what it stored was mailed, whatever the ledger says. Faults can be injected at each stage."""

import asyncio
import re
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum

MESSAGE_ID = re.compile(rb"^message-id:\s*(<[^>]*>)", re.IGNORECASE | re.MULTILINE)
PATH = re.compile(rb"<([^>]*)>")
DOT = b"\r\n.\r\n"
HOST = "127.0.0.1"


class Stage(StrEnum):
    """How far a session is. At each stage the relay can misbehave, or the worker at the other end be killed."""

    GREETING = "greeting"
    MAIL = "MAIL"
    RCPT = "RCPT"
    DATA = "DATA"
    HALFWAY = "body"  # some of it came
    DOT = "final dot"  # nothing is stored yet
    STORED = "stored"  # and not answered
    ANSWERED = "answered"  # with 250


@dataclass(frozen=True)
class Action:
    """What the relay does at a stage: it answers this line, or hangs up; having stored the message, or not."""

    answer: str = ""
    hangs_up: bool = False
    stores: bool = False  # at the final dot
    seconds: float = 0.0  # that it takes over it

    @property
    def code(self) -> int | None:
        """Of the answer."""
        return int(self.answer[:3]) if self.answer else None


HANG_UP = Action(hangs_up=True)
STORE_AND_HANG_UP = Action(hangs_up=True, stores=True)
GOOD = {
    Stage.GREETING: Action("220 relay.test ESMTP"),
    Stage.MAIL: Action("250 2.1.0 OK"),
    Stage.RCPT: Action("250 2.1.5 OK"),
    Stage.DATA: Action("354 Go ahead"),
    Stage.DOT: Action("250 2.0.0 OK", stores=True),
}


@dataclass(frozen=True)
class Stored:
    """One message that the relay took: from then on it is the relay's."""

    recipient: str
    message_id: str
    slot: int


Behaviour = Callable[["SmtpSession", Stage], Action | None]


def no_faults(_session: "SmtpSession", _stage: Stage) -> None:
    """Let every session go on."""


class FakeRelay:
    """An SMTP server with one port for each worker slot, so that a session tells whose it is.

    behaviour: called at each stage of each session; returns what to do there, or None to go on.
    """

    def __init__(self, *, slots: int = 1, seconds: float = 0.0, pipelining: bool = True) -> None:
        self.stored: list[Stored] = []
        self.behaviour: Behaviour = no_faults
        self.seconds, self.pipelining = seconds, pipelining  # seconds: that it takes over each message
        self.most_messages: int | None = None  # on one connection; then it says 421
        self.ports: list[int] = []
        self._slots = slots
        self._sessions: set[SmtpSession] = set()

    @contextmanager
    def running(self) -> Iterator["FakeRelay"]:
        """Listen, in a thread, for as long as the block lasts."""
        ready: Future[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = Future()
        thread = threading.Thread(target=lambda: asyncio.run(self._serve(ready)), name="fake relay")
        thread.start()
        loop, end = ready.result()
        try:
            yield self
        finally:
            loop.call_soon_threadsafe(end.set)
            thread.join()

    def add(self, session: "SmtpSession") -> None:
        """Keep a session that has begun, to end it with the relay."""
        self._sessions.add(session)

    def discard(self, session: "SmtpSession") -> None:
        """Forget a session that has ended."""
        self._sessions.discard(session)

    async def _serve(self, ready: "Future[tuple[asyncio.AbstractEventLoop, asyncio.Event]]") -> None:
        loop, end = asyncio.get_running_loop(), asyncio.Event()
        servers = [
            await loop.create_server(lambda slot=slot: SmtpSession(self, slot, loop), HOST, 0)
            for slot in range(self._slots)
        ]
        self.ports = [server.sockets[0].getsockname()[1] for server in servers]
        ready.set_result((loop, end))
        await end.wait()
        for server in servers:
            server.close()
        for session in list(self._sessions):
            session.abort()
        await asyncio.sleep(0)


class SmtpSession(asyncio.Protocol):
    """One SMTP session; the bytes may come in any pieces, and run ahead of the answers."""

    def __init__(self, relay: FakeRelay, slot: int, loop: asyncio.AbstractEventLoop) -> None:
        self.relay, self.slot, self._loop = relay, slot, loop
        self.recipient: str | None = None
        self.messages = 0
        self._transport: asyncio.Transport | None = None
        self._buffer = b""
        self._has_sender = self._is_in_body = self._is_halfway = self._is_busy = self._is_over = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet."""
        self._transport = transport  # type: ignore[assignment]
        self.relay.add(self)
        self._reach(Stage.GREETING)

    def connection_lost(self, exc: Exception | None) -> None:
        """A message without its final dot is no message."""
        self._is_over, self._buffer = True, b""
        self.relay.discard(self)

    def data_received(self, data: bytes) -> None:
        """Take in what came, as far as it may be answered now."""
        if not self._is_over:
            self._buffer += data
            self._go_on()

    def hang_up(self) -> None:
        """Say nothing more and hear nothing more; what was said before still arrives."""
        if not self._is_over and self._transport is not None:
            self._transport.write_eof()
        self._is_over, self._buffer = True, b""

    def abort(self) -> None:
        """Let go of the socket."""
        if self._transport is not None:
            self._transport.abort()

    def _go_on(self) -> None:
        while self._buffer and not self._is_busy and (self._take_body() if self._is_in_body else self._take_command()):
            pass

    def _take_command(self) -> bool:
        line, end, rest = self._buffer.partition(b"\r\n")
        if end:
            self._buffer = rest
            verb = line[:4].upper()
            {b"MAIL": self._mail, b"RCPT": self._rcpt, b"DATA": self._data}.get(verb, self._other)(line)
        return bool(end)

    def _take_body(self) -> bool:
        if not self._is_halfway:
            self._is_halfway = True
            if self._reach(Stage.HALFWAY):
                self._is_in_body = False
                if self._transport is not None:
                    self._transport.pause_reading()  # the rest of a large message cannot leave any more
                return False
        body, end, rest = (b"\r\n" + self._buffer).partition(DOT)
        if end:
            self._buffer, self._is_in_body = rest, False
            self._content = body
            self._reach(Stage.DOT)
            self._has_sender, self.recipient = False, None
        return bool(end)

    def _mail(self, _line: bytes) -> None:
        if self.relay.most_messages is not None and self.messages >= self.relay.most_messages:
            self._do(Stage.MAIL, Action("421 4.7.0 Enough for one connection", hangs_up=True))
        elif not self._reach(Stage.MAIL):
            self._has_sender = True

    def _rcpt(self, line: bytes) -> None:
        found = PATH.search(line)
        if not self._has_sender or not found:
            self._say("503 5.5.1 MAIL first")
            return
        self.recipient = found[1].decode()
        if self._reach(Stage.RCPT):
            self.recipient = None

    def _data(self, _line: bytes) -> None:
        if self.recipient is None:
            self._say("554 5.5.1 No valid recipients")
        elif not self._reach(Stage.DATA):
            self._is_in_body, self._is_halfway = True, False

    def _other(self, line: bytes) -> None:
        verb = line[:4].upper()
        if verb == b"EHLO":
            self._say("250-relay.test\r\n250-PIPELINING\r\n250 8BITMIME" if self.relay.pipelining else "250 relay.test")
        elif verb == b"QUIT":
            self._do(Stage.GREETING, Action("221 2.0.0 Bye", hangs_up=True))
        elif verb == b"RSET":
            self._has_sender, self.recipient = False, None
            self._say("250 2.0.0 OK")
        else:
            self._say("500 5.5.2 What?")

    def _reach(self, stage: Stage) -> bool:
        """Whether something was done there that ends this message."""
        unusual, usual = self.relay.behaviour(self, stage), GOOD.get(stage)
        action = unusual or usual
        if action and not self._is_over:
            self._do(stage, action)
        return self._is_over or (unusual is not None and (usual is None or unusual.code != usual.code))

    def _do(self, stage: Stage, action: Action) -> None:
        """Do it, after a while if it takes that; what came after it waits for its turn."""
        if action.stores:
            self._store()
        seconds = action.seconds or (self.relay.seconds if stage is Stage.DOT else 0)
        if seconds:
            self._is_busy = True
            self._loop.call_later(seconds, self._finish, action)
        else:
            self._finish(action)

    def _finish(self, action: Action) -> None:
        was_busy, self._is_busy = self._is_busy, False
        if action.answer:
            self._say(action.answer)
        if action.answer and action.stores:
            self.relay.behaviour(self, Stage.ANSWERED)
        if action.hangs_up:
            self.hang_up()
        elif was_busy:
            self._go_on()

    def _store(self) -> None:
        assert self.recipient is not None
        found = MESSAGE_ID.search(self._content)
        self.messages += 1
        self.relay.stored.append(Stored(self.recipient, found[1].decode() if found else "", self.slot))
        self.relay.behaviour(self, Stage.STORED)

    def _say(self, line: str) -> None:
        if self._transport is not None and not self._is_over:
            self._transport.write(line.encode() + b"\r\n")
