"""Mail that is fetched from a real IMAP server: stored first, and only then taken away."""

import ssl
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from flask import Flask
from sqlalchemy.exc import OperationalError

from dordt.mailer.inbound import tasks
from dordt.mailer.inbound.mailbox import address_of
from dordt.mailer.models import InboundKind, InboundMail
from tests.factories.inbound import events, kept, make_sent, sample
from tests.support.imap_server import ImapServer
from tests.support.stored import count

NewServer = Callable[..., ImapServer]
KINDS = ("UIDPLUS MOVE AUTH=PLAIN", "UIDPLUS AUTH=PLAIN", "AUTH=PLAIN")
QUESTION = b"From: a@b.nl\r\nSubject: Een vraag\r\n\r\nDag"


def url_of(server: ImapServer, scheme: str = "imap", host: str = "127.0.0.1") -> str:
    return f"{scheme}://{quote(server.user)}:{quote(server.password)}@{host}:{server.port}/INBOX"


@pytest.fixture
def connect(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Let the application read a mailbox."""
    monkeypatch.setattr(tasks, "_skipped", set())
    return lambda url: monkeypatch.setitem(app.extensions, "mailbox", address_of(url))


@pytest.mark.parametrize("folder", [None, "Verwerkt", "Geregeld & klaar é"])
@pytest.mark.parametrize("capabilities", KINDS)
def test_what_stands_in_the_mailbox_is_stored_acted_on_and_taken_away(
    app: Flask,
    connect: Callable[[str], None],
    new_imap_server: NewServer,
    monkeypatch: pytest.MonkeyPatch,
    capabilities: str,
    folder: str | None,
) -> None:
    server, delivery = new_imap_server(capabilities=capabilities), make_sent()
    monkeypatch.setitem(app.config, "IMAP_MOVE_TO", folder)
    bounce = sample("postfix-unknown-user-5.1.1", delivery)
    server.put(bounce, QUESTION)
    connect(url_of(server))

    tasks.fetch_mail()
    tasks.fetch_mail()

    assert count(InboundMail) == 2
    assert server.raws() == []
    moved = [raw for name in server.folders if name != "INBOX" for raw in server.raws(name)]
    assert moved == ([bounce, QUESTION] if folder else [])
    assert [kind.value for kind in events(delivery)] == ["bounced"]


def test_nothing_is_taken_away_that_was_not_stored(
    app: Flask, connect: Callable[[str], None], new_imap_server: NewServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = new_imap_server()
    server.put(QUESTION)
    connect(url_of(server))

    def fail(*_given: object, **_named: object) -> bool:
        raise OperationalError("INSERT", {}, Exception("database is locked"))

    with monkeypatch.context() as patch:
        patch.setattr(tasks, "receive", fail)
        with pytest.raises(OperationalError):
            tasks.fetch_mail()
    assert server.raws() == [QUESTION]

    stored: list[int] = []

    def look() -> None:
        with app.app_context():
            stored.append(count(InboundMail))

    server.before = {"STORE": look}
    tasks.fetch_mail()
    assert stored == [1]
    assert server.raws() == []


def test_a_mail_that_could_not_be_taken_away_is_not_acted_on_again(
    connect: Callable[[str], None], new_imap_server: NewServer
) -> None:
    server, delivery = new_imap_server(), make_sent()
    server.put(sample("postfix-mailbox-full-5.2.2", delivery))
    connect(url_of(server))

    server.no = {"STORE"}
    tasks.fetch_mail()
    server.no = set()
    tasks.fetch_mail()

    assert count(InboundMail) == 1
    assert len(events(delivery)) == 1
    assert server.raws() == []


def test_one_mail_that_cannot_be_taken_away_keeps_no_other_from_being_stored(
    connect: Callable[[str], None], new_imap_server: NewServer, caplog: pytest.LogCaptureFixture
) -> None:
    server = new_imap_server()
    server.put(QUESTION, b"Subject: Nog een\r\n\r\n")
    connect(url_of(server))
    server.no = {"STORE"}

    tasks.fetch_mail()

    assert (count(InboundMail), len(server.raws())) == (2, 2)
    assert "Mailbox: cannot be read (UNAVAILABLE), retry in a minute" in caplog.text


def test_what_others_marked_as_deleted_is_stored_before_it_goes(
    connect: Callable[[str], None], new_imap_server: NewServer
) -> None:
    server = new_imap_server(capabilities="")
    server.password = "ascii"
    server.put(QUESTION, b"Subject: Ook weg\r\n\r\n")
    server.folders["INBOX"][1].flags.add(r"\Deleted")
    connect(url_of(server))

    tasks.fetch_mail()

    assert (count(InboundMail), server.raws()) == (2, [])


def test_what_cannot_be_stored_stays_even_if_others_marked_it(
    connect: Callable[[str], None], new_imap_server: NewServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = new_imap_server(capabilities="AUTH=PLAIN")
    large = b"Subject: Groot\r\n\r\n" + b"a" * 5000
    server.put(large, QUESTION)
    server.folders["INBOX"][0].flags.add(r"\Deleted")
    monkeypatch.setattr(tasks, "LARGEST", 4000)
    connect(url_of(server))

    tasks.fetch_mail()

    assert (count(InboundMail), large in server.raws()) == (1, True)


def test_one_mail_that_cannot_be_taken_in_stays_and_stops_no_other(
    connect: Callable[[str], None],
    new_imap_server: NewServer,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    server = new_imap_server()
    large, broken = b"Subject: Groot\r\n\r\n" + b"a" * 5000, b"Content-Type: message/rfc822\r\n\r\n" * 100
    server.put(large, b"  \r\n", broken, QUESTION)
    monkeypatch.setattr(tasks, "LARGEST", 4000)
    connect(url_of(server))

    tasks.fetch_mail()
    tasks.fetch_mail()

    assert server.raws() == [large, b"  \r\n"]
    assert count(InboundMail) == 2
    assert caplog.text.count("cannot be taken in") == 2  # each is reported once


@pytest.mark.parametrize("command", ["AUTHENTICATE", "SELECT", "SEARCH", "FETCH", "MOVE"])
def test_when_the_server_says_no_the_log_says_so_without_a_name(
    connect: Callable[[str], None], new_imap_server: NewServer, caplog: pytest.LogCaptureFixture, command: str
) -> None:
    server = new_imap_server()
    server.put(QUESTION)
    connect(url_of(server))
    server.no = {command, "STORE"}

    tasks.fetch_mail()

    assert "Mailbox: cannot be read (UNAVAILABLE), retry in a minute" in caplog.text
    assert server.user not in caplog.text
    assert server.password not in caplog.text
    assert server.raws() == [QUESTION]


def test_a_server_that_is_not_there_is_no_drama(
    connect: Callable[[str], None], new_imap_server: NewServer, caplog: pytest.LogCaptureFixture
) -> None:
    server = new_imap_server()
    connect(url_of(server))
    server.stop()

    tasks.fetch_mail()

    assert "ConnectionRefusedError" in caplog.text


def certificate(folder: Path) -> ssl.SSLContext:
    """A certificate for 127.0.0.1 that nobody trusts; it stands in the folder as `cert.pem`."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    built = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    built = built.serial_number(1).not_valid_before(datetime.now(UTC) - timedelta(days=1))
    built = built.not_valid_after(datetime.now(UTC) + timedelta(days=1))
    built = built.add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "cert.pem").write_bytes(built.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(secret)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context


def test_over_tls_only_a_certificate_that_is_trusted_will_do(
    connect: Callable[[str], None],
    new_imap_server: NewServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    server = new_imap_server(secure=certificate(tmp_path))
    server.put(QUESTION)
    connect(url_of(server, "imaps", "localhost"))

    tasks.fetch_mail()
    assert (count(InboundMail), "SSLCertVerificationError" in caplog.text) == (0, True)

    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert.pem"))
    tasks.fetch_mail()
    assert kept().kind == InboundKind.UNKNOWN

    caplog.clear()
    connect(url_of(server, "imaps", "127.0.0.1"))  # another name than the certificate's
    tasks.fetch_mail()
    assert "SSLCertVerificationError" in caplog.text


def test_a_mail_that_somebody_took_away_meanwhile_stops_no_other(
    connect: Callable[[str], None], new_imap_server: NewServer
) -> None:
    server = new_imap_server()
    server.put(b"Subject: Weg\r\n\r\n", QUESTION)
    connect(url_of(server))
    server.before = {"FETCH": lambda: server.folders.update(INBOX=server.folders["INBOX"][-1:])}

    tasks.fetch_mail()

    assert (kept().subject, server.raws()) == ("Een vraag", [])


def test_two_workers_at_once_do_no_harm(app: Flask, connect: Callable[[str], None], new_imap_server: NewServer) -> None:
    server = new_imap_server()
    server.put(*(b"Subject: %d\r\n\r\nDag" % number for number in range(20)))
    connect(url_of(server))
    together = threading.Barrier(2, timeout=5)
    server.before = {"SEARCH": together.wait}

    def fetch() -> None:
        with app.app_context():
            tasks.fetch_mail()

    workers = [threading.Thread(target=fetch) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert (count(InboundMail), server.raws()) == (20, [])
