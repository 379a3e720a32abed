"""The way out: who we talk to, how long we wait, and Flask-Mail's own interface over it."""

import contextlib
import smtplib
import socket
import ssl
import threading
from collections.abc import Iterator

import pytest
from flask import Flask

from dordt.mailer.smtp.protocol import NotAccepted, Stage
from dordt.mailer.smtp.transport import Message, Unreachable, mail

CONTENT = b"Subject: Proef\r\n\r\n.Een punt vooraan\r\n"


@pytest.fixture
def app(sqlite_installation) -> Flask:
    """How mail leaves does not depend on the database engine."""
    with sqlite_installation.app.app_context():
        yield sqlite_installation.app
    sqlite_installation.tidy()


@pytest.fixture
def silent_port() -> int:
    """A port that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


@pytest.fixture
def chatty_port() -> Iterator[int]:
    """A port whose greeting never ends: each line comes in time, the last one never."""
    stop = threading.Event()

    def talk(listener: socket.socket) -> None:
        visitor, _address = listener.accept()
        with visitor, contextlib.suppress(OSError):
            while not stop.wait(0.1):
                visitor.sendall(b"220-Een ogenblik\r\n")

    with socket.create_server(("127.0.0.1", 0)) as listener:
        talker = threading.Thread(target=talk, args=(listener,))
        talker.start()
        yield listener.getsockname()[1]
        stop.set()
        talker.join()


def message() -> Message:
    return Message(
        CONTENT, sender="Dordt aan Zet <wijken@dordrecht.nl>", recipient="anna@voorbeeld.nl", subject="Proef"
    )


def point_at(app: Flask, port: int) -> None:
    app.config["MAIL_CATCHER_FILE"].write_text(f"127.0.0.1:{port}")


def test_flask_mails_own_way_of_sending_works(app: Flask, relay):
    with mail.record_messages() as sent:
        mail.send(message())

    assert [each.subject for each in sent] == ["Proef"]
    assert relay.messages[0].sender == "wijken@dordrecht.nl"
    assert relay.messages[0].content == CONTENT


@pytest.mark.parametrize("pipelining", [True, False])
def test_the_relays_words_come_back_and_a_refusal_leaves_the_connection_ready(app: Flask, new_relay, pipelining):
    relay = new_relay(pipelining=pipelining)
    point_at(app, relay.port)
    relay.refuse("anna@voorbeeld.nl")

    with mail.connect() as connection:
        with pytest.raises(NotAccepted) as refusal:
            connection.send(message())
        relay.refused.clear()
        reply = connection.send(message())

    assert (refusal.value.reply.stage, refusal.value.reply.code) == (Stage.RCPT, 550)
    assert (reply.code, reply.text) == (250, "2.0.0 OK queued as 1")
    assert relay.connections == 1


def test_a_relay_that_says_nothing_is_given_up(app: Flask, silent_port: int, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(app.config, "MAIL_TIMEOUT", 0.3)
    point_at(app, silent_port)

    with pytest.raises(Unreachable, match="timed out"):
        mail.connect().open()


def test_a_relay_that_never_ends_its_greeting_is_given_up(
    app: Flask, chatty_port: int, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setitem(app.config, "MAIL_TIMEOUT", 0.3)
    point_at(app, chatty_port)

    with pytest.raises(Unreachable):
        mail.connect().open()


def test_a_relay_that_greets_with_a_refusal_is_not_used(app: Flask, new_relay):
    relay = new_relay()
    relay.always_answer("CONNECT", "554 5.7.1 No service for you")
    point_at(app, relay.port)

    with pytest.raises(Unreachable, match="554"):
        mail.connect().open()


def test_without_a_relay_and_without_a_catcher_nothing_is_tried(app: Flask):
    app.config["MAIL_CATCHER_FILE"].unlink(missing_ok=True)

    with pytest.raises(Unreachable, match="no mail catcher"):
        mail.connect().open()


def test_starttls_is_never_left_out(app: Flask, relay, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(app.extensions["mail"], "use_tls", True)

    with pytest.raises(Unreachable, match="STARTTLS"):
        mail.connect().open()


def test_a_certificate_that_nobody_vouches_for_is_refused(app: Flask, relay, monkeypatch: pytest.MonkeyPatch):
    contexts: list[ssl.SSLContext] = []
    monkeypatch.setattr(app.extensions["mail"], "use_tls", True)
    monkeypatch.setattr(smtplib.SMTP, "starttls", lambda _self, context: contexts.append(context))

    with mail.connect():
        pass

    assert contexts[0].verify_mode is ssl.CERT_REQUIRED
    assert contexts[0].check_hostname
