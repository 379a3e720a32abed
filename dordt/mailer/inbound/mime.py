"""A mail that came in, read within bounds: whatever a stranger sends, this ends, and soon."""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.parser import BytesParser
from typing import Any

MOST_READ = 500_000  # octets: a report comes first, what is returned with it after
MOST_PARTS = 100
DEEPEST = 10
MOST_TEXT = 100_000  # characters of one part
LONGEST = 1000  # characters of one header
RECIPIENTS = ("Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "To")
# What the parser raises at rubbish.
LONGEST_PARAMETERS = 4_000  # octets of a Content-Type or Content-Disposition
PARAMETERS = re.compile(rb"^content-(?:type|disposition)[^\r\n]*(?:\r?\n[ \t][^\r\n]*)*", re.IGNORECASE | re.MULTILINE)
MANGLED = (MessageError, ValueError, LookupError, TypeError, AttributeError, AssertionError, RecursionError)


@dataclass(frozen=True)
class ParsedMail:
    """`parts`: those of the mail itself, not of mails in it; `recipient` and `sender`: of the envelope, if known."""

    message: "Message[str, str]"
    parts: "list[Message[str, str]]"
    written: str  # the mail as it came, an octet for a character
    recipient: str = ""
    sender: str | None = None

    def header(self, name: str) -> str:
        """A header on one line, decoded; empty when there is none."""
        return decoded(self.message.get(name, ""))

    @property
    def recipients(self) -> list[str]:
        """To whom it came, who knows it best first."""
        headers = (self.message.get_all(name, []) for name in RECIPIENTS)
        return [self.recipient, *(clean(str(value), 10 * LONGEST) for values in headers for value in values)]

    @property
    def texts(self) -> list[str]:
        """The words of its text parts."""
        return [text_of(part) for part in self.parts if part.get_content_maintype() == "text"]

    def of_type(self, *kinds: str) -> "list[Message[str, str]]":
        """The parts of these kinds."""
        return [part for part in self.parts if part.get_content_type() in kinds]


def read(raw: bytes, *, recipient: str = "", sender: str | None = None) -> ParsedMail:
    """Read what can be read; nothing that a stranger sends makes this fail."""
    start = raw[:MOST_READ]
    message = parse(start)
    parts = list(parts_of(message))[:MOST_PARTS]
    return ParsedMail(message, parts, start.decode("latin-1"), recipient, sender)


def parse(raw: bytes) -> "Message[str, str]":
    """The mail as a tree; parts within parts without end leave only its headers.

    A header with parameters is cut off where no honest one gets: reading them takes time by the square of their number.
    """
    raw = PARAMETERS.sub(lambda found: found[0][:LONGEST_PARAMETERS], raw)
    try:
        return BytesParser().parsebytes(raw)
    except MANGLED:
        return BytesParser().parsebytes(raw, headersonly=True)


def text_of(part: "Message[str, str]") -> str:
    """The words of a part in whatever charset; characters that nobody can read become question marks."""
    try:
        content = part.get_payload(decode=True)
        octets = content[:MOST_TEXT] if isinstance(content, bytes) else b""
        return octets.decode(part.get_content_charset() or "utf-8", errors="replace")
    except MANGLED:
        return str(part.get_payload())[:MOST_TEXT]


def decoded(value: object) -> str:
    """A header on one line, its encoded words decoded where that is possible."""
    written = str(value)[: 4 * LONGEST]
    with suppress(*MANGLED):
        written = str(make_header(decode_header(written)))
    return clean(written, LONGEST)


def clean(text: str, longest: int) -> str:
    """One line that a database can hold: no control characters, no half ones."""
    readable = "".join(sign if sign.isprintable() else " " for sign in text[: 4 * longest])
    return " ".join(readable.split())[:longest]


def parts_of(message: "Message[str, str]", depth: int = 0) -> "Iterator[Message[str, str]]":
    """The parts of the mail itself, not of the mails in it."""
    inner = payload_of(message)
    if message.get_content_maintype() != "multipart" or not isinstance(inner, list):
        yield message
    elif depth < DEEPEST:
        for part in inner:
            if isinstance(part, Message):
                yield from parts_of(part, depth + 1)


def payload_of(part: "Message[str, str]", *, decode: bool = False) -> Any:
    """What a part holds; nothing when its headers make that unreadable."""
    try:
        return part.get_payload(decode=True) if decode else part.get_payload()
    except MANGLED:
        return None
