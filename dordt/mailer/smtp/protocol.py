"""SMTP over an open connection, without any socket: what to say next, and what the relay's answers mean."""

import contextlib
import re
import smtplib
from collections import deque
from dataclasses import dataclass
from enum import StrEnum

SERVICE_CLOSES = 421
GO_AHEAD = 354
ENHANCED = re.compile(r"([245]\.\d{1,3}\.\d{1,3})\b")
LEADING_DOT = re.compile(rb"^\.", re.MULTILINE)
LONGEST_WORDS = 1_000  # characters that are kept of them
LONGEST_ANSWER = 65_536  # octets; a line is 512 at most (RFC 5321, 4.5.3.1.5), but relays like to explain themselves
DOT = b".\r\n"


class Stage(StrEnum):
    """The steps of one letter; only in BODY, after the final dot, can the outcome be unknown."""

    MAIL = "MAIL"
    RCPT = "RCPT"
    DATA = "DATA"
    BODY = "BODY"
    RSET = "RSET"


ENVELOPE = (Stage.MAIL, Stage.RCPT, Stage.DATA)


@dataclass(frozen=True, slots=True)
class Reply:
    """What the relay answered; without a code it answered nothing, and the connection is gone."""

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
        """Whether the relay lets us go on, or in BODY: took the letter."""
        return self.code == GO_AHEAD if self.stage is Stage.DATA else 200 <= (self.code or 0) < 300

    @property
    def is_go_ahead(self) -> bool:
        """Whether the body may come now."""
        return self.stage is Stage.DATA and self.code == GO_AHEAD


USUAL = {Stage.MAIL: b"250", Stage.RCPT: b"250", Stage.DATA: b"354"}
GO_ON = Reply(Stage.DATA, GO_AHEAD, "go ahead")
NOT_SENT = Reply(Stage.BODY, 250, "not sent: MAIL_SUPPRESS_SEND is on")


