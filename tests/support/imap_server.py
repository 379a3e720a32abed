"""A real IMAP server (RFC 3501, UIDPLUS and MOVE when asked) on a free loopback port, with one user and its folders."""

import base64
import re
import socketserver
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

COMMAND = re.compile(rb"(\S+) (?:(UID) )?(\S+) ?(.*)", re.IGNORECASE | re.DOTALL)


@dataclass
class StoredMail:
    """One mail in a folder."""

    uid: int
    raw: bytes
    flags: set[str] = field(default_factory=set)


class ImapServer:
    """What tests hold. `no`: commands that are answered with NO; `before`: what is called before a command is done."""

    user, password = "post@voorbeeld.nl", "geheim-wachtwoord-é"

    def __init__(self, *, capabilities: str = "UIDPLUS MOVE AUTH=PLAIN", secure: ssl.SSLContext | None = None) -> None:
        self.capabilities, self.secure = capabilities, secure
        self.folders: dict[str, list[StoredMail]] = {"INBOX": []}
        self.lock = threading.RLock()
        self.no: set[str] = set()
        self.before: dict[str, Callable[[], object]] = {}
        self.commands: list[str] = []
        self._uid = 100
        server = self
        handler = type("Handler", (_ImapSession,), {"owner": server})
        self._server = _Listener(("127.0.0.1", 0), handler)
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def put(self, *raws: bytes, folder: str = "INBOX") -> None:
        """Let mails come in."""
        for raw in raws:
            self._uid += 1
            self.folders.setdefault(folder, []).append(StoredMail(self._uid, raw))

    def raws(self, folder: str = "INBOX") -> list[bytes]:
        """What stands in a folder."""
        return [mail.raw for mail in self.folders.get(folder, [])]

    def stop(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()


class _Listener(socketserver.ThreadingTCPServer):
    daemon_threads = True

    def handle_error(self, _request: Any, _client: Any) -> None:
        """A client that hangs up, or that does not trust us, is what some tests are about."""


class _ImapSession(socketserver.StreamRequestHandler):
    owner: ImapServer

    def setup(self) -> None:
        if self.owner.secure:
            self.request = self.owner.secure.wrap_socket(self.request, server_side=True)
        super().setup()

    def finish(self) -> None:
        super().finish()
        self.request.close()  # the one made secure: the server knows only the bare one

    def handle(self) -> None:
        self.folder = ""
        self._say(b"* OK [CAPABILITY IMAP4rev1 " + self.owner.capabilities.encode() + b"] ready")
        while line := self.rfile.readline():
            found = COMMAND.match(line.rstrip(b"\r\n"))
            if not found:
                self._say(b"* BAD what?")
                continue
            tag, name, arguments = found[1], found[3].decode().upper(), found[4].decode()
            self.owner.commands.append(name)
            self.owner.before.get(name, lambda: None)()
            with self.owner.lock:
                done = name not in self.owner.no and getattr(self, f"do_{name.lower()}", self._unknown)(arguments)
            self._say(tag + (b" OK done" if done else b" NO [UNAVAILABLE] not now"))
            if name == "LOGOUT":
                return

    def do_capability(self, _arguments: str) -> bool:
        self._say(b"* CAPABILITY IMAP4rev1 " + self.owner.capabilities.encode())
        return True

    def do_login(self, arguments: str) -> bool:
        return _words(arguments) == [self.owner.user, self.owner.password]

    def do_authenticate(self, _arguments: str) -> bool:
        self._say(b"+ ")
        _, user, password = base64.b64decode(self.rfile.readline()).decode().split("\0")
        return (user, password) == (self.owner.user, self.owner.password)

    def do_select(self, arguments: str) -> bool:
        self.folder = _words(arguments)[0]
        self._say(b"* %d EXISTS" % len(self._mails))
        return self.folder in self.owner.folders

    def do_create(self, arguments: str) -> bool:
        name = _words(arguments)[0]
        is_new = name not in self.owner.folders
        self.owner.folders.setdefault(name, [])
        return is_new

    def do_search(self, arguments: str) -> bool:
        chosen = [mail for mail in self._mails if arguments == "ALL" or r"\Deleted" in mail.flags]
        self._say(b"* SEARCH " + b" ".join(b"%d" % mail.uid for mail in chosen))
        return True

    def do_fetch(self, arguments: str) -> bool:
        for number, mail in self._chosen(arguments):
            if "BODY.PEEK[]" in arguments:
                self.wfile.write(b"* %d FETCH (UID %d BODY[] {%d}\r\n" % (number, mail.uid, len(mail.raw)))
                self._say(mail.raw + b")")
            else:
                self._say(b"* %d FETCH (UID %d RFC822.SIZE %d)" % (number, mail.uid, len(mail.raw)))
        return True

    def do_store(self, arguments: str) -> bool:
        for _, mail in self._chosen(arguments):
            mail.flags.add(r"\Deleted")
        return True

    def do_copy(self, arguments: str) -> bool:
        to = self.owner.folders.get(_words(arguments)[-1])
        if to is not None:
            to.extend(StoredMail(mail.uid, mail.raw) for _, mail in self._chosen(arguments))
        return to is not None

    def do_move(self, arguments: str) -> bool:
        if "MOVE" not in self.owner.capabilities or not self.do_copy(arguments):
            return False
        self._drop([mail for _, mail in self._chosen(arguments)])
        return True

    def do_expunge(self, arguments: str) -> bool:
        if arguments and "UIDPLUS" not in self.owner.capabilities:
            return False
        named = [mail for _, mail in self._chosen(arguments)] if arguments else self._mails
        self._drop([mail for mail in named if r"\Deleted" in mail.flags])
        return True

    def do_logout(self, _arguments: str) -> bool:
        self._say(b"* BYE")
        return True

    @property
    def _mails(self) -> list[StoredMail]:
        return self.owner.folders.get(self.folder, [])

    def _chosen(self, arguments: str) -> list[tuple[int, StoredMail]]:
        uids = {int(uid) for uid in arguments.split()[0].split(",")}
        return [(number, mail) for number, mail in enumerate(self._mails, 1) if mail.uid in uids]

    def _drop(self, mails: list[StoredMail]) -> None:
        for mail in mails:
            self._mails.remove(mail)

    def _unknown(self, _arguments: str) -> bool:
        return False

    def _say(self, line: bytes) -> None:
        self.wfile.write(line + b"\r\n")


def _words(arguments: str) -> list[str]:
    return [quoted or plain for quoted, plain in re.findall(r'"([^"]*)"|(\S+)', arguments)]


@pytest.fixture
def new_imap_server() -> Iterator[Callable[..., ImapServer]]:
    """Start servers of a kind: `new_imap_server(capabilities="")`."""
    started: list[ImapServer] = []

    def start(**options: Any) -> ImapServer:
        started.append(ImapServer(**options))
        return started[-1]

    yield start
    for server in started:
        server.stop()
