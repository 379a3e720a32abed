"""What becomes of mail that is due, against a real SMTP server that takes, refuses, stalls and hangs up."""

import time
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from dordt.extensions import db
from dordt.mailer.ledger import claiming, outbox
from dordt.mailer.models import Delivery, Mail, MailEvent, MailState, Suppression, SuppressionScope
from dordt.mailer.relays.limits import BURST
from dordt.shared.links import read_token
from tests.factories.mailer import WRITTEN_AT, make_newsletter, make_receipt, states
from tests.support.relay import HANG_UP

BURST_OF_20 = 1 + 20 * BURST  # messages that may leave at once at 20 a second
AN_HOUR_LATER = WRITTEN_AT + timedelta(hours=1)


def only_delivery() -> Delivery:
    db.session.rollback()
    return db.session.scalars(sa.select(Delivery)).one()


def events() -> list[str]:
    return [kind.value for kind in db.session.scalars(sa.select(MailEvent.kind).order_by(MailEvent.id))]


def test_a_receipt_arrives_and_the_relays_words_are_kept(relay, deliver):
    make_receipt(
        "Anna@Bücher.example", subject="Wij hebben uw bericht", text="Dank u wel.\n", html="<p>Dank u wel.</p>"
    )

    deliver()

    (received,) = relay.messages
    assert received.recipients == ("Anna@xn--bcher-kva.example",)
    assert received.message["Subject"] == "Wij hebben uw bericht"
    delivery = only_delivery()
    assert (delivery.state, delivery.relay_code, delivery.attempts) == ("accepted", 250, 1)
    assert "queued as 1" in (delivery.relay_text or "")
    assert delivery.message_id == received.message["Message-ID"]
    assert events() == ["accepted"]


@pytest.mark.slow
def test_a_newsletter_for_2000_arrives_once_each_with_a_link_of_ones_own(relay, deliver):
    mail = make_newsletter(2000)

    deliver(seconds=120)

    assert states(mail.id) == {"accepted": 2000}
    assert Counter(received.recipients[0] for received in relay.messages) == {
        f"lezer{number}@voorbeeld.nl": 1 for number in range(1, 2001)
    }
    for received in relay.messages:
        number = int(received.recipients[0].removeprefix("lezer").removesuffix("@voorbeeld.nl"))
        message = received.message
        link = message["List-Unsubscribe"].split("/afmelden/")[1].split("/")[0]
        assert read_token(link, purpose="newsletter-unsubscribe").row_id == number
        assert all(link in part.get_content() for part in message.iter_parts())


def test_each_message_of_a_newsletter_is_7_bit_with_short_lines_and_the_headers_of_a_list(relay, deliver):
    make_newsletter(2, subject="Ideeën voor het Sterrenburgpark", text="é" * 3000 + " [[token]]\n.\n", html="ü" * 3000)

    deliver()

    received = relay.messages[0]
    received.content.decode("ascii")
    assert max(map(len, received.content.split(b"\r\n"))) <= 76 + len(b"List-Unsubscribe: ") + 120
    assert b"\n" not in received.content.replace(b"\r\n", b"")
    message = received.message
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["List-Id"] == "<nieuwsbrief.127.0.0.1>"
    assert message["Precedence"] == "bulk"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Feedback-ID"].endswith(":nieuwsbrief:newsletter:dordtaanzet")
    assert message["Subject"] == "Ideeën voor het Sterrenburgpark"
    single = Counter(name.lower() for name in message)
    assert {name for name, count in single.items() if count > 1} == set()


def test_receipts_leave_before_a_newsletter(app, relay, deliver):
    app.config["MAIL_CONNECTIONS"] = 1
    make_newsletter(3)
    make_receipt("anna@voorbeeld.nl")

    deliver()

    app.config["MAIL_CONNECTIONS"] = 4
    assert relay.messages[0].recipients == ("anna@voorbeeld.nl",)


def test_who_unsubscribes_after_the_freeze_gets_nothing(relay, deliver):
    make_newsletter(3)
    outbox.withdraw("lezer2@voorbeeld.nl", scope=SuppressionScope.NEWSLETTER)
    db.session.commit()

    deliver()

    assert sorted(each.recipients[0] for each in relay.messages) == ["lezer1@voorbeeld.nl", "lezer3@voorbeeld.nl"]
    assert states() == {"accepted": 2, "cancelled": 1}


