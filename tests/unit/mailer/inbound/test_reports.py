"""Reports of delivery, however they are written."""

import pytest

from dordt.mailer.inbound.classify import Status, feedback_type, statuses
from dordt.mailer.inbound.mime import read

HEAD = b'Content-Type: multipart/report; boundary="x"\r\n\r\n--x\r\nContent-Type: message/'
PER_MESSAGE = b"delivery-status\r\n\r\nReporting-MTA: dns; mx.b.nl\r\n\r\n"


def only(fields: bytes, *, start: bytes = PER_MESSAGE) -> Status:
    [status] = statuses(read(HEAD + start + fields + b"\r\n--x--\r\n"))
    return status


def test_a_report_is_read_field_by_field() -> None:
    status = only(
        b"Original-Recipient: rfc822;Anna@Voorbeeld.NL\r\nFinal-Recipient: rfc822; <a@elders.nl>\r\n"
        b"Action: failed (for good)\r\nStatus: 5.1.1 (unknown)\r\n"
        b"Diagnostic-Code: smtp; 550 5.1.1\r\n  User unknown\r\n"
    )

    assert status == Status("failed", 550, "5.1.1", "550 5.1.1 User unknown", ("anna@voorbeeld.nl", "a@elders.nl"))


@pytest.mark.parametrize(
    ("fields", "action"),
    [
        (b"Action: FAILED\r\nStatus: 5.0.0\r\n", "failed"),
        (b"Action: error\r\nStatus: 5.0.0\r\n", "failed"),
        (b"Action: delayed\r\nStatus: 4.4.1\r\n", "delayed"),
        (b"Action: relayed\r\nStatus: 2.1.9\r\n", "relayed"),
        (b"Status: 5.1.1\r\n", "failed"),
        (b"Status: 4.4.1\r\n", "delayed"),
        (b"Status: 2.0.0\r\n", "delivered"),
    ],
)
def test_a_missing_action_follows_from_the_status(fields: bytes, action: str) -> None:
    assert only(fields).action == action


@pytest.mark.parametrize(
    ("status", "words", "exact"),
    [
        (b"5.0.0", b"550-5.1.1 gone", "5.1.1"),
        (b"5.0.0", b"450 4.2.0 later", "5.0.0"),
        (b"5.2.2", b"550 5.1.1 gone", "5.2.2"),
        (b"rubbish", b"550 5.1.1 gone", "5.1.1"),
    ],
)
def test_a_vague_status_becomes_that_of_the_remote_server(status: bytes, words: bytes, exact: str) -> None:
    assert only(b"Action: failed\r\nStatus: " + status + b"\r\nDiagnostic-Code: smtp; " + words).enhanced == exact


def test_a_report_in_unicode_is_read_too() -> None:
    start = b"global-delivery-status\r\n\r\nReporting-MTA: dns; mx.b.nl\r\n\r\n"

    status = only("Final-Recipient: utf-8; réné@b.nl\r\nAction: failed\r\nStatus: 5.1.1\r\n".encode(), start=start)

    assert (status.action, status.enhanced) == ("failed", "5.1.1")


def test_each_recipient_has_its_own_status() -> None:
    found = statuses(read(HEAD + PER_MESSAGE + b"Action: failed\r\n\r\nAction: delivered\r\n\r\nAction: \r\n\r\n--x--"))

    assert [status.action for status in found] == ["failed", "delivered"]


def test_a_report_in_a_mail_that_is_sent_on_is_not_about_this_one() -> None:
    inner = HEAD + PER_MESSAGE + b"Action: failed\r\n\r\n--x--\r\n"

    assert statuses(read(b"Content-Type: message/rfc822\r\n\r\n" + inner)) == []


def test_feedback_says_of_which_kind_it_is() -> None:
    assert (
        feedback_type(read(HEAD + b"feedback-report\r\n\r\nVersion: 1\r\nFeedback-Type: Abuse\r\n\r\n--x--")) == "abuse"
    )
    assert feedback_type(read(b"Subject: dag\r\n\r\nFeedback-Type: abuse\r\n")) is None
