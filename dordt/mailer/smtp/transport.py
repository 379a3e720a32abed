"""SMTP transport: Flask-Mail's interface over our own connections."""

import contextlib
import ipaddress
import smtplib
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email.utils import parseaddr
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from flask import Flask, current_app
from flask_mail import Connection as FlaskMailConnection
from flask_mail import Mail as FlaskMail
from flask_mail import Message as FlaskMailMessage
from flask_mail import email_dispatched, sanitize_address

from dordt.mailer.smtp.protocol import NOT_SENT, Reply, say_quit, send_message

READY = 220
OPENING_WAIT = 3  # times MAIL_TIMEOUT: for all of greeting, TLS and sign-in together, however slowly the relay replies
FINAL_WAIT = 10  # times MAIL_TIMEOUT: the relay may look a message over before it replies (RFC 5321, 4.5.3.2.6)


if TYPE_CHECKING:
    from dordt.mailer.relays import Relay


class Unreachable(Exception):
    """The relay cannot be reached, or refuses to serve us."""


class Message(FlaskMailMessage):
    """One message, encoded already. (Flask-Mail's own looks up the machine's host name each time it is made.)"""

    def __init__(self, content: bytes, *, sender: str, recipient: str, subject: str = "") -> None:
        self.content = content
        self.sender, self.recipients, self.subject = sender, [recipient], subject
        self.cc, self.bcc, self.attachments = [], [], []
        self.body = self.reply_to = self.extra_headers = self.charset = self.date = None
        self.alts: dict[str, str] = {}
        self.mail_options, self.rcpt_options = [], []

    def as_bytes(self) -> bytes:
        """The message as it leaves."""
        return self.content

    def as_string(self) -> str:
        """The message as text; it is 7-bit."""
        return self.content.decode("ascii")


class Connection(FlaskMailConnection):
    """One connection to a relay, with timeouts, checked certificates, and the reply of the relay."""

    host: smtplib.SMTP | None

    def __init__(self, app: Flask, relay: "Relay | None" = None) -> None:
        super().__init__(app.extensions["mail"])
        self.app, self.relay = app, relay
        self._target: Any = relay or self.mail
        self.num_emails = 0
        self.timeout: float = app.config["MAIL_TIMEOUT"]  # seconds for the reply to a command
        self.final_timeout = self.timeout * FINAL_WAIT

    def __enter__(self) -> "Connection":
        self.open()
        return self

    def __exit__(self, *_problem: object) -> None:
        self.close()

    def open(self) -> None:
        """Connect. Raises Unreachable."""
        self.num_emails = 0
        self.host = None if self.mail.suppress else self.configure_host()

    @property
    def is_exhausted(self) -> bool:
        """Whether it has carried as many messages as MAIL_MAX_EMAILS allows."""
        return bool(self.mail.max_emails) and self.num_emails >= self.mail.max_emails

    def close(self) -> None:
        """Say QUIT and close."""
        if self.host is not None:
            say_quit(self.host)
            self.host = None

    def configure_host(self) -> smtplib.SMTP:
        """A client ready for messages. Raises Unreachable."""
        server, port = self._address()
        client = self._client()
        client._host = server  # type: ignore[attr-defined]  # what the certificate must name; connect() does not keep it
        try:
            with _time_limit(client, after=self.timeout * OPENING_WAIT):
                self._connect(client, server, port)
                self._ehlo(client)
        except (OSError, smtplib.SMTPException) as problem:
            client.close()
            raise Unreachable(_reason(problem)) from problem
        return client

    def send(self, message: Any, envelope_from: Any = None) -> Reply:  # type: ignore[override]
        """Send one message, wait, and return the reply of the relay. Raises NotAccepted."""
        (recipient,) = message.send_to
        reply = NOT_SENT
        self.num_emails += 1
        if self.host is not None:
            sender = _bare(envelope_from or message.sender)
            reply = send_message(
                self.host, sender, _bare(recipient), message.as_bytes(), final_timeout=self.final_timeout
            )
        email_dispatched.send(self.app, message=message)
        return reply

    def signal_dispatch(self, rendered: Any) -> None:
        """Tell whoever listens to Flask-Mail's signal (`record_messages` does) that a message leaves."""
        if email_dispatched.receivers:
            message = Message(
                rendered.content, sender=rendered.sender, recipient=rendered.recipient, subject=rendered.subject
            )
            email_dispatched.send(self.app, message=message)

    def _address(self) -> tuple[str, int]:
        """Where the relay is; in development without MAIL_SERVER the mail catcher says where it listens."""
        path = self.app.config.get("MAIL_CATCHER_FILE")
        if path is None or (self.relay and self.relay.is_backup):
            return self._target.server, self._target.port
        try:
            host, _, port = path.read_text().strip().rpartition(":")
            return host, int(port)
        except (OSError, ValueError) as problem:
            raise Unreachable("MAIL_SERVER is not set and no mail catcher runs") from problem

    def _client(self) -> smtplib.SMTP:
        options: dict[str, Any] = {"timeout": self.app.config["MAIL_TIMEOUT"], "local_hostname": _own_name(self.app)}
        if self._target.use_ssl:
            return smtplib.SMTP_SSL(context=ssl.create_default_context(), **options)
        return smtplib.SMTP(**options)

    def _connect(self, client: smtplib.SMTP, server: str, port: int) -> None:
        code, words = client.connect(server, port)
        if code != READY:
            raise smtplib.SMTPConnectError(code, words)

    def _ehlo(self, client: smtplib.SMTP) -> None:
        client.set_debuglevel(int(self.mail.debug))
        if client.sock:
            client.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # the final dot leaves at once
        client.ehlo_or_helo_if_needed()
        if self._target.use_tls:
            client.starttls(context=ssl.create_default_context())
            client.ehlo_or_helo_if_needed()
        if self._target.username and self._target.password:
            client.login(self._target.username, self._target.password)


