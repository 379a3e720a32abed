"""An SMTP server that takes everything and keeps only counts and times: fast, so that it is not what is measured."""

import asyncio
import json
import sys
import time
from collections.abc import Callable

EHLO = b"250-sink\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n"
END_OF_BODY = b"\r\n.\r\n"
WELL = b"250 2.0.0 OK\r\n"
ANSWERS = {b"EHLO": EHLO, b"DATA": b"354 go\r\n", b"QUIT": b"221 bye\r\n"}


class Tally:
    """What came in since the last question."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Begin again at zero."""
        self.messages, self.connections, self.first_at, self.last_at = 0, 0, 0.0, 0.0
        self.recipients: set[bytes] = set()
        self.last = b""

    def add(self, recipient: bytes, content: bytes) -> None:
        """Count one message."""
        self.last_at = time.monotonic()
        self.first_at = self.first_at or self.last_at
        self.messages += 1
        self.recipients.add(recipient)
        self.last = content

    def as_json(self) -> str:
        """As one line of JSON."""
        return json.dumps(
            {
                "messages": self.messages,
                "recipients": len(self.recipients),
                "connections": self.connections,
                "seconds": self.last_at - self.first_at,
                "octets": len(self.last),
                "last": self.last.decode("latin-1"),
            }
        )


class SmtpSession(asyncio.Protocol):
    """One connection, read as it comes: lines until DATA, then a body until the lone dot."""

    def __init__(self, tally: Tally) -> None:
        self.tally = tally
        self.waiting, self.recipient, self.in_body = b"", b"", False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet."""
        self.transport: asyncio.WriteTransport = transport  # type: ignore[assignment]
        self.tally.connections += 1
        self.say(b"220 sink ESMTP\r\n")

    def data_received(self, data: bytes) -> None:
        """Answer whatever is complete, in one go."""
        self.waiting += data
        answers = b""
        while (answer := self._next()) is not None:
            answers += answer
        if answers:
            self.say(answers)

    def say(self, answers: bytes) -> None:
        """Send the answers."""
        self.transport.write(answers)

    def _next(self) -> bytes | None:
        if self.in_body:
            return self._end_of_body()
        line, found, rest = self.waiting.partition(b"\r\n")
        if not found:
            return None
        self.waiting = rest
        return self._answer(line)

    def _end_of_body(self) -> bytes | None:
        if not self.waiting.endswith(END_OF_BODY) and END_OF_BODY not in self.waiting:
            return None
        content, _, self.waiting = self.waiting.partition(END_OF_BODY)
        self.in_body = False
        self.tally.add(self.recipient, content)
        return WELL

    def _answer(self, line: bytes) -> bytes:
        verb = line[:4].upper()
        if verb == b"RCPT":
            self.recipient = line[8:]
        self.in_body = verb == b"DATA"
        return ANSWERS.get(verb, WELL)


async def serve(new_session: Callable[[Tally], SmtpSession]) -> None:
    """Print the port; then, for each line on standard input, print the tally and reset it."""
    tally, loop = Tally(), asyncio.get_running_loop()
    server = await loop.create_server(lambda: new_session(tally), "127.0.0.1", 0, backlog=500)
    print(server.sockets[0].getsockname()[1], flush=True)
    while await loop.run_in_executor(None, sys.stdin.readline):
        print(tally.as_json(), flush=True)
        tally.clear()


if __name__ == "__main__":
    asyncio.run(serve(SmtpSession))
