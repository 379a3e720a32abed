"""The lint of raw messages finds what it says it finds."""

from datetime import UTC, datetime
from typing import Any

import pytest

from dordt.mailer.models import Mail, MailKind
from dordt.mailer.smtp import rendering
from tests.support.raw_lint import problems

HOST = "dordt.example"
AT = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
LEAVE = "<https://dordt.example/nieuwsbrief/afmelden/[[token]]/>, <mailto:afmelden@dordt.example>"


def encoded(kind: MailKind = MailKind.NEWSLETTER, **values: Any) -> bytes:
    is_bulk = kind is not MailKind.TRANSACTIONAL
    given = {"id": 7, "subject": "Nieuws", "text": "Tekst\n", "html": "<p>Tekst</p>\n", "kind": kind}
    given |= {"sender": "Dordt aan Zet <wijken@dordrecht.nl>", "reply_to": "anna@voorbeeld.nl", "created_at": AT}
    given |= {"headers": {"List-Unsubscribe": LEAVE} if is_bulk else {}, "list_id": "nieuwsbrief" if is_bulk else None}
    message_id = rendering.message_id(mail_id=7, recipient=1, created_at=AT, host=HOST)
    own = rendering.own_headers(to="piet@voorbeeld.nl", message_id=message_id, at=AT)
    return rendering.encode(Mail(**given | values), host=HOST).for_recipient(own, "teken")


BULK, RECEIPT = encoded(), encoded(MailKind.TRANSACTIONAL)


@pytest.mark.parametrize(("content", "is_bulk"), [(BULK, True), (RECEIPT, False)], ids=["newsletter", "receipt"])
def test_a_message_of_ours_has_no_problem(content: bytes, is_bulk: bool):
    assert problems(content, host=HOST, is_bulk=is_bulk) == []


def added(line: bytes) -> bytes:
    return line + b"\r\n" + BULK


def without(name: bytes) -> bytes:
    assert b"\r\n" + name + b": " in BULK
    before, _, rest = BULK.partition(b"\r\n" + name + b": ")
    return before + b"\r\n" + rest.split(b"\r\n", 1)[1]


def changed(old: bytes, new: bytes) -> bytes:
    assert old in BULK
    return BULK.replace(old, new)


