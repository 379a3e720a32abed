"""Look at the bytes of a message as strict receivers do; every rule can be broken in tests/unit/mailer/test_lint.py."""

import re
from collections import Counter
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import NamedTuple

LONGEST_LINE, SHORT_HEADER, SHORT_BODY, LONGEST_WORD = 998, 78, 76, 75  # octets without the line end
LARGEST_HTML = 90_000  # octets; Gmail cuts a mail off at about 102,000
ONCE = ("from", "to", "date", "message-id", "subject", "mime-version", "content-type")
AT_MOST_ONCE = ("reply-to", "sender", "content-language", "auto-submitted", "list-unsubscribe", "list-id")
NEVER = ("return-path", "bcc", "resent-bcc", "received", "cc", "sender")
OF_LISTS = ("list-id", "list-unsubscribe", "list-unsubscribe-post", "feedback-id", "precedence")
ADDRESSES = ("from", "to", "reply-to")
ENCODED_WORD = re.compile(rb"=\?[^?\s]+\?[bBqQ]\?[^?\s]*\?=")
MARK = re.compile(r"\[\[(token|leave)\]\]")
MAILBOX = re.compile(rb"[!#$%&'*+/=?^_`{|}~0-9A-Za-z.-]{1,64}@[0-9a-z-]+(\.[0-9a-z-]+)+")
FIELD = re.compile(rb"(?P<name>[!-9;-~]+): ?(?P<value>.*)", re.DOTALL)


class Header(NamedTuple):
    """One field as it stands: its name in lower case, and its value with the folds."""

    name: str
    raw: bytes

    @property
    def unfolded(self) -> bytes:
        """The value on one line."""
        return re.sub(rb"\r\n(?=[ \t])", b"", self.raw)


def problems(raw: bytes, *, host: str, is_bulk: bool) -> list[str]:
    """Everything that is wrong with a message, each in a few words; nothing when it may leave.

    host: our own, which Message-ID and List-Id must name.
    is_bulk: whether it went to a list, and so must say how to leave it.
    """
    head, end, body = raw.partition(b"\r\n\r\n")
    headers = _headers(head.removesuffix(b"\r\n"))
    message: EmailMessage = message_from_bytes(raw, policy=policy.default)  # type: ignore[assignment]
    found = [*_octets(raw, has_end=bool(end)), *_header_lines(head), *_body_lines(body), *_counts(headers)]
    found += [*_words(headers), *_addresses(headers), *_identity(headers, host), *_kind(headers, is_bulk=is_bulk)]
    return found + [*_shape(message), *_content(message)]


def _headers(head: bytes) -> list[Header]:
    fields = re.split(rb"\r\n(?![ \t])", head)
    matches = [FIELD.fullmatch(field) for field in fields]
    return [
        Header(match["name"].decode("ascii").lower(), match["value"]) if match else Header("", b"") for match in matches
    ]


def _octets(raw: bytes, *, has_end: bool) -> Iterator[str]:
    if not raw.isascii() or b"\0" in raw:
        yield "not 7-bit"
    if len(re.findall(rb"\r\n", raw)) != raw.count(b"\n") or raw.count(b"\r") != raw.count(b"\n"):
        yield "a bare CR or LF"
    if not has_end:
        yield "no empty line behind the headers"
    if not raw.endswith(b"\r\n"):
        yield "no line end at the end"
    lines = raw.split(b"\r\n")
    if max(map(len, lines)) > LONGEST_LINE:
        yield f"a line of more than {LONGEST_LINE}"
    if any(line.startswith(b".") for line in lines):
        yield "a line that begins with a dot"
    if any(line.startswith(b"From ") for line in lines):
        yield "a line that begins as a mailbox file's"


def _header_lines(head: bytes) -> Iterator[str]:
    name = ""
    for line in head.split(b"\r\n"):
        match = FIELD.fullmatch(line)
        if line[:1] not in b" \t" or not line:
            name = match["name"].decode("ascii") if match else ""
        elif not line.strip():
            yield f"{name}: a fold with nothing in it"
        if not name:
            yield "a line that is no header"
            continue
        text = line.strip() if line[:1] in b" \t" else line[len(name) + 2 :]
        if len(line) > SHORT_HEADER and b" " in text and not name.lower().startswith("list-"):
            yield f"{name}: a line of more than {SHORT_HEADER} that could be folded"


def _body_lines(body: bytes) -> Iterator[str]:
    lines = body.split(b"\r\n")
    if max(map(len, lines)) > SHORT_BODY:
        yield f"a body line of more than {SHORT_BODY}"
    if any(line.endswith((b" ", b"\t")) for line in lines):
        yield "white space at the end of a body line"
    if re.search(rb"=(?!\r\n|[0-9A-F]{2})", re.sub(rb"(?m)^(--|Content-).*$", b"", body)):
        yield "broken quoted-printable"


