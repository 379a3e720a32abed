"""A mail server for development: takes in every mail, delivers none, and keeps them for the mailbox page."""

from asyncio import AbstractEventLoop
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

from dordt.development.caught import CaughtMail
from dordt.development.smtp_thread import SmtpThread
from dordt.shared import clock

LARGEST_MAIL = 30 * 1024 * 1024
ADDRESS_FILE = "smtp-address"


class Catcher:
    """Listens on a free port of this machine, and leaves its address in the data dir, where the worker finds it."""

    def __init__(self, data_dir: Path) -> None:
        self.mails = CaughtMail(data_dir)
        self.address_file = data_dir / ADDRESS_FILE
        self.address = ""
        self._server: SmtpThread | None = None

    def start(self) -> None:
        """Listen, and say where."""
        self._server = SmtpThread(self._conversation)
        self.address = f"{self._server.host}:{self._server.port}"
        fresh = self.address_file.with_name(f".{ADDRESS_FILE}")
        fresh.write_text(self.address)
        fresh.replace(self.address_file)

    def stop(self) -> None:
        """Listen no more, and take the address away if it is still ours."""
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

    def _conversation(self, loop: AbstractEventLoop) -> SMTP:
        return SMTP(self, hostname="postvak", data_size_limit=LARGEST_MAIL, enable_SMTPUTF8=True, loop=loop)
