"""From a mail to the bytes of one recipient: header lines, the parts encoded once, and what differs per recipient."""

import hashlib
import re
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from email.charset import BASE64, Charset
from email.header import Header
from email.utils import format_datetime, formataddr, parseaddr
from functools import lru_cache
from itertools import chain, repeat
from typing import NamedTuple
from urllib.parse import urlsplit

from flask import current_app

from dordt.extensions import db
from dordt.mailer.ledger.claiming import Due
from dordt.mailer.models import Mail, MailKind
from dordt.mailer.smtp import verp
from dordt.mailer.smtp.signing import signer
from dordt.shared.addresses import AddressRefused, address_key
from dordt.shared.links import token_issuer

ENCODED_WORDS = Charset("utf-8")
ENCODED_WORDS.header_encoding = BASE64
PLAIN = re.compile(r"[!-~]+(?: [!-~]+)*")  # printable ASCII words with single spaces: may stand as it is
TOKEN = "[[token]]"  # noqa: S105  (a mark in a text)
LEAVE = "[[leave]]"  # in a header: the address that unsubscribes whoever writes to it
LEAVE_BY_MAIL = re.compile(r", *<mailto:[^>]*\[\[leave\]\][^>]*>")
CUT, CUT_LEAVE = "\0", "\1"  # stand for a mark while a mail is put together; quoted-printable holds neither
SOFT_BREAK = b"=\r\n"
LINE = 76
UNSAFE = re.compile(rb"[^\t -<>-~]")  # all but tab and printable ASCII without '='
SENDER_ID = "dordtaanzet"  # the fixed last part of Feedback-ID
OURS = {"date", "from", "to", "cc", "bcc", "sender", "reply-to", "subject", "message-id", "return-path"}
OURS |= {"mime-version", "content-type", "content-transfer-encoding", "content-language"}
MAILS_KEPT = 20


def text_line(name: str, value: str) -> bytes:
    """A header of free text. Line breaks become spaces: a value cannot add a header."""
    value = re.sub(r"[\r\n]+", " ", value)
    return f"{name}: {_folded(name, value)}\r\n".encode("ascii")


def exact_line(name: str, value: str) -> bytes:
    """A header of machine text on one line, never folded or encoded: programmes read the URLs in it.

    Raises ValueError when the value is not ASCII or too long for a line.
    """
    line = f"{name}: {' '.join(value.split())}\r\n".encode("ascii")
    if len(line) > 1000:
        raise ValueError(f"the header {name} is longer than a line may be")
    return line


def address_line(name: str, mailbox: str) -> bytes:
    """A header with one mailbox: 'anna@voorbeeld.nl' or 'Dordt aan Zet <wijken@dordrecht.nl>'."""
    person, _ = parseaddr(mailbox)
    address = ascii_address(mailbox)
    if not person:
        return f"{name}: {address}\r\n".encode("ascii")
    if _is_plain(person):
        return f"{name}: {formataddr((person, address))}\r\n".encode("ascii")
    return f"{name}: {_folded(name, person)}\r\n <{address}>\r\n".encode("ascii")


def ascii_address(mailbox: str) -> str:
    """The bare address of a mailbox, its domain in IDNA form. Raises AddressRefused."""
    _, address = parseaddr(mailbox)
    return with_domain_of(address, address_key(address))


def with_domain_of(address: str, key: str) -> str:
    """The local part as typed, the domain of the key: lower case and in IDNA form."""
    local = address.rpartition("@")[0]
    if not local.isascii():
        raise AddressRefused("the local part is not ASCII")
    return f"{local}@{key.rpartition('@')[2]}"


def _is_plain(value: str) -> bool:
    words_fit = all(len(word) < LINE - 20 for word in value.split(" "))
    return bool(PLAIN.fullmatch(value)) and "=?" not in value and words_fit


