"""Mails of strangers: whatever they are made of, they can be looked at and do nothing."""

from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as some

from dordt.mailer.inbound.mime import LONGEST_HEADER, MOST_SHOWN, MOST_TAGS, preview


def test_the_plain_part_is_what_is_shown():
    mail = EmailMessage()
    mail["Subject"] = "Één vraag"
    mail.set_content("Dag,\n\nHoe laat is het?\n")
    mail.add_alternative("<p>Dag, <b>hoe</b> laat is het?</p>", subtype="html")

    shown = preview(mail.as_bytes())

    assert (shown.text, shown.is_from_html, shown.is_cut) == ("Dag,\n\nHoe laat is het?", False, False)
    assert ("Subject", "Één vraag") in shown.headers


def test_of_a_page_only_the_words_are_left():
    html = "<head><title>T</title><style>p{}</style></head><p>Dag<br>buur</p><script>weg()</script><div>Groet</div>"

    shown = preview(b"Content-Type: text/html\r\n\r\n" + html.encode())

    assert (shown.text, shown.is_from_html) == ("Dag\nbuur\nGroet", True)


def test_cells_and_entities_stay_words_of_their_own():
    html = "<table><tr><td>Dag&nbsp;&amp;\r\n  tot<td>ziens</table><b>Buur</b>man<br>&lt;script&gt;"

    shown = preview(b"Content-Type: text/html\r\n\r\n" + html.encode())

    assert shown.text == "Dag & tot\nziens\nBuurman\n<script>"


def test_a_page_with_more_tags_than_an_honest_one_is_cut_there():
    html = "".join(f"<font a={number}>" for number in range(MOST_TAGS - 2)) + "<p>begin" + "<p>" * 40_000 + "einde"

    shown = preview(b"Content-Type: text/html\r\n\r\n" + html.encode())

    assert (shown.text, shown.is_cut) == ("begin", True)


def test_a_plain_part_that_is_empty_gives_way_to_the_page():
    mail = EmailMessage()
    mail.set_content("\n")
    mail.add_alternative("<p>Dag</p>", subtype="html")

    assert (preview(mail.as_bytes()).text, preview(mail.as_bytes()).is_from_html) == ("Dag", True)


def test_a_charset_that_decodes_slowly_is_read_as_utf_8():
    raw = b"Content-Type: text/plain; charset=Punycode\r\n\r\na-" + b"99" * 50_000

    assert preview(raw).text.startswith("a-9999")


def test_what_is_long_is_cut():
    shown = preview(b"X-Lang: " + b"a" * 9000 + b"\r\n\r\n" + b"woord " * MOST_SHOWN)

    assert len(shown.text) <= MOST_SHOWN
    assert shown.is_cut
    assert len(dict(shown.headers)["X-Lang"]) == LONGEST_HEADER


def test_a_mail_within_a_mail_is_an_attachment_and_its_report_can_be_read():
    raw = (
        b"Content-Type: multipart/report; boundary=x\r\n\r\n--x\r\n\r\nNiet bezorgd.\r\n"
        b"--x\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.nl\r\n\r\nAction: failed\r\n\r\n"
        b"--x\r\nContent-Type: message/rfc822\r\n\r\nSubject: Onze brief\r\n\r\nGeheim\r\n--x--\r\n"
    )

    shown = preview(raw)

    assert shown.text == "Niet bezorgd."
    assert shown.report == "Reporting-MTA: dns; mx.nl\n\nAction: failed"
    assert shown.attachments == ["message/rfc822"]


def test_no_link_token_of_a_resident_is_shown():
    token = "WzMsMV0.awU8mw.J9wzOIEhJnE_vFxOB8mFTI65OPo"

    shown = preview(f"List-Unsubscribe: <https://dordt.nl/{token}/>\r\n\r\nZie https://dordt.nl/{token}/\r\n".encode())

    assert token not in str(shown)


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
    assert preview(raw) is not None


@given(some.binary(max_size=600), some.sampled_from([b"", b"Content-Type: ", b"Subject: =?utf-8?q?", b"From: "]))
def test_no_bytes_make_it_fail(raw: bytes, start: bytes):
    shown = preview(start + raw)

    assert all(character.isprintable() or character in "\n\t" for character in shown.text + shown.report)