def _counts(headers: list[Header]) -> Iterator[str]:
    counts = Counter(header.name for header in headers)
    yield from (f"{name}: {counts[name]} times" for name in ONCE if counts[name] != 1)
    yield from (f"{name}: {counts[name]} times" for name in AT_MOST_ONCE if counts[name] > 1)
    yield from (f"{name} must not be there" for name in NEVER if counts[name])
    yield from (
        f"{header.name} is empty"
        for header in headers
        if header.name and not header.raw.strip() and header.name != "subject"
    )


def _words(headers: list[Header]) -> Iterator[str]:
    for header in headers:
        words = ENCODED_WORD.findall(header.raw)
        if any(len(word) > LONGEST_WORD for word in words):
            yield f"{header.name}: an encoded word of more than {LONGEST_WORD}"
        if words and (header.name.startswith("list-") or header.name in {"message-id", "feedback-id", "precedence"}):
            yield f"{header.name}: an encoded word where none may be"
        if b"=?" in ENCODED_WORD.sub(b"", header.raw):
            yield f"{header.name}: a broken encoded word"


def _addresses(headers: list[Header]) -> Iterator[str]:
    for header in headers:
        if header.name in ADDRESSES:
            address = re.search(rb"<([^<>]*)>$", header.unfolded)
            bare = address[1] if address else header.unfolded.strip()
            if b"=?" in bare or not MAILBOX.fullmatch(bare):
                yield f"{header.name}: no plain address"


def _identity(headers: list[Header], host: str) -> Iterator[str]:
    own = re.compile(rb"<\d+\.\d+\.[0-9a-f]{16}@%b>" % re.escape(host.encode()))
    for header in headers:
        if header.name == "message-id" and not own.fullmatch(header.raw):
            yield "message-id: not one of ours"
        if header.name == "list-id" and not header.raw.endswith(b"." + host.encode() + b">"):
            yield "list-id: not under our own host"


def _kind(headers: list[Header], *, is_bulk: bool) -> Iterator[str]:
    values = {header.name: header.unfolded for header in headers}
    if values.get("auto-submitted") != b"auto-generated":
        yield "auto-submitted: not auto-generated"
    if not is_bulk:
        yield from (f"{name}: on mail to one" for name in values if name.startswith("list-") or name in OF_LISTS)
        return
    yield from (f"{name}: missing on mail to a list" for name in OF_LISTS if name not in values)
    if values.get("precedence", b"bulk") != b"bulk":
        yield "precedence: not bulk"
    if values.get("list-unsubscribe-post", b"List-Unsubscribe=One-Click") != b"List-Unsubscribe=One-Click":
        yield "list-unsubscribe-post: not one click"
    if not re.match(rb"<https?://[^<>\s]+>(, <mailto:[^<>\s]+>)?$", values.get("list-unsubscribe", b"<https://x>")):
        yield "list-unsubscribe: not an address of the web first"
    if not re.fullmatch(rb"[^:\s]+:[^:\s]+:[^:\s]+:[a-z]{5,15}", values.get("feedback-id", b"1:a:b:sender")):
        yield "feedback-id: not four parts"


def _shape(message: EmailMessage) -> Iterator[str]:
    parts = list(message.iter_parts()) if message.is_multipart() else []
    if message.get_content_type() != "multipart/alternative":
        yield "not multipart/alternative"
    if [part.get_content_type() for part in parts] != ["text/plain", "text/html"]:
        yield "not text first and HTML last"
    yield from (f"{part.get_content_type()}: not in utf-8" for part in parts if part.get_content_charset() != "utf-8")
    if any(part["Content-Transfer-Encoding"] != "quoted-printable" for part in parts):
        yield "a part that is not quoted-printable"
    if message["Content-Language"] != "nl":
        yield "content-language: not nl"


def _content(message: EmailMessage) -> Iterator[str]:
    if any(MARK.search(str(value)) for value in message.values()):
        yield "a mark left in a header"
    for part in message.walk():
        if part.is_multipart():
            continue
        content = part.get_payload(decode=True)
        assert isinstance(content, bytes)
        if MARK.search(content.decode("utf-8", "replace")):
            yield f"{part.get_content_type()}: a mark left"
        if not content.strip():
            yield f"{part.get_content_type()}: empty"
        if part.get_content_type() == "text/html" and len(content) > LARGEST_HTML:
            yield f"HTML of more than {LARGEST_HTML}"
        if b"\xef\xbf\xbd" in content:
            yield f"{part.get_content_type()}: a character was lost"
