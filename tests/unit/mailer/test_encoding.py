"""A mail as bytes decodes to what was written, whatever was written, and keeps to the limits of mail."""

import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import formataddr

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dordt.mailer.models import Mail, MailKind
from dordt.mailer.smtp import rendering
from dordt.mailer.smtp.rendering import text_line
from tests.support.raw_lint import problems

AT = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
TOKEN_VALUE = "WzE5OTksMV0.awUykA.n3IQ5K8QjYuU7GFgTGH3PhuQXAU"
unicode_text = st.text(st.characters(exclude_categories=["Cs"]))
awkward_text = st.text(st.sampled_from("a =.\t\n\r<>&é€😀\u2028[[token]]From "))
texts = st.one_of(
    unicode_text, awkward_text, st.lists(st.sampled_from(["[[token]]", " ", ".", "x" * 80, "é"])).map("".join)
)


def make_mail(**values: object) -> Mail:
    given = {"id": 7, "kind": MailKind.NEWSLETTER, "subject": "Nieuws", "text": "Tekst\n", "html": "<p>Tekst</p>\n"}
    given |= {"sender": "Dordt aan Zet <wijken@dordrecht.nl>", "reply_to": None, "headers": {}, "created_at": AT}
    return Mail(**given | {"list_id": "nieuwsbrief"} | values)


def encoded(mail: Mail, token: str = TOKEN_VALUE) -> bytes:
    own = rendering.own_headers(to="anna@voorbeeld.nl", message_id="<7.1.abc@dordt.example>", at=AT)
    return rendering.encode(mail, host="dordt.example").for_recipient(own, token)


def parsed(content: bytes) -> EmailMessage:
    return message_from_bytes(content, policy=policy.default)  # type: ignore[return-value]


