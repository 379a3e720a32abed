"""A real SMTP server on a free loopback port that can be told to refuse, stall and hang up."""

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from dordt.development.catcher import SmtpThread

HANG_UP = "hang up"
EVERYBODY = 1_000_000


@dataclass(frozen=True)
class ReceivedMessage:
    """One mail as the relay took it in; by the monotonic clock: when its final dot came, and when it was accepted."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes
    came_at: float = 0.0
    accepted_at: float = 0.0

    @property
    def message(self) -> EmailMessage:
        """The content, parsed."""
        return message_from_bytes(self.content, policy=policy.default)  # type: ignore[return-value]


@dataclass
class Script:
    """The answers that the relay gives instead of its own, per command, in order."""

    waiting: dict[str, deque[str]] = field(default_factory=dict)
    always: dict[str, str] = field(default_factory=dict)

    def next_for(self, command: str) -> str | None:
        """What to answer this time, or nothing."""
        line = self.waiting.get(command)
        return (line.popleft() or None) if line else self.always.get(command)


class Relay:
    """What tests hold: the messages taken in, and the ways to make life hard for whoever delivers them.

    Commands to refuse: CONNECT, EHLO, MAIL, RCPT, DATA (before the body) and BODY (after the final dot).
    """

    def __init__(self, *, pipelining: bool = True, seconds_per_message: float = 0.0) -> None:
        self.messages: list[ReceivedMessage] = []
        self.connections = 0
        self.pipelining = pipelining
        self.seconds_per_message = seconds_per_message
        self._places: threading.Semaphore | None = None
        self.script = Script()
        self.refused: dict[str, str] = {}
        self.host, self.port = "127.0.0.1", 0
        self._server: SmtpThread | None = None

    def answer(self, command: str, *answers: str) -> None:
        """Answer the next uses of a command with these lines: "" means as usual, `HANG_UP` closes the connection."""
        self.script.waiting.setdefault(command, deque()).extend(answers)

    def always_answer(self, command: str, answer: str | None) -> None:
        """Answer every use of a command with this line, until told otherwise with None."""
        self.script.always.pop(command, None)
        if answer:
            self.script.always[command] = answer

    def refuse(self, address: str, answer: str = "550 5.1.1 No such mailbox") -> None:
        """Refuse one recipient whenever it comes."""
        self.refused[address.lower()] = answer

    def let_in(self, count: int | None) -> None:
        """From now on take in only as many messages as were let in; the next ones wait. None lets all of them in."""
        if self._places is None:
            self._places = threading.Semaphore(0)
        self._places.release(EVERYBODY if count is None else count)

    async def wait_for_place(self) -> None:
        """Until this message is let in, where the test counts them."""
        while self._places is not None and not self._places.acquire(blocking=False):
            await asyncio.sleep(0.005)

    def start(self) -> None:
        """Listen; on the port of before when it ran before."""
        self._server = SmtpThread(lambda loop: _SmtpSession(self, loop), self.port)
        self.port = self._server.port

    def stop(self) -> None:
        """Stop listening and hang up on everyone."""
        if self._server:
            self._server.stop()
        self._server = None

    def wait_for(self, count: int, seconds: float = 10) -> list[ReceivedMessage]:
        """The messages, once there are `count` of them or the time is up."""
        end = time.monotonic() + seconds
        while len(self.messages) < count and time.monotonic() < end:
            time.sleep(0.02)
        return list(self.messages)


class _Hooks:
    """What aiosmtpd calls at each command."""

    def __init__(self, relay: Relay) -> None:
        self.relay = relay

    async def handle_EHLO(
        self, server: SMTP, session: Session, _envelope: Envelope, name: str, answers: list[str]
    ) -> list[str]:
        """Offer pipelining where the test wants it."""
        session.host_name = name
        if self.relay.pipelining:
            answers.insert(1, "250-PIPELINING")
        return answers

    async def handle_MAIL(
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take the sender, or answer as the test says."""
        scripted = self._scripted(server, "MAIL")
        if scripted is None:
            envelope.mail_from = address
            envelope.mail_options.extend(options)
        return scripted or "250 2.1.0 OK"

    async def handle_RCPT(
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Take the recipient, or refuse it."""
        scripted = self._scripted(server, "RCPT") or self.relay.refused.get(address.lower())
        if scripted is None:
            envelope.rcpt_tos.append(address)
        return scripted or "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:
        """Take the message in; a scripted BODY answer refuses it after the final dot."""
        came_at = time.monotonic()
        if self.relay.seconds_per_message:
            await asyncio.sleep(self.relay.seconds_per_message)
        await self.relay.wait_for_place()
        scripted = self._scripted(server, "BODY")
        if scripted is None or scripted.startswith("2"):
            content = envelope.original_content or b""
            who = (envelope.mail_from or "", tuple(envelope.rcpt_tos))
            self.relay.messages.append(ReceivedMessage(*who, content, came_at, time.monotonic()))
        return scripted or f"250 2.0.0 OK queued as {len(self.relay.messages)}"

    def _scripted(self, server: SMTP, command: str) -> str | None:
        answer = self.relay.script.next_for(command)
        if answer == HANG_UP:
            server.transport.abort()
        return answer


class _SmtpSession(SMTP):
    """One connection."""

    def __init__(self, relay: Relay, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(_Hooks(relay), hostname="relay.test", enable_SMTPUTF8=True, loop=loop)
        self.relay = relay

    def connection_made(self, transport: Any) -> None:
        """Greet, or refuse to."""
        self.relay.connections += 1
        answer = self.relay.script.next_for("CONNECT")
        super().connection_made(transport)
        if answer:
            transport.write(b"" if answer == HANG_UP else answer.encode() + b"\r\n")
            transport.close()

    async def smtp_DATA(self, arg: str) -> None:
        """Let the body come, or refuse before it."""
        answer = self.relay.script.next_for("DATA")
        if answer == HANG_UP:
            self.transport.abort()
        elif answer:
            await self.push(answer)
        else:
            await super().smtp_DATA(arg)


@pytest.fixture
def new_relay() -> Iterator[Callable[..., Relay]]:
    """Start relays of a kind: `new_relay(pipelining=False)`."""
    started: list[Relay] = []

    def start(**options: Any) -> Relay:
        relay = Relay(**options)
        relay.start()
        started.append(relay)
        return relay

    yield start
    for relay in started:
        relay.stop()


@pytest.fixture
def smtp_server(new_relay: Callable[..., Relay]) -> Relay:
    """A relay that takes everything until told otherwise."""
    return new_relay()