def _folded(name: str, value: str) -> str:
    """Lines of at most 76, encoded as a whole when not plain.

    email.policy would do it too, but loses a space between two encoded words and decodes what only looks like one.
    """
    if _is_plain(value):
        return Header(value, maxlinelen=LINE, header_name=name).encode(splitchars=" ", linesep="\r\n")
    whole = value.encode("utf-8", "replace").decode()  # half of a surrogate pair stops nobody's mail
    words = ENCODED_WORDS.header_encode_lines(whole, chain([LINE - len(name) - 2], repeat(LINE - 1)))
    return "\r\n ".join(word or "" for word in words)


@dataclass(frozen=True)
class EncodedMail:
    """What all recipients of a mail share; a token stands between two pieces, a leave address between two rows."""

    headers: tuple[tuple[bytes, ...], ...]
    body: tuple[bytes, ...]

    def for_recipient(self, own_headers: bytes, token: str, leave: str = "") -> bytes:
        """The whole message of one recipient; in the body a token stands on a line of its own, softly broken."""
        value = token.encode("ascii")
        headers = leave.encode("ascii").join([value.join(row) for row in self.headers])
        return b"%b%b%b" % (own_headers, headers, (SOFT_BREAK + value + SOFT_BREAK).join(self.body))


def encode(mail: Mail, *, host: str, takes_mail: bool = False) -> EncodedMail:
    """Encode what all recipients share: text first, HTML last, 7-bit, lines of at most 76.

    takes_mail: whether mail that comes in is read; if not, no leave address is named.
    Raises ValueError when a header cannot be written.
    """
    boundary = f"=_{hashlib.sha256(f'{mail.id} {mail.created_at}'.encode()).hexdigest()[:24]}"  # never in the parts
    parts = b"".join(
        f"--{boundary}\r\n".encode() + _part(kind, text) for kind, text in (("plain", mail.text), ("html", mail.html))
    )
    head = b"".join(_shared_headers(mail, host, takes_mail)) + exact_line(
        "Content-Type", f'multipart/alternative; boundary="{boundary}"'
    )
    body = b"\r\n" + parts + f"--{boundary}--\r\n".encode()
    return EncodedMail(tuple(_pieces(row) for row in head.split(CUT_LEAVE.encode())), _pieces(body))


def own_headers(*, to: str, message_id: str, at: datetime) -> bytes:
    """The headers that differ per recipient; `to` is ASCII already and, as an address, short and without spaces."""
    return b"%bTo: %b\r\nMessage-ID: %b\r\n" % (
        _date(at.replace(microsecond=0)),
        to.encode("ascii"),
        message_id.encode("ascii"),
    )


@lru_cache(maxsize=8)
def _date(at: datetime) -> bytes:
    return exact_line("Date", format_datetime(at))


def message_id(*, mail_id: int, recipient: int, created_at: datetime, host: str) -> str:
    """The same for the same delivery, however often it is sent; another database gives others."""
    mark = hashlib.sha256(f"{mail_id} {recipient} {created_at.timestamp()}".encode()).hexdigest()[:16]
    return f"<{mail_id}.{recipient}.{mark}@{host}>"


