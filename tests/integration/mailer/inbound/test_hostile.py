"""Whatever strangers send, and whatever we get wrong ourselves: a mail is kept, or refused for good."""

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dordt.extensions import db
from dordt.mailer.inbound import intake, mime
from dordt.mailer.inbound.intake import MailRefused, receive
from dordt.mailer.models import InboundKind, InboundMail, MailEvent, MailEventKind
from dordt.mailer.smtp import verp
from tests.factories.inbound import RECEIVED_AT, events, kept, make_sent, sample, take_in

NESTED = b"".join(
    b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (number, number) for number in range(10_000)
)
HOSTILE = {
    "NUL bytes": b"From: a\0b@c.nl\r\nSubject: \0\0\r\n\r\n\0\0\0",
    "parts without end": NESTED,
    "mails in mails without end": b"Content-Type: message/rfc822\r\n\r\n" * 10_000,
    "a charset that nobody knows": b'Content-Type: text/plain; charset="x-\xff\0"\nSubject: =?x-none?q?=ff?=\n\n\xff',
    "8-bit headers": b"From: Ren\xe9e <renee@voorbeeld.nl>\r\nSubject: \xc3\xa9\xff\r\n\r\nDag",
    "huge headers": b"Subject: " + b"a" * 500_000 + b"\r\n" + b"X-Y: z\r\n" * 20_000 + b"\r\n",
    "half an encoded word": b"Subject: =?utf-8?b?w?= =?utf-8?q?=?=\r\nFrom: =?utf-8?b?8J+YgA?=\r\n\r\n",
    "a report that is none": b"Content-Type: message/delivery-status\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!!",
    "a bounce of rubbish": b"From: MAILER-DAEMON\nX-Failed-Recipients: \xff\nContent-Type: \0/\xff; =\n\n\xff\xfe",
    "one endless line of a server": b"From: MAILER-DAEMON\n\n" + b"<a" * 250_000,
    "only line ends": b"x" + b"\n" * 200_000,
    "a charset that takes its time": b"Content-Type: text/plain; charset=punycode\r\n\r\na-" + b"99" * 200_000,
    "tags without end": b"Content-Type: text/html\r\n\r\n" + b"<div>" * 90_000,
    "no headers": b"\xff\xfe\0\0 not a mail",
    "many addresses": b"To: " + b"bounces+1-00000000000000000000@x.nl, " * 20_000 + b"\r\n\r\n",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_whatever_a_stranger_sends_is_kept(app: Flask, name: str) -> None:
    take_in(HOSTILE[name], recipient=name, sender=name)

    assert kept().raw == HOSTILE[name]
    assert len(mime.preview(kept().raw).text) <= mime.MOST_SHOWN  # and staff can look at it
    assert kept().handled_at is None or kept().kind == InboundKind.AUTO_REPLY


def test_a_bounce_with_parts_without_end_is_kept_with_its_delivery(app: Flask) -> None:
    delivery = make_sent()

    take_in(NESTED, recipient=verp.return_path(delivery.id))

    assert (kept().kind, kept().delivery_id) == (InboundKind.UNKNOWN, delivery.id)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(data=st.data())
def test_any_bytes_are_kept_or_refused_for_good(sqlite_installation: object, data: st.DataObject) -> None:
    words = b"Subject: =?utf-8?b?w?= =?x?q?=?=\r\nFrom: =?us-ascii?b?/w==?=\r\n\r\n"
    base = data.draw(st.sampled_from([b"", words, *(sample(name) for name in ("arf-abuse", "qmail-unknown-user"))]))
    cut = data.draw(st.integers(0, len(base)))
    raw = base[:cut] + data.draw(st.binary(max_size=400)) + base[cut:]
    with sqlite_installation.app.app_context():  # type: ignore[attr-defined]
        if raw.strip():
            receive(raw, source="pipe", at=RECEIVED_AT, recipient=data.draw(st.text(max_size=30)))
            assert db.session.scalar(sa.select(sa.func.count()).where(InboundMail.raw == raw)) >= 1
            db.session.rollback()
        else:
            with pytest.raises(MailRefused):
                receive(raw, source="pipe", at=RECEIVED_AT)
    sqlite_installation.tidy()  # type: ignore[attr-defined]


def test_what_is_too_large_is_refused_for_good(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "LARGEST", 1000)

    with pytest.raises(MailRefused):
        receive(b"a" * 1001, source="pipe", at=RECEIVED_AT)


def test_a_fault_of_ours_leaves_the_mail_for_staff(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    delivery = make_sent()

    def fail(*_given: object, **_named: object) -> bool:
        db.session.add(MailEvent(delivery_id=delivery.id, kind=MailEventKind.BOUNCED, at=RECEIVED_AT))
        db.session.flush()
        raise KeyError("weg@buren.example")

    monkeypatch.setattr("dordt.mailer.inbound.intake.handle", fail)
    take_in(sample("postfix-unknown-user-5.1.1", delivery))

    assert (kept().kind, kept().handled_at, kept().detail) == (InboundKind.UNKNOWN, None, "not understood: KeyError")
    assert events(delivery) == []
