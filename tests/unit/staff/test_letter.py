"""Mails of strangers: whatever they are made of, they can be looked at and do nothing."""

from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as some

from dordt.staff.post.letter import LONGEST_HEADER, MOST_TEXT, read


def test_the_plain_part_is_what_is_shown():
    mail = EmailMessage()
    mail["Subject"] = "Één vraag"
    mail.set_content("Dag,\n\nHoe laat is het?\n")
    mail.add_alternative("<p>Dag, <b>hoe</b> laat is het?</p>", subtype="html")

    letter = read(mail.as_bytes())

    assert (letter.text, letter.is_from_html, letter.is_cut) == ("Dag,\n\nHoe laat is het?", False, False)
    assert ("Subject", "Één vraag") in letter.headers


def test_of_a_page_only_the_words_are_left():
    html = "<head><title>T</title><style>p{}</style></head><p>Dag<br>buur</p><script>weg()</script><div>Groet</div>"

    letter = read(b"Content-Type: text/html\r\n\r\n" + html.encode())

    assert (letter.text, letter.is_from_html) == ("Dag\nbuur\nGroet", True)


def test_what_is_long_is_cut():
    letter = read(b"X-Lang: " + b"a" * 9000 + b"\r\n\r\n" + b"woord " * MOST_TEXT)

    assert len(letter.text) <= MOST_TEXT
    assert letter.is_cut
    assert len(dict(letter.headers)["X-Lang"]) == LONGEST_HEADER


def test_a_mail_within_a_mail_is_an_attachment_and_its_report_can_be_read():
    raw = (
        b"Content-Type: multipart/report; boundary=x\r\n\r\n--x\r\n\r\nNiet bezorgd.\r\n"
        b"--x\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.nl\r\n\r\nAction: failed\r\n\r\n"
        b"--x\r\nContent-Type: message/rfc822\r\n\r\nSubject: Onze brief\r\n\r\nGeheim\r\n--x--\r\n"
    )

    letter = read(raw)

    assert letter.text == "Niet bezorgd."
    assert letter.report == "Reporting-MTA: dns; mx.nl\n\nAction: failed"
    assert letter.attachments == ["message/rfc822"]


def test_no_key_of_a_resident_is_shown():
    key = "WzMsMV0.awU8mw.J9wzOIEhJnE_vFxOB8mFTI65OPo"

    letter = read(f"List-Unsubscribe: <https://dordt.nl/{key}/>\r\n\r\nZie https://dordt.nl/{key}/\r\n".encode())

    assert key not in str(letter)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00\xff\xfe",
        b"Content-Type: text/plain; charset=bestaat-niet\r\n\r\nDag \xe9",
        b'Content-Type: text/plain; charset="utf-8\x00"\r\n\r\nDag',
        b"Content-Type: multipart/mixed\r\n\r\nzonder grens",
        b"Subject: =?utf-8?b?!!!?= =?x-none?q?a?=\r\n\r\n",
        b"Content-Transfer-Encoding: base64\r\n\r\n!!!",
        b"Content-Disposition: attachment; filename*=x-none''%FF%FE\r\n\r\n",
        b"Content-Type: message/delivery-status\r\n\r\n",
        b"Content-Type: text/html\r\n\r\n<![<![<script>&#x110000;<a",
        b"".join(b"Content-Type: multipart/mixed; boundary=%d\r\n\r\n--%d\r\n" % (deep, deep) for deep in range(3000)),
    ],
    ids=lambda raw: repr(raw[:40]),
)
def test_what_is_broken_is_shown_as_far_as_it_goes(raw: bytes):
    assert read(raw) is not None


@given(some.binary(max_size=600), some.sampled_from([b"", b"Content-Type: ", b"Subject: =?utf-8?q?", b"From: "]))
def test_no_bytes_make_it_fail(raw: bytes, start: bytes):
    letter = read(start + raw)

    assert all(sign.isprintable() or sign in "\n\t" for sign in letter.text + letter.report)
