"""The site is asked as a visitor asks it."""

import ssl
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from flask import Flask

from dordt.operations import reachability
from dordt.operations.findings import Finding, Level
from dordt.shared import clock
from tests.support.certificates import server_context, write_certificate

AT = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
GOOD = "Contact: mailto:wijken@dordrecht.nl\nExpires: 2027-09-01T00:00:00Z\n"
Serve = Callable[..., str]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Serve one text at /.well-known/security.txt, over TLS with a certificate; returns the site's address."""
    started: list[tuple[HTTPServer, threading.Thread]] = []

    def run(text: str, *, certificate: Path | None = None) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:  # noqa: N802  (called so by http.server)
                self.send_response(200 if self.path == reachability.SECURITY_TXT else 404)
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, *_words: object) -> None:
                return

        server = HTTPServer(("127.0.0.1", 0), Handler)
        if certificate:
            context: ssl.SSLContext = server_context(certificate)
            server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        started.append((server, thread))
        return f"http{'s' if certificate else ''}://localhost:{server.server_port}"

    yield run
    for server, thread in started:
        server.shutdown()
        thread.join()
        server.server_close()


def one(address: str, at: datetime = AT) -> Finding:
    (finding,) = reachability.check_site(address, at=at)
    return finding


def test_a_site_with_a_certificate_that_is_trusted(serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    certificate = write_certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))

    assert one(serve(GOOD, certificate=certificate)).level is Level.OK


def test_a_certificate_that_nobody_vouches_for_is_named(serve: Serve, tmp_path: Path):
    finding = one(serve(GOOD, certificate=write_certificate(tmp_path)))

    assert finding.level is Level.FAIL
    assert "certificate" in finding.text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("<!doctype html>", "is not served"),
        ("Contact: mailto:a@b.nl\n", "Expires"),
        (GOOD.replace("2027-09", "2027-02"), "Expires"),
        (GOOD.replace("2027-09-01T00:00:00Z", "morgen"), "Expires"),
    ],
)
def test_a_text_that_helps_nobody_is_named(serve: Serve, text: str, words: str):
    finding = one(serve(text))

    assert finding.level is Level.FAIL
    assert words in finding.text


def test_a_site_that_is_not_there_may_be_there_for_others(serve: Serve):
    finding = one("http://127.0.0.1:1")

    assert finding.level is Level.WARN
    assert "from this machine" in finding.text


def test_our_own_text_is_good(app: Flask, serve: Serve):
    own = app.test_client().get(reachability.SECURITY_TXT).get_data(as_text=True)

    assert one(serve(own), at=clock.now()).level is Level.OK