@pytest.mark.parametrize(
    ("scope", "list_id", "newsletter", "receipt"),
    [
        (SuppressionScope.ALL, "", "suppressed", "suppressed"),
        (SuppressionScope.NEWSLETTER, "", "suppressed", "accepted"),
        (SuppressionScope.NEWSLETTER, "nieuwsbrief", "suppressed", "accepted"),
        (SuppressionScope.NEWSLETTER, "another", "accepted", "accepted"),
        (SuppressionScope.GROUP, "", "accepted", "accepted"),
    ],
)
def test_suppression_is_looked_at_again_before_sending(relay, deliver, scope, list_id, newsletter, receipt):
    mail = make_newsletter(1)
    make_receipt("lezer1@voorbeeld.nl")
    db.session.add(
        Suppression(address_key="lezer1@voorbeeld.nl", scope=scope, list_id=list_id, reason="test", since=WRITTEN_AT)
    )
    db.session.commit()

    deliver()

    found = {delivery.mail_id == mail.id: delivery.state.value for delivery in db.session.scalars(sa.select(Delivery))}
    assert found == {True: newsletter, False: receipt}


def test_a_temporary_refusal_is_tried_again_later(relay, deliver):
    make_receipt()
    relay.answer("RCPT", "451 4.7.1 Greylisted, come back later")

    deliver()
    delivery = only_delivery()
    assert (delivery.state, delivery.relay_enhanced) == ("deferred", "4.7.1")
    assert timedelta(seconds=40) < delivery.next_attempt_at - WRITTEN_AT < timedelta(seconds=80)

    deliver(AN_HOUR_LATER)
    delivery = only_delivery()
    assert (delivery.state, delivery.attempts) == ("accepted", 2)
    assert events() == ["deferred", "accepted"]


def test_a_refused_recipient_fails_and_the_others_get_their_mail(relay, deliver):
    make_newsletter(3)
    relay.refuse("lezer2@voorbeeld.nl")

    deliver()

    assert states() == {"accepted": 2, "failed": 1}
    failed = db.session.scalars(sa.select(Delivery).where(Delivery.address == "lezer2@voorbeeld.nl")).one()
    assert (failed.relay_code, failed.relay_enhanced, failed.attempts) == (550, "5.1.1", 1)


@pytest.mark.parametrize("command", ["MAIL", "DATA", "BODY"])
def test_a_newsletter_that_is_refused_again_and_again_pauses_and_says_why(relay, deliver, command):
    mail = make_newsletter(100)
    relay.always_answer(command, "554 5.7.1 This looks like spam")

    deliver()

    db.session.refresh(mail)
    assert mail.state is MailState.PAUSED
    assert "554 5.7.1 This looks like spam" in (mail.state_reason or "")
    counts = states(mail.id)
    assert 10 <= counts["failed"] <= 10 + 2 * 4
    assert counts["queued"] == 100 - counts["failed"]


def test_a_paused_newsletter_waits_and_goes_on_when_resumed(relay, deliver):
    mail = make_newsletter(3)
    outbox.pause(mail, "even wachten")
    db.session.commit()

    deliver()
    assert states() == {"queued": 3}

    outbox.resume(db.session.get_one(Mail, mail.id))
    db.session.commit()
    deliver()
    assert states() == {"accepted": 3}


def test_a_relay_that_closes_after_some_messages_is_called_again(app, relay, deliver):
    app.config["MAIL_CONNECTIONS"] = 1
    make_newsletter(4)
    relay.answer("MAIL", "", "421 4.7.0 Enough for now")

    deliver()

    app.config["MAIL_CONNECTIONS"] = 4
    assert states() == {"accepted": 4}
    assert relay.connections == 2
    assert set(db.session.scalars(sa.select(Delivery.attempts))) == {1}


def test_a_connection_carries_no_more_messages_than_the_setting_allows(app, relay, deliver, monkeypatch):
    monkeypatch.setattr(app.extensions["mail"], "max_emails", 5)
    monkeypatch.setitem(app.config, "MAIL_CONNECTIONS", 1)
    make_newsletter(12)

    deliver()

    assert states() == {"accepted": 12}
    assert relay.connections == 3


def test_a_relay_that_takes_only_two_connections_gets_all_over_those_two(relay, deliver):
    make_newsletter(60)
    relay.answer("CONNECT", "", "", *["421 4.7.0 Too many connections"] * 20)

    deliver(seconds=20)

    assert states() == {"accepted": 60}


