"""One letter over an open SMTP connection: how far it came, and what the relay said."""

import contextlib
import re
import smtplib
from dataclasses import dataclass
from enum import StrEnum

SERVICE_CLOSES = 421
GO_AHEAD = 354
ENHANCED = re.compile(r"([245]\.\d{1,3}\.\d{1,3})\b")
LEADING_DOT = re.compile(rb"^\.", re.MULTILINE)


class Stage(StrEnum):
    """The steps of one letter; only in BODY, after the final dot, can the outcome be unknown."""

    MAIL = "MAIL"
    RCPT = "RCPT"
    DATA = "DATA"
    BODY = "BODY"


@dataclass(frozen=True)
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


class NotAccepted(Exception):
    """The relay did not take the letter, or nobody knows; the reply says which."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(f"{reply.code} at {reply.stage}")
        self.reply = reply


def hand_over(host: smtplib.SMTP, sender: str, recipient: str, content: bytes, *, final_timeout: float) -> Reply:
    """Hand one letter over and return the relay's answer to the final dot.

    final_timeout: seconds to wait for that last answer, for giving up on it leaves the outcome unknown.
    Raises NotAccepted, with the connection ready for the next letter, or closed when it cannot be.
    """
    _announce(host, sender, recipient)
    stage = Stage.DATA
    try:
        host.send(_body(content))
        stage = Stage.BODY
        host.send(b".\r\n")
        reply = _final_answer(host, final_timeout)
    except (OSError, smtplib.SMTPException) as problem:
        host.close()
        raise NotAccepted(Reply(stage, None, str(problem))) from problem
    if not reply.is_good:
        _make_ready(host, reply)
        raise NotAccepted(reply)
    return reply


def _announce(host: smtplib.SMTP, sender: str, recipient: str) -> None:
    """MAIL, RCPT and DATA: in one go where the relay offers pipelining (RFC 2920), else step by step."""
    commands = {
        Stage.MAIL: f"MAIL FROM:<{sender}>\r\n",
        Stage.RCPT: f"RCPT TO:<{recipient}>\r\n",
        Stage.DATA: "DATA\r\n",
    }
    at_once = host.has_extn("pipelining")
    stage, refusal, reply = Stage.MAIL, None, None
    try:
        if at_once:
            host.send("".join(commands.values()))
        for stage, command in commands.items():
            if not at_once:
                host.send(command)
            reply = _read(host, stage)
            refusal = refusal or (None if reply.is_good else reply)
            if refusal and (not at_once or reply.code == SERVICE_CLOSES):
                break
    except (OSError, smtplib.SMTPException) as problem:
        host.close()
        raise NotAccepted(refusal or Reply(stage, None, str(problem))) from problem
    if refusal:
        _make_ready(host, reply)
        raise NotAccepted(refusal)


def _final_answer(host: smtplib.SMTP, timeout: float) -> Reply:
    sock = host.sock
    if sock is None:
        raise smtplib.SMTPServerDisconnected("hung up")
    usual = sock.gettimeout()
    sock.settimeout(timeout)
    reply = _read(host, Stage.BODY)
    sock.settimeout(usual)
    return reply


def _read(host: smtplib.SMTP, stage: Stage) -> Reply:
    code, text = host.getreply()
    if code < 200:
        raise smtplib.SMTPServerDisconnected("the answer is no SMTP")
    return Reply(stage, code, " ".join(text.decode("utf-8", "replace").replace("\0", "").split()))


def _make_ready(host: smtplib.SMTP, last: Reply | None) -> None:
    """After a refusal: begin anew, or hang up when the relay leaves or waits for a body that must not come."""
    waits_for_body = last is not None and last.stage is Stage.DATA and last.is_good
    if last is None or waits_for_body or last.code == SERVICE_CLOSES:
        host.close()
        return
    try:
        host.rset()
    except (OSError, smtplib.SMTPException):
        host.close()


def _body(content: bytes) -> bytes:
    """What we encode has no dot at the start of a line; another message may."""
    if b"\n." in content or content.startswith(b"."):
        content = LEADING_DOT.sub(b"..", content)
    return content if content.endswith(b"\r\n") else content + b"\r\n"


def hang_up(host: smtplib.SMTP) -> None:
    """Take leave, of a relay that is gone too."""
    with contextlib.suppress(OSError, smtplib.SMTPException):
        if host.sock:
            host.quit()
    host.close()