def quoted_printable(text: str) -> bytes:
    """Lines of at most 76, none of which begins with a dot: nothing is left to stuff (RFC 2045, 6.7)."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").encode("utf-8", "replace").split(b"\n")
    return b"\r\n".join(SOFT_BREAK.join(_broken(_quoted(line))) for line in lines)


def _shared_headers(mail: Mail, host: str, takes_mail: bool) -> Iterator[bytes]:
    yield address_line("From", mail.sender)
    yield text_line("Subject", mail.subject)
    if mail.reply_to:
        yield address_line("Reply-To", mail.reply_to)
    own = {name.lower() for name in mail.headers}
    yield from (_line(name, value) for name, value in _headers_of_kind(mail, host).items() if name.lower() not in own)
    for name, value in mail.headers.items():
        if name.lower() not in OURS:
            yield _line(name, str(value) if takes_mail else LEAVE_BY_MAIL.sub("", str(value)))
    yield b"MIME-Version: 1.0\r\nContent-Language: nl\r\n"


def _headers_of_kind(mail: Mail, host: str) -> dict[str, str]:
    """Auto-Submitted and Precedence keep robots from answering; the rest tells providers which list this is."""
    headers = {"Auto-Submitted": "auto-generated"}
    if mail.kind is MailKind.TRANSACTIONAL:
        return headers
    of_list = re.sub(r"[^a-z0-9-]+", "-", (mail.list_id or mail.kind.value).lower()).strip("-")
    headers |= {"Precedence": "bulk", "List-Id": f"<{of_list}.{host}>"}
    headers["Feedback-ID"] = f"{mail.id}:{of_list}:{mail.kind.value}:{SENDER_ID}"
    if "List-Unsubscribe" in mail.headers:
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return headers


def _line(name: str, value: str) -> bytes:
    is_exact = TOKEN in value or name.lower().startswith("list-")
    marked = value.replace(TOKEN, CUT).replace(LEAVE, CUT_LEAVE)
    return exact_line(name, marked) if is_exact else text_line(name, value)


def _part(kind: str, text: str) -> bytes:
    head = f"Content-Type: text/{kind}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    return head.encode() + CUT.encode().join(quoted_printable(piece) for piece in text.split(TOKEN)) + b"\r\n"


def _pieces(encoded: bytes) -> tuple[bytes, ...]:
    return tuple(encoded.split(CUT.encode()))


def _quoted(line: bytes) -> bytes:
    quoted = UNSAFE.sub(lambda found: b"=%02X" % found[0][0], line)
    return quoted[:-1] + b"=%02X" % quoted[-1] if quoted.endswith((b" ", b"\t")) else quoted


def _broken(line: bytes) -> Iterator[bytes]:
    while True:
        if line.startswith((b".", b"From ")):
            line = b"=%02X" % line[0] + line[1:]
        if len(line) < LINE:  # a soft break may follow, for a token
            yield line
            return
        cut = LINE - 1
        while b"=" in line[cut - 2 : cut]:  # never inside an =XX
            cut -= 1
        yield line[:cut]
        line = line[cut:]


class RenderedMessage(NamedTuple):
    """What a connection needs, and the delivery that it is for; `sender` is the envelope's, where bounces go."""

    due: Due
    sender: str
    recipient: str
    subject: str
    message_id: str
    content: bytes


@dataclass(frozen=True, slots=True)
class _Shared:
    encoded: EncodedMail
    sender: str
    subject: str
    issue: Callable[[int, int], str] | None


class MessageRenderer:
    """Renders messages; keeps the encoded form of the last few mails, for many messages share one."""

    def __init__(self) -> None:
        self.host = own_host()
        self._takes_mail = bool(current_app.config["MAIL_BOUNCE_DOMAIN"])
        self._signer = signer()
        self._kept: OrderedDict[int, _Shared] = OrderedDict()

    def render(self, due: Due, *, at: datetime) -> RenderedMessage:
        """The message of one delivery. Raises ValueError when it cannot be encoded."""
        shared = self._shared(due.mail_id)
        to = with_domain_of(due.address, due.address_key)
        name = message_id(mail_id=due.mail_id, recipient=due.recipient, created_at=due.created_at, host=self.host)
        token = shared.issue(due.recipient, due.link_version or 1) if shared.issue else TOKEN
        sender, leave = shared.sender, ""
        if self._takes_mail:
            sender, leave = verp.return_path(due.id) or sender, verp.leave_address(due.id) or ""
        content = shared.encoded.for_recipient(own_headers(to=to, message_id=name, at=at), token, leave)
        if self._signer:
            content = self._signer.sign(content)
        return RenderedMessage(due, sender, to, shared.subject, name, content)

    def _shared(self, mail_id: int) -> _Shared:
        found = self._kept.get(mail_id)
        if found is None:
            mail = db.session.get_one(Mail, mail_id)
            encoded = encode(mail, host=self.host, takes_mail=self._takes_mail)
            issue = token_issuer(mail.token_purpose) if mail.token_purpose else None
            found = self._kept[mail_id] = _Shared(encoded, ascii_address(mail.sender), mail.subject, issue)
            if len(self._kept) > MAILS_KEPT:
                self._kept.popitem(last=False)
        return found


def own_host() -> str:
    """The host of our own address: the domain of Message-ID, and our name in EHLO."""
    return urlsplit(current_app.config["SITE_URL"]).hostname or "localhost"
