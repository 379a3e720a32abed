"""An SMTP server that takes everything and keeps only counts and times: fast, so that it is not what is measured."""

import asyncio
import json
import sys
import time

EHLO = b"250-sink\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n"
END_OF_BODY = b"\r\n.\r\n"


class Tally:
    """What came in since the last question."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Begin anew."""
        self.letters, self.first_at, self.last_at = 0, 0.0, 0.0
        self.recipients: set[bytes] = set()

    def add(self, recipient: bytes) -> None:
        """One letter more."""
        self.last_at = time.monotonic()
        self.first_at = self.first_at or self.last_at
        self.letters += 1
        self.recipients.add(recipient)

    def told(self) -> str:
        """As one line of JSON."""
        seconds = self.last_at - self.first_at
        return json.dumps({"letters": self.letters, "recipients": len(self.recipients), "seconds": seconds})


class Conversation(asyncio.Protocol):
    """One connection, read as it comes: lines until DATA, then a body until the lone dot."""

    def __init__(self, tally: Tally) -> None:
        self.tally = tally
        self.waiting, self.recipient, self.in_body = b"", b"", False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet."""
        self.transport: asyncio.WriteTransport = transport  # type: ignore[assignment]
        self.transport.write(b"220 sink\r\n")

    def data_received(self, data: bytes) -> None:
        """Answer whatever is complete, in one go."""
        self.waiting += data
        answers = b""
        while (answer := self._next()) is not None:
            answers += answer
        self.transport.write(answers)

    def _next(self) -> bytes | None:
        end = END_OF_BODY if self.in_body else b"\r\n"
        part, found, rest = self.waiting.partition(end)
        if not found:
            return None
        self.waiting = rest
        if self.in_body:
            self.in_body = False
            self.tally.add(self.recipient)
            return b"250 2.0.0 OK\r\n"
        return self._answer(part)

    def _answer(self, line: bytes) -> bytes:
        verb = line[:4].upper()
        if verb == b"RCPT":
            self.recipient = line[8:]
        self.in_body = verb == b"DATA"
        return {b"EHLO": EHLO, b"DATA": b"354 go\r\n", b"QUIT": b"221 bye\r\n"}.get(verb, b"250 2.0.0 OK\r\n")


async def serve() -> None:
    """Print the port; then, for each line on standard input, print the tally and begin anew."""
    tally, loop = Tally(), asyncio.get_running_loop()
    server = await loop.create_server(lambda: Conversation(tally), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    while await loop.run_in_executor(None, sys.stdin.readline):
        print(tally.told(), flush=True)
        tally.clear()


if __name__ == "__main__":
    asyncio.run(serve())