class NotAccepted(Exception):
    """The relay did not take the letter, or nobody knows; the reply says which."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(f"{reply.code} at {reply.stage}")
        self.reply = reply


class NoSmtp(Exception):
    """What came in is no answer to what we said."""


class Dialogue:
    """Our side of the conversation: `announce` an envelope, `deliver` its letter after the go-ahead, and so on.

    The next envelope may be announced right behind a letter, before that has its answer (RFC 2920). What must be
    written piles up in `outgoing`. Where the relay offers no pipelining, one command is written at a time.
    """

    def __init__(self, *, pipelining: bool) -> None:
        self.pipelining = pipelining
        self.outgoing: list[bytes] = []
        self.is_over = False  # the relay leaves, or is in a state that only hanging up ends
        self._expected: deque[Stage] = deque()
        self._commands: deque[tuple[Stage, bytes]] = deque()
        self._incoming = b""
        self._refusal: Reply | None = None
        self._needs_reset = False

    @property
    def is_waiting(self) -> bool:
        """Whether an answer must still come."""
        return bool(self._expected)

    def announce(self, sender: str, recipient: str) -> None:
        """Begin with the next letter: MAIL, RCPT and DATA."""
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
        self._go_on()

    def deliver(self, content: bytes) -> None:
        """Write the letter and its final dot; the go-ahead must have been heard.

        content: ends with CRLF, and no line of it begins with a dot: `stuffed` if you do not know.
        """
        self.outgoing += (content, DOT)
        self._expected.append(Stage.BODY)

    def feed(self, data: bytes) -> list[Reply]:
        """Take in what came; returns what decides something: a go-ahead, a refusal, or the answer to the final dot.

        Raises NoSmtp.
        """
        *lines, self._incoming = (self._incoming + data).split(b"\n")
        if len(self._incoming) > LONGEST_ANSWER:
            raise NoSmtp("an answer without end")
        said: list[Reply] = []
        text: list[bytes] = []
        for line in lines:
            text.append(line)
            if line[3:4] == b"-":
                continue  # more of this answer is to come
            decisive = self._take(text, after=said)
            text = []
            if decisive:
                said.append(decisive)
            if self.is_over:
                break
        if text:
            self._incoming = b"\n".join([*text, self._incoming])
        return said

    def _take(self, lines: list[bytes], *, after: list[Reply]) -> Reply | None:
        code = lines[-1][:3]
        if not code.isdigit() or not self._expected:
            if code == b"421":  # the relay leaves unasked: it was idle for too long, or it stops
                self.is_over = True
                return None
            self.is_over = True
            if after:  # what was said before holds
                return None
            raise NoSmtp("the answer is no SMTP")
        stage = self._expected.popleft()
        if code == USUAL.get(stage) and self.pipelining and self._refusal is None:
            return GO_ON if stage is Stage.DATA else None  # nearly all answers: no command waits for this one
        words = " ".join(
            b" ".join([line[4:] for line in lines]).decode("utf-8", "replace").replace("\0", "")[:LONGEST_WORDS].split()
        )
        return self._judge(Reply(stage, int(code), words))

    def _judge(self, reply: Reply) -> Reply | None:
        """What this answer decides, if anything; the other answers to a refused envelope decide nothing."""
        stage = reply.stage
        if reply.code == SERVICE_CLOSES:
            self.is_over = True
        if stage is Stage.BODY:
            return reply
        if stage is Stage.RSET:
            self._go_on()
            return None
        if not reply.is_good:
            self._refusal = self._refusal or reply
        if self._refusal is None:
            self._go_on()
            return reply if stage is Stage.DATA else None
        if self.pipelining and stage is not Stage.DATA and not self.is_over:
            return None  # the answer to DATA is still to come
        self._commands.clear()
        self._needs_reset = True
        self.is_over = self.is_over or reply.is_go_ahead  # it waits for a body that must not come
        return self._refusal

    def _go_on(self) -> None:
        while self._commands and (self.pipelining or not self._expected):
            stage, command = self._commands.popleft()
            self.outgoing.append(command)
            self._expected.append(stage)


def hand_over(host: smtplib.SMTP, sender: str, recipient: str, content: bytes, *, final_timeout: float) -> Reply:
    """Hand one letter over, waiting for each answer, and return the relay's answer to the final dot.

    final_timeout: seconds to wait for that last answer, for giving up on it leaves the outcome unknown.
    Raises NotAccepted, with the connection ready for the next letter, or closed when it cannot be.
    """
    dialogue = Dialogue(pipelining=host.has_extn("pipelining"))
    dialogue.announce(sender, recipient)
    reply = _next(host, dialogue, Stage.MAIL)
    if reply.is_go_ahead:
        dialogue.deliver(stuffed(content))
        if host.sock:
            host.sock.settimeout(final_timeout)
        reply = _next(host, dialogue, Stage.DATA)
        if host.sock:
            host.sock.settimeout(host.timeout)
    if dialogue.is_over:
        host.close()
    if not reply.is_good:
        _reset(host, reply)
        raise NotAccepted(reply)
    return reply


def _next(host: smtplib.SMTP, dialogue: Dialogue, stage: Stage) -> Reply:
    """Write what must be written, and read until something is decided."""
    try:
        while True:
            if dialogue.outgoing:
                host.send(b"".join(dialogue.outgoing))
                dialogue.outgoing.clear()
                stage = Stage.BODY if stage is Stage.DATA else stage
            data = host.sock.recv(LONGEST_ANSWER) if host.sock else b""
            if not data:
                raise smtplib.SMTPServerDisconnected("the relay hung up")
            for reply in dialogue.feed(data):
                return reply
    except (OSError, smtplib.SMTPException, NoSmtp) as problem:
        host.close()
        raise NotAccepted(Reply(stage, None, str(problem))) from problem


def _reset(host: smtplib.SMTP, reply: Reply) -> None:
    if host.sock and reply.stage is not Stage.BODY:
        try:
            host.rset()
        except (OSError, smtplib.SMTPException):
            host.close()


def stuffed(content: bytes) -> bytes:
    """A message as it may follow DATA (RFC 5321, 4.5.2); what we encode ourselves is so already."""
    if b"\n." in content or content.startswith(b"."):
        content = LEADING_DOT.sub(b"..", content)
    return content if content.endswith(b"\r\n") else content + b"\r\n"


def hang_up(host: smtplib.SMTP) -> None:
    """Take leave, of a relay that is gone too."""
    with contextlib.suppress(OSError, smtplib.SMTPException):
        if host.sock:
            host.quit()
    host.close()