def unix(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def decoded(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    return unix(part.get_payload(decode=True).decode("utf-8"))  # type: ignore[union-attr]


@given(text=texts, html=texts)
def test_both_parts_decode_to_what_was_written_with_the_token_in_place(text: str, html: str):
    content = encoded(make_mail(text=text, html=html))

    message = parsed(content)
    assert decoded(message, "plain") == unix(text).replace("[[token]]", TOKEN_VALUE)
    assert decoded(message, "html") == unix(html).replace("[[token]]", TOKEN_VALUE)


@given(text=texts, html=texts)
def test_lines_are_short_and_7_bit_and_none_begins_with_a_dot(text: str, html: str):
    content = encoded(make_mail(text=text, html=html))

    body = content.split(b"\r\n\r\n", 1)[1]
    assert content.isascii()
    assert max(len(line) for line in body.split(b"\r\n")) <= 76
    assert not re.search(rb"^\.", body, re.MULTILINE)
    assert b"\0" not in content
    assert content.count(b"\n") == content.count(b"\r\n") == content.count(b"\r")


@given(subject=st.one_of(unicode_text, st.text(st.sampled_from("ab =?_é😀\t"))))
def test_a_subject_decodes_to_what_was_written_in_lines_of_at_most_76(subject: str):
    line = text_line("Subject", subject)

    assert line.isascii()
    assert max(len(part) for part in line.rstrip(b"\r\n").split(b"\r\n")) <= 76
    expected = re.sub(r"[\r\n]+", " ", subject)
    assert str(parsed(line + b"\r\n")["Subject"]) == expected


LONG = "Een lang onderwerp met veel gewone woorden " * 4
FAMILY = "\N{MAN}\N{ZERO WIDTH JOINER}\N{WOMAN}\N{ZERO WIDTH JOINER}\N{GIRL}"


@pytest.mark.parametrize(
    "subject",
    ["Kort", LONG, "woord" * 40, "=?utf-8?q?nep?=", "é" * 200, FAMILY * 20],
    ids=["short", "long", "one word", "looks encoded", "not ASCII", "joined characters"],
)
def test_any_subject_is_folded_so_that_readers_see_it_whole(subject: str):
    message = parsed(encoded(make_mail(subject=subject.strip())))

    assert message["Subject"] == subject.strip()


@pytest.mark.parametrize("name", ["Gemeente Dordrecht", "Büro, Café", 'De "wijk"', "Ωμέγα", "Jansen, A."])
def test_the_sender_keeps_its_name(name: str):
    quoted = name.replace("\\", "\\\\").replace('"', '\\"')
    message = parsed(encoded(make_mail(sender=f'"{quoted}" <wijken@dordrecht.nl>')))

    (address,) = message["From"].addresses
    assert (address.display_name, address.addr_spec) == (name, "wijken@dordrecht.nl")


def test_a_domain_outside_ascii_stands_in_punycode():
    message = parsed(encoded(make_mail(reply_to="Anna@bücher.example")))

    assert message["Reply-To"] == "Anna@xn--bcher-kva.example"


def test_a_line_break_adds_no_header():
    mail = make_mail(subject="Hallo\r\nBcc: iedereen@voorbeeld.nl", headers={"X-Note": "a\nX-Evil: b"})

    message = parsed(encoded(mail))

    assert message["Bcc"] is None
    assert message["X-Evil"] is None


def test_each_header_stands_once_and_a_draft_cannot_replace_ours():
    mail = make_mail(headers={"From": "ander@voorbeeld.nl", "List-Id": "<eigen.dordt.example>", "precedence": "list"})

    message = parsed(encoded(mail))

    assert [name for name, count in Counter(name.lower() for name in message).items() if count > 1] == []
    assert message["From"] == "Dordt aan Zet <wijken@dordrecht.nl>"
    assert message["List-Id"] == "<eigen.dordt.example>"


def test_an_unsubscribe_address_is_neither_folded_nor_encoded():
    address = f"<https://dordt.example/nieuwsbrief/afmelden/[[token]]/{'x' * 200}>, <mailto:afmelden@dordt.example>"

    content = encoded(make_mail(headers={"List-Unsubscribe": address}))

    assert f"\r\nList-Unsubscribe: {address.replace('[[token]]', TOKEN_VALUE)}\r\n".encode() in content
    assert b"\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in content


def test_a_receipt_says_that_no_person_wrote_it_and_belongs_to_no_list():
    message = parsed(encoded(make_mail(kind=MailKind.TRANSACTIONAL, list_id=None)))

    assert message["Auto-Submitted"] == "auto-generated"
    assert {"Precedence", "List-Id", "Feedback-ID", "List-Unsubscribe-Post"} & set(message.keys()) == set()


def test_text_comes_first_and_html_last():
    message = parsed(encoded(make_mail()))

    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert message["Content-Language"] == "nl"
    assert message["Date"].datetime == AT


def test_a_message_id_is_the_same_each_time_and_another_for_another_delivery():
    def name(**other: object) -> str:
        values = {"mail_id": 7, "recipient": 1, "created_at": AT, "host": "dordt.example"} | other
        return rendering.message_id(**values)  # type: ignore[arg-type]

    assert name() == name()
    assert len({name(), name(mail_id=8), name(recipient=2), name(created_at=AT + timedelta(seconds=1))}) == 4


def test_a_mail_without_a_token_keeps_its_brackets():
    message = parsed(encoded(make_mail(text="Zo: [[token]]\n"), token=rendering.TOKEN))

    assert decoded(message, "plain") == "Zo: [[token]]\n"


TOKENS = st.text(st.sampled_from("AZaz09-_."), min_size=1, max_size=70).filter(lambda token: not token.startswith("."))
MESSAGE_ID = rendering.message_id(mail_id=7, recipient=1, created_at=AT, host="dordt.example")
LEAVE = "<https://dordt.example/afmelden/[[token]]/>, <mailto:afmelden@dordt.example>"
printable = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]))
edges = st.builds(  # as long as a line may be, give or take a few
    lambda filler, width, end: filler * width + end,
    st.sampled_from("a =.é"),
    st.integers(72, 78),
    st.sampled_from(["", "\n", "[[token]]"]),
)
bodies = st.lists(st.one_of(texts, edges, st.just("[[token]]")), max_size=4).map("".join)


