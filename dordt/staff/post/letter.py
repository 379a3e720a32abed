"""A mail of a stranger, made fit to be looked at: text only, cut off where it gets long, whatever it is made of."""

import re
from contextlib import suppress
from dataclasses import dataclass
from email.header import decode_header, make_header
from email.message import Message
from html import unescape

from dordt.mailer.inbound.mime import DEEPEST, MANGLED, parse, parts_of, payload_of
from dordt.staff.mail_frame import without_keys

MOST_BYTES = 500_000  # what is read at all
MOST_HTML = 200_000  # characters of a page of which the words are sought
MOST_TEXT = 20_000  # characters that are shown
MOST_HEADERS = 60
LONGEST_HEADER = 500
MOST_PARTS = 100
REPORTS = {"message/delivery-status", "message/feedback-report", "message/disposition-notification"}
SILENT = {"script", "style", "head", "title", "template"}
TAG = re.compile(r"(<[^<>]*>)")
TAG_NAME = re.compile(r"</?([a-zA-Z0-9]+)")
BREAKS = {"p", "br", "div", "li", "tr", "h1", "h2", "h3", "blockquote"}


@dataclass(frozen=True)
class ReceivedLetter:
    """`text` is plain; `report`: what a mail server wrote for other mail servers; `attachments`: their names alone."""

    headers: list[tuple[str, str]]
    text: str
    report: str
    attachments: list[str]
    is_cut: bool
    is_from_html: bool


def read(raw: bytes) -> ReceivedLetter:
    """Read what can be read; nothing that a stranger sends makes this fail."""
    message = parse(raw[:MOST_BYTES])
    parts = list(parts_of(message))[:MOST_PARTS]
    plain = [_decoded(part) for part in parts if _is_text(part, "text/plain")]
    marked_up = [] if any(plain) else [_bare(_decoded(part)) for part in parts if _is_text(part, "text/html")]
    text, was_long = _shown("\n\n".join(plain or marked_up))
    report, _ = _shown("\n\n".join(_report(part) for part in parts if part.get_content_type() in REPORTS))
    return ReceivedLetter(
        headers=[(_shown(name)[0], _header(value)) for name, value in message.items()[:MOST_HEADERS]],
        text=text,
        report=report,
        attachments=[_name(part) for part in parts if _is_attachment(part)],
        is_cut=was_long or len(raw) > MOST_BYTES,
        is_from_html=bool(marked_up),
    )


def _is_text(part: Message, kind: str) -> bool:
    return part.get_content_type() == kind and not _is_attachment(part)


def _is_attachment(part: Message) -> bool:
    is_text = part.get_content_type() in {"text/plain", "text/html"}
    is_named = "attachment" in str(part.get("Content-Disposition", "")).lower()
    return is_named or not (is_text or part.get_content_type() in REPORTS)


def _decoded(part: Message) -> str:
    given = payload_of(part, decode=True)
    content = given if isinstance(given, bytes) else b""
    try:
        return content.decode(part.get_content_charset() or "utf-8", errors="replace")
    except MANGLED:
        return content.decode("utf-8", errors="replace")


def _report(part: Message) -> str:
    inner = payload_of(part)
    blocks = [each for each in inner if isinstance(each, Message)] if isinstance(inner, list) else [part]
    lines = [[f"{name}: {_header(value)}" for name, value in block.items()] for block in blocks[:DEEPEST]]
    return "\n\n".join("\n".join(block) for block in lines if block)


def _header(value: object) -> str:
    written = str(value)
    with suppress(*MANGLED):  # an encoded word that says something else than it is
        written = str(make_header(decode_header(written[: 4 * LONGEST_HEADER])))
    return _shown(" ".join(written.split()))[0][:LONGEST_HEADER]


def _name(part: Message) -> str:
    try:
        given = part.get_filename()
    except MANGLED:
        given = None
    kind = part.get_content_type()
    return f"{_header(given)} ({kind})" if given else kind


def _shown(text: str) -> tuple[str, bool]:
    """What a page can hold: no control characters, no keys of residents, no more than fits; and whether it was more."""
    readable = "".join(sign if sign.isprintable() or sign in "\n\t" else " " for sign in text.replace("\r\n", "\n"))
    return without_keys(readable[:MOST_TEXT]).strip(), len(readable) > MOST_TEXT


def _bare(html: str) -> str:
    """The words of a page, also of one that the parser of the standard library fails on."""
    words, silent = [""], ""
    for piece in TAG.split(html[:MOST_HTML]):
        tag = TAG_NAME.match(piece)
        name = tag[1].lower() if tag else ""
        if silent:
            silent = "" if piece[1:2] == "/" and name == silent else silent
        elif name in SILENT and piece[1:2] != "/":
            silent = name
        elif not piece.startswith("<"):
            words.append(" ".join(unescape(piece).split()) + " ")
        elif name in BREAKS:
            words.append("\n")
    lines = (" ".join(line.split()) for line in "".join(words).split("\n"))
    return "\n".join(line for line in lines if line)
