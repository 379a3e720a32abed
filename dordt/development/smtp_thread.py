"""An SMTP server that listens in a thread of its own, on a port that was free."""

import asyncio
import socket
import threading
from collections.abc import Callable

from aiosmtpd.smtp import SMTP


class SmtpThread:
    """Serves conversations made by `new_conversation` until stopped; nothing stays open after that."""

    def __init__(self, new_conversation: Callable[[asyncio.AbstractEventLoop], SMTP], port: int = 0) -> None:
        self._listener = socket.create_server(("127.0.0.1", port))
        self._listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # short answers do not wait for each other
        self.host, self.port = self._listener.getsockname()
        self._new_conversation = new_conversation
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)
        self._thread.start()
        self._ready.wait(10)

    def stop(self) -> None:
        """Listen no more, and hang up on whoever is connected."""
        self._loop.call_soon_threadsafe(self._stopped.set)
        self._thread.join(10)

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stopped = asyncio.Event()
        server = await self._loop.create_server(lambda: self._new_conversation(self._loop), sock=self._listener)
        self._ready.set()
        await self._stopped.wait()
        server.close()