class Mail(FlaskMail):
    """Flask-Mail with our connections."""

    def init_app(self, app: Flask) -> Any:
        """Read the MAIL_ settings. The SMTP dialogue, full of addresses, is printed only with MAIL_DEBUG."""
        app.config.setdefault("MAIL_DEBUG", False)
        return super().init_app(app)

    def connect(self, relay: "Relay | None" = None) -> Connection:
        """A connection to a relay (None: the one of MAIL_SERVER), not yet open."""
        return Connection(current_app._get_current_object(), relay)  # type: ignore[attr-defined]


mail = Mail()


@contextmanager
def _time_limit(client: smtplib.SMTP, *, after: float) -> Iterator[None]:
    """End a session that takes too long to begin: a timeout of smtplib counts again with each line that comes."""

    def shut_down() -> None:
        with contextlib.suppress(OSError):
            if client.sock:
                client.sock.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(after, shut_down)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _reason(problem: Exception) -> str:
    """In the words of an operator: 'connection refused', '421 4.3.2 Service not available'."""
    if isinstance(problem, smtplib.SMTPResponseException):
        text = problem.smtp_error
        return f"{problem.smtp_code} {text.decode('utf-8', 'replace') if isinstance(text, bytes) else text}"
    words = problem.strerror if isinstance(problem, OSError) and problem.strerror else str(problem)
    return words[:1].lower() + words[1:] if words[1:2].islower() else words


def _bare(mailbox: Any) -> str:
    return parseaddr(sanitize_address(mailbox))[1]


def _own_name(app: Flask) -> str:
    """Our name in EHLO; smtplib would ask the name server who we are, at each connection."""
    host = urlsplit(app.config["SITE_URL"]).hostname or "localhost"
    try:
        return f"[{ipaddress.ip_address(host)}]"
    except ValueError:
        return host.encode("idna").decode()
