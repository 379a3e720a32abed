"""The one reader of hostile mail: whatever a stranger sends, reading it ends, soon, with what can be read of it."""

import codecs
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.parser import BytesParser, HeaderParser
from html import unescape
from itertools import islice
from typing import Any

import nh3

from dordt.shared.links import without_tokens

MOST_READ = 500_000  # octets: a report comes first, what is returned with it after
MOST_PARTS = 100
DEEPEST = 10
MOST_TEXT = 100_000  # octets of one part
MOST_BLOCKS = 100  # groups of fields in one report
LONGEST = 1000  # characters of one header
LONGEST_PARAMETERS = 4_000  # octets of a Content-Type or Content-Disposition
# What staff are shown.
MOST_SHOWN = 20_000  # characters of text
MOST_HTML = 200_000  # octets of one part
MOST_TAGS = 3_000  # nh3 takes time by the square of the tags that are open: of these half a second at worst
MOST_HEADERS = 60
LONGEST_HEADER = 500  # characters

RECIPIENTS = ("Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "To")
STATUS_REPORTS = ("message/delivery-status", "message/global-delivery-status")
FEEDBACK_REPORTS = ("message/feedback-report",)
REPORTS = (*STATUS_REPORTS, *FEEDBACK_REPORTS, "message/disposition-notification")
PARAMETERS = re.compile(rb"^content-(?:type|disposition)[^\r\n]*(?:\r?\n[ \t][^\r\n]*)*", re.IGNORECASE | re.MULTILINE)
SLOW_CHARSETS = {"punycode", "idna"}  # they decode in time by the square of the length, and no mail is written in them
SILENT_TAGS = {"script", "style", "title", "template"}
LINE_TAGS = {"p", "br", "div", "li", "tr", "td", "th", "h1", "h2", "h3", "h4", "blockquote", "pre"}
TAG = re.compile(r"<[^<>]*>")
# What the parser raises at rubbish.
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
        """To whom it came, from the most to the least reliable header."""
        headers = (self.message.get_all(name, []) for name in RECIPIENTS)
        return [self.recipient, *(clean(str(value), 10 * LONGEST) for values in headers for value in values)]

    @property
    def texts(self) -> list[str]:
        """The words of its text parts."""
        return [text_of(part) for part in self.parts if part.get_content_maintype() == "text"]

    def of_type(self, *kinds: str) -> "list[Message[str, str]]":
        """The parts of these kinds."""
        return [part for part in self.parts if part.get_content_type() in kinds]


@dataclass(frozen=True)
class MailPreview:
    """A mail fit to be looked at by staff: plain text, without the link tokens of residents, cut where it gets long.

    report: what a mail server wrote for other mail servers. attachments: their names and types alone.
    """

    headers: list[tuple[str, str]]
    text: str
    report: str
    attachments: list[str]
    is_cut: bool
    is_from_html: bool


def read(raw: bytes, *, recipient: str = "", sender: str | None = None) -> ParsedMail:
    """Read what can be read; nothing that a stranger sends makes this fail."""
    start = raw[:MOST_READ]
    message = parse(start)
    parts = list(islice(_parts_of(message), MOST_PARTS))
    return ParsedMail(message, parts, start.decode("latin-1"), recipient, sender)


def preview(raw: bytes) -> MailPreview:
    """What staff see of a mail: the plain text, or else the words of its HTML. Never fails, as `read`."""
    mail = read(raw)
    text, is_cut = "\n\n".join(text_of(part) for part in mail.of_type("text/plain") if not _is_attachment(part)), False
    pages = (
        []
        if text.strip()
        else [text_of(part, MOST_HTML) for part in mail.of_type("text/html") if not _is_attachment(part)]
    )
    if pages:
        text, is_cut = _words_of("<br>".join(pages))
    blocks = (block for part in mail.of_type(*REPORTS) for block in report_blocks(part))
    report = "\n\n".join(
        "\n".join(f"{name}: {_shown_header(value)}" for name, value in each.items()) for each in blocks
    )
    return MailPreview(
        headers=[(_shown_header(name), _shown_header(value)) for name, value in mail.message.items()[:MOST_HEADERS]],
        text=_shown(text),
        report=_shown(report),
        attachments=[_name(part) for part in mail.parts if _is_attachment(part)],
        is_cut=is_cut or len(text) > MOST_SHOWN or len(raw) > MOST_READ,
        is_from_html=bool(pages),
    )


def parse(raw: bytes) -> "Message[str, str]":
    """The mail as a tree; parts within parts without end leave only its headers.

    A header with parameters is cut off where no honest one gets: reading them takes time by the square of their number.
    """
    raw = PARAMETERS.sub(lambda found: found[0][:LONGEST_PARAMETERS], raw)
    try:
        return BytesParser().parsebytes(raw)
    except MANGLED:
        return BytesParser().parsebytes(raw, headersonly=True)


def text_of(part: "Message[str, str]", most: int = MOST_TEXT) -> str:
    """The words of a part in whatever charset; octets that nobody can read become question marks."""
    content = _payload_of(part, decode=True)
    octets = content[:most] if isinstance(content, bytes) else b""
    try:
        charset = codecs.lookup(part.get_content_charset() or "utf-8").name
        return octets.decode("utf-8" if charset in SLOW_CHARSETS else charset, errors="replace")
    except MANGLED:
        return octets.decode("utf-8", errors="replace")


def report_blocks(part: "Message[str, str]") -> "list[Message[str, str]]":
    """The groups of fields of a report, however it was encoded."""
    text = _report_text(part).replace("\r\n", "\n")[:MOST_TEXT]
    groups = [group for group in re.split(r"\n[ \t]*\n", text) if group.strip()]
    return [HeaderParser().parsestr(group.lstrip("\n")) for group in groups[:MOST_BLOCKS]]


def decoded(value: object) -> str:
    """A header on one line, its encoded words decoded where that is possible."""
    written = str(value)[: 4 * LONGEST]
    with suppress(*MANGLED):  # an encoded word that says something else than it is
        written = str(make_header(decode_header(written)))
    return clean(written, LONGEST)


def clean(text: str, longest: int) -> str:
    """One line that a database can hold: no control characters, no lone surrogates."""
    readable = "".join(character if character.isprintable() else " " for character in text[: 4 * longest])
    return " ".join(readable.split())[:longest]


def _parts_of(message: "Message[str, str]", depth: int = 0) -> "Iterator[Message[str, str]]":
    """The parts of the mail itself, not of the mails in it."""
    inner = _payload_of(message)
    if message.get_content_maintype() != "multipart" or not isinstance(inner, list):
        yield message
    elif depth < DEEPEST:
        for part in inner:
            if isinstance(part, Message):
                yield from _parts_of(part, depth + 1)


def _payload_of(part: "Message[str, str]", *, decode: bool = False) -> Any:
    """What a part holds; None when its headers make that unreadable."""
    try:
        return part.get_payload(decode=True) if decode else part.get_payload()
    except MANGLED:
        return None


def _report_text(part: "Message[str, str]") -> str:
    """The parser takes such a part for mails; this puts it together again."""
    inner = _payload_of(part)
    if not isinstance(inner, list):
        return text_of(part)
    blocks = [block for block in inner if isinstance(block, Message)][:MOST_BLOCKS]
    text = "\n\n".join(_written(block) for block in blocks)
    encoding = str(part.get("Content-Transfer-Encoding", "")).strip().lower()
    if encoding not in {"base64", "quoted-printable"}:
        return text
    again: Message[str, str] = Message()
    again["Content-Transfer-Encoding"] = encoding
    again.set_payload(text)
    return text_of(again)


def _written(block: "Message[str, str]") -> str:
    fields = "\n".join(f"{name}: {value}" for name, value in block.items())
    rest = _payload_of(block)
    return f"{fields}\n\n{rest}" if isinstance(rest, str) and rest.strip() else fields


def _is_attachment(part: "Message[str, str]") -> bool:
    is_named = "attachment" in str(part.get("Content-Disposition", "")).lower()
    return is_named or part.get_content_type() not in ("text/plain", "text/html", *REPORTS)


def _name(part: "Message[str, str]") -> str:
    try:
        given = part.get_filename()
    except MANGLED:
        given = None
    kind = clean(part.get_content_type(), LONGEST_HEADER)
    return f"{_shown_header(given)} ({kind})" if given else kind


def _words_of(html: str) -> tuple[str, bool]:
    """The words of a page, a line for each of its blocks; and whether it was cut."""
    beyond = next(islice(re.finditer("<", html), MOST_TAGS, None), None)
    start = html[: beyond.start()] if beyond else html
    marked = nh3.clean(start, tags=LINE_TAGS, attributes={}, clean_content_tags=SILENT_TAGS, link_rel=None)
    lines = (" ".join(unescape(line).split()) for line in TAG.sub("\n", " ".join(marked.split())).split("\n"))
    return "\n".join(line for line in lines if line), beyond is not None


def _shown(text: str) -> str:
    """What a page can hold: no control characters, no tokens, no more than fits."""
    start = text.replace("\r\n", "\n")[:MOST_SHOWN]
    readable = "".join(each if each.isprintable() or each in "\n\t" else " " for each in start)
    return without_tokens(readable).strip()


def _shown_header(value: object) -> str:
    return without_tokens(decoded(value))[:LONGEST_HEADER]