@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA"])
def test_a_connection_lost_before_the_final_dot_costs_nothing(app, relay, deliver, command):
    app.config["MAIL_CONNECTIONS"] = 1
    make_newsletter(3)
    relay.answer(command, "", HANG_UP)

    deliver()

    app.config["MAIL_CONNECTIONS"] = 4
    assert Counter(received.recipients[0] for received in relay.messages).most_common(1)[0][1] == 1
    assert states() == {"accepted": 3}


def test_a_newsletter_without_an_answer_to_the_final_dot_is_uncertain_and_stays_so(relay, deliver):
    make_newsletter(1)
    relay.answer("BODY", HANG_UP)

    deliver()
    deliver(AN_HOUR_LATER)

    assert states() == {"uncertain": 1}
    assert events() == ["uncertain"]
    assert relay.messages == []


def test_a_receipt_without_an_answer_to_the_final_dot_is_sent_again_with_the_same_message_id(relay, deliver):
    delivery = make_receipt()
    relay.answer("BODY", HANG_UP)

    deliver()
    db.session.refresh(delivery)
    first = delivery.message_id
    assert delivery.state == "deferred"

    deliver(AN_HOUR_LATER)
    assert states() == {"accepted": 1}
    assert relay.messages[0].message["Message-ID"] == first


def test_a_mail_that_cannot_be_written_fails_alone(relay, deliver):
    make_receipt("anna@voorbeeld.nl", headers={"List-Help": "<https://é.nl>"})
    make_receipt("bram@voorbeeld.nl")

    deliver()

    assert states() == {"accepted": 1, "failed": 1}
    assert [received.recipients[0] for received in relay.messages] == ["bram@voorbeeld.nl"]


def test_no_more_messages_leave_per_second_than_the_setting_allows(app, relay, deliver, monkeypatch):
    monkeypatch.setitem(app.config, "MAIL_RATE_PER_SECOND", 20)
    make_newsletter(60)
    began = time.monotonic()

    deliver()

    assert states() == {"accepted": 60}
    assert time.monotonic() - began >= (60 - BURST_OF_20) / 20


def test_a_resent_delivery_leaves_again(relay, deliver):
    make_newsletter(1)
    relay.answer("BODY", HANG_UP)
    deliver()

    assert outbox.resend(only_delivery().id, at=AN_HOUR_LATER)
    db.session.commit()
    deliver(AN_HOUR_LATER)

    assert states() == {"accepted": 1}
    assert events() == ["uncertain", "resent", "accepted"]
    assert not outbox.resend(only_delivery().id, at=AN_HOUR_LATER)


@pytest.mark.parametrize("answer", ["451 4.3.0 Later", HANG_UP])
def test_whoever_unsubscribes_while_the_mail_is_on_its_way_is_not_tried_again(app, relay, deliver, answer):
    mail = make_newsletter(1)
    take = claiming.mark_sending

    def unsubscribe_too(*given: Any, **named: Any) -> set[int]:
        marked = take(*given, **named)
        connection = named.get("connection") or db.session.connection()
        connection.execute(sa.update(Delivery).values(is_withdrawn=True))
        return marked

    relay.answer("BODY", answer)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(claiming, "mark_sending", unsubscribe_too)
        deliver()

    assert states(mail.id) == ({"cancelled": 1} if answer != HANG_UP else {"uncertain": 1})


def test_whoever_unsubscribed_gets_nothing_once_more(app, relay, deliver):
    mail = make_newsletter(1)
    relay.answer("RCPT", "550 5.7.1 Not now")
    deliver()
    outbox.withdraw("lezer1@voorbeeld.nl", scope=SuppressionScope.NEWSLETTER)
    db.session.commit()

    assert not outbox.resend(db.session.scalars(sa.select(Delivery.id)).one(), at=WRITTEN_AT)
    assert states(mail.id) == {"failed": 1}


def test_the_reason_of_a_pause_names_nobody(app, relay, deliver):
    mail = make_newsletter(12)
    relay.always_answer("RCPT", "554 5.7.1 <lezer3@voorbeeld.nl>: Relay access denied")

    deliver()

    db.session.refresh(mail)
    assert "Relay access denied" in (mail.state_reason or "")
    assert "@" not in (mail.state_reason or "")


def test_a_relay_that_never_answers_the_final_dot_does_not_cost_the_whole_list(app, relay, deliver):
    mail = make_newsletter(60)
    relay.always_answer("BODY", HANG_UP)

    deliver()

    db.session.refresh(mail)
    assert mail.state is MailState.PAUSED
    assert mail.state_reason == "De mailserver verbrak 10 keer achter elkaar de verbinding en gaf geen antwoord."
    assert states(mail.id)["queued"] > 30