def written_plainly(subject: str, text: str, html: str, token: str) -> EmailMessage:
    """The same mail as the standard library writes it, whole and for one reader."""
    message = EmailMessage(policy=policy.SMTP.clone(max_line_length=998))
    message["From"] = "Dordt aan Zet <wijken@dordrecht.nl>"
    message["To"], message["Message-ID"], message["Date"] = "anna@voorbeeld.nl", MESSAGE_ID, AT
    message["Subject"], message["Content-Language"] = subject, "nl"
    message["List-Unsubscribe"] = LEAVE.replace("[[token]]", token)
    message.set_content(text.replace("[[token]]", token), cte="base64")
    message.add_alternative(html.replace("[[token]]", token), subtype="html", cte="base64")
    return parsed(message.as_bytes())


def written_quickly(subject: str, text: str, html: str, token: str, kind: MailKind = MailKind.NEWSLETTER) -> bytes:
    own = rendering.own_headers(to="anna@voorbeeld.nl", message_id=MESSAGE_ID, at=AT)
    is_bulk = kind is not MailKind.TRANSACTIONAL
    headers, list_id = ({"List-Unsubscribe": LEAVE}, "nieuwsbrief") if is_bulk else ({}, None)
    mail = make_mail(subject=subject, text=text, html=html, headers=headers, kind=kind, list_id=list_id)
    return rendering.encode(mail, host="dordt.example").for_recipient(own, token)


@given(subject=printable.map(str.strip), text=bodies, html=bodies, token=TOKENS)
def test_the_quick_encoding_says_the_same_as_the_plain_one(subject: str, text: str, html: str, token: str):
    text, html = f"{text}\n", f"{html}\n"

    quick = parsed(written_quickly(subject, text, html, token))
    plain = written_plainly(subject, text, html, token)

    assert [decoded(quick, kind) for kind in ("plain", "html")] == [decoded(plain, kind) for kind in ("plain", "html")]
    names = [name for name in plain if name != "Content-Type"]  # which names the boundary
    assert [quick[name] for name in names] == [plain[name] for name in names]


@given(
    subject=st.one_of(unicode_text, printable, st.text(st.sampled_from("ab =?_é😀\t\r\n.:"))),
    text=bodies,
    html=bodies,
    token=TOKENS,
    kind=st.sampled_from(MailKind),
)
def test_no_strict_receiver_objects_whatever_was_written(
    subject: str, text: str, html: str, token: str, kind: MailKind
):
    content = written_quickly(subject.replace("\ufffd", ""), f"x{text}\n", f"x{html}\n", token, kind)

    known = {"text/plain: a character was lost", "text/html: a character was lost"}  # somebody may write U+FFFD
    assert set(problems(content, host="dordt.example", is_bulk=kind is not MailKind.TRANSACTIONAL)) <= known


@given(person=st.one_of(printable, st.text(st.sampled_from('ab "\\,.<>@é'), max_size=80)))
def test_no_strict_receiver_objects_to_any_name_of_a_sender(person: str):
    content = encoded(
        make_mail(sender=formataddr((person.strip(), "wijken@dordrecht.nl")), kind=MailKind.TRANSACTIONAL)
    )

    wrong = [
        problem for problem in problems(content, host="dordt.example", is_bulk=False) if problem.startswith("from")
    ]
    assert wrong == []


@pytest.mark.parametrize("filler", ["x", ".", "=", "é", " "])
def test_a_line_is_short_enough_wherever_the_token_stands(filler: str):
    lines = "\n".join(filler * width + "[[token]]" + filler * width for width in range(80))

    content = encoded(make_mail(text=lines, html=lines, headers={"List-Unsubscribe": LEAVE}))

    assert max(len(line) for line in content.split(b"\r\n\r\n", 1)[1].split(b"\r\n")) <= 76
    assert decoded(parsed(content), "plain") == lines.replace("[[token]]", TOKEN_VALUE)
