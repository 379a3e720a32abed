"""A mailbox on an IMAP server (RFC 3501): its mails with their sizes, one mail, and taking mails away."""

import binascii
import imaplib
import ipaddress
import re
import ssl
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlsplit

TIMEOUT = 15  # seconds for each step
PORTS = {"imaps": 993, "imap": 143}
SIZE = re.compile(rb"UID (\d+).*?RFC822\.SIZE (\d+)|RFC822\.SIZE (\d+).*?UID (\d+)")
BATCH = 200  # UIDs in one command


class MailboxRefused(ValueError):
    """IMAP_URL is not what it must be; the text does not repeat it: there is a password in it."""


class MailboxError(OSError):
    """The server answers no; the text is its code alone, for its words may contain an address."""


@dataclass(frozen=True)
class Address:
    """Where a mailbox is, and who reads it."""

    host: str
    port: int
    is_tls: bool
    user: str = field(repr=False)
    password: str = field(repr=False)
    folder: str


def address_of(url: str) -> Address:
    """Read `imaps://user:password@host:993/INBOX`, user and password percent-encoded. Raises MailboxRefused.

    Without TLS (`imap://`) only this machine is allowed.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or PORTS.get(parts.scheme, 0)
    except ValueError as wrong:
        raise MailboxRefused("IMAP_URL is no URL.") from wrong.with_traceback(None)
    if parts.scheme not in PORTS or not host or not parts.username or parts.password is None:
        raise MailboxRefused("IMAP_URL must be like imaps://user:password@host:993/INBOX.")
    if parts.scheme == "imap" and not _is_this_machine(host):
        raise MailboxRefused("IMAP_URL must begin with imaps:// unless the mailbox is on this machine.")
    folder = unquote(parts.path.strip("/")) or "INBOX"
    return Address(host, port, parts.scheme == "imaps", unquote(parts.username), unquote(parts.password), folder)


class Mailbox:
    """An open folder. A mail is identified by its UID, which does not change when others take mails away."""

    def __init__(self, client: imaplib.IMAP4) -> None:
        self._client = client
        self._capabilities = {str(name).upper() for name in client.capabilities}

    def sizes(self) -> dict[int, int]:
        """How many octets each mail has, the oldest first."""
        uids = self._search("ALL")
        found: dict[int, int] = {}
        for start in range(0, len(uids), BATCH):
            for row in self._uid("FETCH", _set(uids[start : start + BATCH]), "(UID RFC822.SIZE)"):
                match = SIZE.search(_octets(row))
                if match:
                    found[int(match[1] or match[4])] = int(match[2] or match[3])
        return dict(sorted(found.items()))

    def raw(self, uid: int) -> bytes | None:
        """One mail as it came, not marked as read; None when somebody took it away."""
        for row in self._uid("FETCH", str(uid), "(UID BODY.PEEK[])"):
            if isinstance(row, tuple):
                return bytes(row[1])
        return None

    def take_away(self, uid: int, *, to: str | None) -> None:
        """Move a mail to another folder, or remove it. `to`: a folder, which is made when it is not there."""
        if to and "MOVE" in self._capabilities:
            self._uid("MOVE", str(uid), _quoted(to))
            return
        if to:
            self._uid("COPY", str(uid), _quoted(to))
        self._uid("STORE", str(uid), "+FLAGS.SILENT", r"(\Deleted)")
        if "UIDPLUS" in self._capabilities:
            self._uid("EXPUNGE", str(uid))

    def make_folder(self, name: str) -> None:
        """Make a folder that mails can be moved to; a server that has it already refuses, which does no harm."""
        self._client.create(_quoted(name))

    def expunge(self, stored: Iterable[int]) -> None:
        """Remove all mails marked as deleted, where the server cannot remove a single one (no UIDPLUS, RFC 4315).

        Others may have marked mails too: nothing is removed unless each marked mail was stored.
        """
        if "UIDPLUS" not in self._capabilities and set(self._search("DELETED")) <= set(stored):
            _checked(self._client.expunge())

    def _search(self, what: str) -> list[int]:
        return [int(uid) for row in self._uid("SEARCH", what) for uid in _octets(row).split()]

    def _uid(self, command: str, *arguments: str) -> list[object]:
        return _checked(self._client.uid(command, *arguments))


@contextmanager
def opened(address: Address) -> Iterator[Mailbox]:
    """The folder, ready. Raises OSError (MailboxError, ssl.SSLError …) when it cannot be read."""
    try:
        client = _connected(address)
    except imaplib.IMAP4.error as problem:
        raise MailboxError(_code(str(problem))) from None
    try:
        _log_in(client, address)
        _checked(client.select(_quoted(address.folder)))
        yield Mailbox(client)
    except imaplib.IMAP4.error as problem:
        raise MailboxError(_code(str(problem))) from None
    finally:
        _log_out(client)


def _connected(address: Address) -> imaplib.IMAP4:
    if address.is_tls:
        secure = ssl.create_default_context()  # the certificate is checked, and the name in it
        return imaplib.IMAP4_SSL(address.host, address.port, ssl_context=secure, timeout=TIMEOUT)
    return imaplib.IMAP4(address.host, address.port, timeout=TIMEOUT)


def _log_in(client: imaplib.IMAP4, address: Address) -> None:
    """LOGIN takes ASCII only (RFC 3501); PLAIN takes every password."""
    if "AUTH=PLAIN" in client.capabilities:
        secret = f"\0{address.user}\0{address.password}".encode()
        _checked(client.authenticate("PLAIN", lambda _challenge: secret))
    else:
        _checked(client.login(address.user, address.password))


def _log_out(client: imaplib.IMAP4) -> None:
    try:
        client.logout()
    except (OSError, imaplib.IMAP4.error):
        client.shutdown()


def _checked(answer: tuple[str, Any]) -> list[object]:
    status, rows = answer
    if status != "OK":
        raise MailboxError(_code(repr(rows[:1])))
    return [row for row in rows if row is not None]


def _code(words: str) -> str:
    """The code of RFC 5530 in a server's words: AUTHENTICATIONFAILED."""
    found = re.search(r"\[([A-Z-]+)[ \]]", words)
    return found[1] if found else "NO"


def _octets(row: object) -> bytes:
    first = row[0] if isinstance(row, tuple) else row
    return first if isinstance(first, bytes) else b""


def _set(uids: Iterable[int]) -> str:
    return ",".join(str(uid) for uid in uids)


def _quoted(folder: str) -> str:
    """A folder's name in modified UTF-7 (RFC 3501, 5.1.3) and in quotes."""
    encoded = re.sub(r"&|[^ -~]+", lambda found: _utf7(found[0]), folder)
    escaped = encoded.replace("\\", r"\\").replace('"', r"\"")
    return f'"{escaped}"'


def _utf7(text: str) -> str:
    if text == "&":
        return "&-"
    return (
        "&" + binascii.b2a_base64(text.encode("utf-16-be"), newline=False).decode().rstrip("=").replace("/", ",") + "-"
    )


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
