"""A mail server for development: takes in every mail, delivers none, and keeps them for the mailbox page."""

import asyncio
import socket
import threading
from asyncio import AbstractEventLoop
from collections.abc import Callable
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

from dordt.development.mailbox import CaughtMail
from dordt.shared import clock

LARGEST_MAIL = 30 * 1024 * 1024
ADDRESS_FILE = "smtp-address"


class SmtpThread:
    """Serves SMTP sessions made by `new_session` until stopped; nothing stays open after that."""

    def __init__(self, new_session: Callable[[AbstractEventLoop], SMTP], port: int = 0) -> None:
        self._listener = socket.create_server(("127.0.0.1", port))
        self._listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # short answers do not wait for each other
        self.host, self.port = self._listener.getsockname()
        self._new_session = new_session
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)
        self._thread.start()
        self._ready.wait(10)

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._stopped.set)
        self._thread.join(10)

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stopped = asyncio.Event()
        server = await self._loop.create_server(lambda: self._new_session(self._loop), sock=self._listener)
        self._ready.set()
        await self._stopped.wait()
        server.close()


class Catcher:
    """Listens on a free port of this machine, and leaves its address in the data dir, where the worker finds it."""

    def __init__(self, data_dir: Path) -> None:
        self.mails = CaughtMail(data_dir)
        self.address_file = data_dir / ADDRESS_FILE
        self.address = ""
        self._server: SmtpThread | None = None

    def start(self) -> None:
        self._server = SmtpThread(self._new_session)
        self.address = f"{self._server.host}:{self._server.port}"
        fresh = self.address_file.with_name(f".{ADDRESS_FILE}")
        fresh.write_text(self.address)
        fresh.replace(self.address_file)

    def stop(self) -> None:
        """Take the address file away only if it is still ours: another catcher may have started since."""
        if self._server:
            self._server.stop()
        if self.address_file.exists() and self.address_file.read_text() == self.address:
            self.address_file.unlink()

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        """Keep one mail; aiosmtpd calls this after the final dot."""
        content = envelope.original_content or b""
        sender = envelope.mail_from or ""
        number = self.mails.add(content, sender=sender, recipients=envelope.rcpt_tos, at=clock.now())
        return f"250 2.0.0 OK kept as {number}"

    def _new_session(self, loop: AbstractEventLoop) -> SMTP:
        return SMTP(self, hostname="postvak", data_size_limit=LARGEST_MAIL, enable_SMTPUTF8=True, loop=loop)