CUT = BULK.index(b"\r\n--=_")
BOUNDARY = BULK[CUT + 2 :].split(b"\r\n")[0]
PLAIN, HTML = BULK[CUT + 2 :].split(BOUNDARY)[1:3]
BROKEN = {
    "8-bit": (changed(b"<p>Tekst", "<p>é".encode()), "not 7-bit"),
    "NUL": (changed(b"<p>Tekst", b"<p>\0"), "not 7-bit"),
    "bare LF": (changed(b"<p>Tekst", b"<p>\n"), "a bare CR or LF"),
    "bare CR": (changed(b"<p>Tekst", b"<p>\r"), "a bare CR or LF"),
    "LF and CR turned round": (changed(b"<p>Tekst", b"<p>\n\ra"), "a bare CR or LF"),
    "no body": (BULK[:200].rstrip(), "no empty line behind the headers"),
    "no last line end": (BULK.removesuffix(b"\r\n"), "no line end at the end"),
    "too long a header": (added(b"X-Lang: " + b"x" * 991), "a line of more than 998"),
    "dot": (changed(b"<p>Tekst", b"\r\n.Tekst"), "a line that begins with a dot"),
    "From": (changed(b"<p>Tekst", b"\r\nFrom hier"), "a line that begins as a mailbox file's"),
    "unfolded": (changed(b"Subject: Nieuws", b"Subject: " + b"woord " * 12), "Subject: a line of more than 78 that"),
    "fold with nothing": (changed(b"Subject: Nieuws", b"Subject: Nieuws\r\n "), "Subject: a fold with nothing in it"),
    "no header": (added(b"geen kop"), "a line that is no header"),
    "long body line": (changed(b"<p>Tekst", b"<p>" + b"x" * 74), "a body line of more than 76"),
    "space at the end": (changed(b"Tekst</p>", b"Tekst \r\n</p>"), "white space at the end of a body line"),
    "loose =": (changed(b"<p>Tekst", b"<p>=T"), "broken quoted-printable"),
    **{
        f"no {name}": (without(name.encode()), f"{name.lower()}: 0 times")
        for name in ("To", "From", "Message-ID", "Subject")
    },
    "no Date": (BULK.split(b"\r\n", 1)[1], "date: 0 times"),
    "no MIME-Version": (without(b"MIME-Version"), "mime-version: 0 times"),
    "From twice": (added(b"From: a@b.nl"), "from: 2 times"),
    "Subject twice": (added(b"subject: Nieuws"), "subject: 2 times"),
    "Reply-To twice": (added(b"Reply-To: a@b.nl"), "reply-to: 2 times"),
    "Return-Path": (added(b"Return-Path: <a@b.nl>"), "return-path must not be there"),
    "Bcc": (added(b"Bcc: a@b.nl"), "bcc must not be there"),
    "empty header": (added(b"X-Leeg: "), "x-leeg is empty"),
    "long word": (
        changed(b"Subject: Nieuws", b"Subject:\r\n =?utf-8?b?" + b"YWFh" * 17 + b"?="),
        "subject: an encoded word of more than 75",
    ),
    "word in List-": (added(b"List-Help: =?utf-8?q?hulp?="), "list-help: an encoded word where none may be"),
    "broken word": (changed(b"Subject: Nieuws", b"Subject: =?utf-8?q?Nieuws"), "subject: a broken encoded word"),
    "encoded address": (
        changed(b"To: piet@voorbeeld.nl", b"To: =?utf-8?q?piet?=@voorbeeld.nl"),
        "to: no plain address",
    ),
    "two addresses": (changed(b"To: piet@voorbeeld.nl", b"To: piet@voorbeeld.nl, a@b.nl"), "to: no plain address"),
    "other Message-ID": (
        changed(b"@dordt.example>\r\nFrom", b"@anders.example>\r\nFrom"),
        "message-id: not one of ours",
    ),
    "Message-ID by chance": (changed(b"Message-ID: <7.1.", b"Message-ID: <7.1.z"), "message-id: not one of ours"),
    "other List-Id": (
        changed(b"nieuwsbrief.dordt.example>", b"nieuwsbrief.anders.example>"),
        "list-id: not under our own",
    ),
    "no Auto-Submitted": (without(b"Auto-Submitted"), "auto-submitted: not auto-generated"),
    **{
        f"no {name}": (without(name.encode()), f"{name.lower()}: missing on mail to a list")
        for name in ("List-Unsubscribe", "List-Unsubscribe-Post", "List-Id", "Feedback-ID", "Precedence")
    },
    "Precedence": (changed(b"Precedence: bulk", b"Precedence: list"), "precedence: not bulk"),
    "not one click": (changed(b"=One-Click", b"=Two-Clicks"), "list-unsubscribe-post: not one click"),
    "mailto first": (
        changed(b"<https://dordt.example/nieuwsbrief/afmelden/teken/>, ", b""),
        "list-unsubscribe: not an address of the web",
    ),
    "Feedback-ID": (changed(b":dordtaanzet", b""), "feedback-id: not four parts"),
    "mixed": (changed(b"multipart/alternative", b"multipart/mixed"), "not multipart/alternative"),
    "HTML first": (changed(BOUNDARY + PLAIN + BOUNDARY + HTML, BOUNDARY + HTML + BOUNDARY + PLAIN), "not text first"),
    "latin": (changed(b"charset=utf-8", b"charset=latin-1"), "text/html: not in utf-8"),
    "base64": (changed(b"quoted-printable", b"base64"), "a part that is not quoted-printable"),
    "language": (changed(b"Content-Language: nl", b"Content-Language: en"), "content-language: not nl"),
    "mark in a header": (changed(b"Subject: Nieuws", b"Subject: [[token]]"), "a mark left in a header"),
    "leave mark": (changed(b"<mailto:afmelden@", b"<mailto:[[leave]]@"), "a mark left in a header"),
    "mark in the text": (changed(b"<p>Tekst", b"<p>[[tok=65n]]"), "text/html: a mark left"),
    "empty text": (changed(b"\r\n\r\nTekst\r\n", b"\r\n\r\n\r\n"), "text/plain: empty"),
    "large HTML": (changed(b"<p>Tekst", b"<p>" + b"Tekst\r\n" * 13_000), "HTML of more than 90000"),
    "lost character": (changed(b"<p>Tekst", b"<p>=EF=BF=BD"), "text/html: a character was lost"),
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_message_is_named(what: str):
    content, words = BROKEN[what]

    found = problems(content, host=HOST, is_bulk=True)

    assert any(problem.startswith(words) for problem in found), found


@pytest.mark.parametrize("name", ["List-Id", "List-Unsubscribe", "List-Unsubscribe-Post", "Feedback-ID", "Precedence"])
def test_a_receipt_belongs_to_no_list(name: str):
    content = f"{name}: <x>\r\n".encode() + RECEIPT

    assert f"{name.lower()}: on mail to one" in problems(content, host=HOST, is_bulk=False)
