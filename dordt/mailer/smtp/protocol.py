"""SMTP over an open connection, without any socket (sans-I/O): bytes in, bytes out (RFC 5321, 2920)."""

import contextlib
import re
import smtplib
from collections import deque
from dataclasses import dataclass
from enum import StrEnum

SERVICE_CLOSES = 421
GO_AHEAD = 354
ENHANCED = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?!\.?\d)")  # RFC 3463; no part of an IP address
LEADING_DOT = re.compile(rb"^\.", re.MULTILINE)
LONGEST_TEXT = 1_000  # characters that are kept of a reply
LONGEST_REPLY = 65_536  # octets; a line is 512 at most (RFC 5321, 4.5.3.1.5), but relays like to explain themselves
DOT = b".\r\n"


class Stage(StrEnum):
    """The steps of one message; only in BODY, after the final dot, can the outcome be unknown."""

    MAIL = "MAIL"
    RCPT = "RCPT"
    DATA = "DATA"
    BODY = "BODY"
    RSET = "RSET"


ENVELOPE = (Stage.MAIL, Stage.RCPT, Stage.DATA)


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply of the relay; without a code it never replied, and the connection is gone."""

    stage: Stage
    code: int | None
    text: str

    @property
    def enhanced(self) -> str | None:
        """The enhanced status code, such as 5.1.1 (RFC 3463)."""
        found = ENHANCED.match(self.text)
        return found[1] if found else None

    @property
    def is_good(self) -> bool:
        """Whether the relay lets us go on, or in BODY: took the message."""
        return self.code == GO_AHEAD if self.stage is Stage.DATA else 200 <= (self.code or 0) < 300

    @property
    def is_go_ahead(self) -> bool:
        """Whether the body may come now."""
        return self.stage is Stage.DATA and self.code == GO_AHEAD


USUAL = {Stage.MAIL: b"250", Stage.RCPT: b"250", Stage.DATA: b"354"}
READY_FOR_DATA = Reply(Stage.DATA, GO_AHEAD, "go ahead")
NOT_SENT = Reply(Stage.BODY, 250, "not sent: MAIL_SUPPRESS_SEND is on")


class NotAccepted(Exception):
    """The relay did not take the message, or nobody knows; the reply says which."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(f"{reply.code} at {reply.stage}")
        self.reply = reply


class ProtocolError(Exception):
    """What came in is no reply to what we sent."""


class SmtpProtocol:
    """The client's side: `send_envelope`, then `send_data` after the go-ahead, and so on.

    The next envelope may follow right behind a message, before that has its reply (RFC 2920). What must be written
    piles up in `outgoing`. Where the relay offers no pipelining, one command is written at a time.
    """

    def __init__(self, *, pipelining: bool) -> None:
        self.pipelining = pipelining
        self.outgoing: list[bytes] = []
        self.is_over = False  # the relay leaves, or is in a state that only closing ends
        self._expected: deque[Stage] = deque()
        self._commands: deque[tuple[Stage, bytes]] = deque()
        self._incoming = b""
        self._refusal: Reply | None = None
        self._needs_reset = False

    @property
    def is_waiting(self) -> bool:
        """Whether a reply must still come."""
        return bool(self._expected)

    def send_envelope(self, sender: str, recipient: str) -> None:
        """Begin with the next message: MAIL, RCPT and DATA."""
        envelope = b"MAIL FROM:<%b>\r\nRCPT TO:<%b>\r\nDATA\r\n" % (sender.encode("ascii"), recipient.encode("ascii"))
        self._refusal = None
        if self.pipelining and not self._needs_reset:
            self.outgoing.append(envelope)
            self._expected += ENVELOPE
            return
        self._commands += zip(ENVELOPE, envelope.splitlines(keepends=True), strict=True)
        if self._needs_reset:
            self._commands.appendleft((Stage.RSET, b"RSET\r\n"))
            self._needs_reset = False
        self._send_next()

    def send_data(self, content: bytes) -> None:
        """Write the message and its final dot; the go-ahead must have come.

        content: ends with CRLF, and no line of it begins with a dot: use `stuffed` if you do not know.
        """
        self.outgoing += (content, DOT)
        self._expected.append(Stage.BODY)

    def feed(self, data: bytes) -> list[Reply]:
        """Take in bytes; returns the replies that decide something: a go-ahead, a refusal, or the one to the final dot.

        Raises ProtocolError.
        """
        *lines, self._incoming = (self._incoming + data).split(b"\n")
        if len(self._incoming) > LONGEST_REPLY:
            raise ProtocolError("a reply without end")
        replies: list[Reply] = []
        text: list[bytes] = []
        for line in lines:
            text.append(line)
            if line[3:4] == b"-":
                continue  # more of this reply is to come
            decisive = self._take(text, after=replies)
            text = []
            if decisive:
                replies.append(decisive)
            if self.is_over:
                break
        if text:
            self._incoming = b"\n".join([*text, self._incoming])
        return replies

    def _take(self, lines: list[bytes], *, after: list[Reply]) -> Reply | None:
        code = lines[-1][:3]
        if not code.isdigit() or not self._expected:
            if code == b"421":  # the relay leaves unasked: it was idle for too long, or it stops
                self.is_over = True
                return None
            self.is_over = True
            if after:  # what came before holds
                return None
            raise ProtocolError("the reply is no SMTP")
        stage = self._expected.popleft()
        if code == USUAL.get(stage) and self.pipelining and self._refusal is None:
            return READY_FOR_DATA if stage is Stage.DATA else None  # nearly all replies: no command waits for this one
        text = " ".join(
            b" ".join([line[4:] for line in lines]).decode("utf-8", "replace").replace("\0", "")[:LONGEST_TEXT].split()
        )
        return self._decide(Reply(stage, int(code), text))

    def _decide(self, reply: Reply) -> Reply | None:
        """The reply that decides, if any: the other replies to a refused envelope decide nothing."""
        stage = reply.stage
        if reply.code == SERVICE_CLOSES:
            self.is_over = True
        if stage is Stage.BODY:
            return reply
        if stage is Stage.RSET:
            self._send_next()
            return None
        if not reply.is_good:
            self._refusal = self._refusal or reply
        if self._refusal is None:
            self._send_next()
            return reply if stage is Stage.DATA else None
        if self.pipelining and stage is not Stage.DATA and not self.is_over:
            return None  # the reply to DATA is still to come
        self._commands.clear()
        self._needs_reset = True
        self.is_over = self.is_over or reply.is_go_ahead  # it waits for a body that must not come
        return self._refusal

    def _send_next(self) -> None:
        while self._commands and (self.pipelining or not self._expected):
            stage, command = self._commands.popleft()
            self.outgoing.append(command)
            self._expected.append(stage)


def send_message(client: smtplib.SMTP, sender: str, recipient: str, content: bytes, *, final_timeout: float) -> Reply:
    """Send one message, waiting for each reply, and return the relay's reply to the final dot.

    final_timeout: seconds to wait for that last reply, for giving up on it leaves the outcome unknown.
    Raises NotAccepted, with the connection ready for the next message, or closed when it cannot be.
    """
    protocol = SmtpProtocol(pipelining=client.has_extn("pipelining"))
    protocol.send_envelope(sender, recipient)
    reply = _next(client, protocol, Stage.MAIL)
    if reply.is_go_ahead:
        protocol.send_data(stuffed(content))
        if client.sock:
            client.sock.settimeout(final_timeout)
        reply = _next(client, protocol, Stage.DATA)
        if client.sock:
            client.sock.settimeout(client.timeout)
    if protocol.is_over:
        client.close()
    if not reply.is_good:
        _reset(client, reply)
        raise NotAccepted(reply)
    return reply


def _next(client: smtplib.SMTP, protocol: SmtpProtocol, stage: Stage) -> Reply:
    """Write what must be written, and read until something is decided."""
    try:
        while True:
            if protocol.outgoing:
                client.send(b"".join(protocol.outgoing))
                protocol.outgoing.clear()
                stage = Stage.BODY if stage is Stage.DATA else stage
            data = client.sock.recv(LONGEST_REPLY) if client.sock else b""
            if not data:
                raise smtplib.SMTPServerDisconnected("the relay closed the connection")
            for reply in protocol.feed(data):
                return reply
    except (OSError, smtplib.SMTPException, ProtocolError) as problem:
        client.close()
        raise NotAccepted(Reply(stage, None, str(problem))) from problem


def _reset(client: smtplib.SMTP, reply: Reply) -> None:
    if client.sock and reply.stage is not Stage.BODY:
        try:
            client.rset()
        except (OSError, smtplib.SMTPException):
            client.close()


def stuffed(content: bytes) -> bytes:
    """A message as it may follow DATA (RFC 5321, 4.5.2); what we encode ourselves is so already."""
    if b"\n." in content or content.startswith(b"."):
        content = LEADING_DOT.sub(b"..", content)
    return content if content.endswith(b"\r\n") else content + b"\r\n"


def say_quit(client: smtplib.SMTP) -> None:
    """Say QUIT, also to a relay that is gone already."""
    with contextlib.suppress(OSError, smtplib.SMTPException):
        if client.sock:
            client.quit()
    client.close()
