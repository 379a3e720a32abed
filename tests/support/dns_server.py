"""A real DNS server on a free loopback port that answers from the text of a zone."""

import socket
import threading
from collections.abc import Callable, Iterator

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.zone
import pytest


class DnsServer:
    """What tests hold: `zone` may be changed while it runs; silent names get no answer, broken ones SERVFAIL."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []
        self.silent: set[str] = set()
        self.broken: set[str] = set()
        self._zone = dns.zone.from_text("", origin=".", relativize=False, check_origin=False)
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._serve, daemon=True)

    @property
    def address(self) -> str:
        """As DNS_SERVER names it."""
        return f"127.0.0.1:{self._socket.getsockname()[1]}"

    def serve(self, zone: str) -> None:
        """Answer from these records, one on a line, with whole names: `dordt.example. 60 IN TXT "x"`."""
        self._zone = dns.zone.from_text(zone, origin=".", relativize=False, check_origin=False)

    def start(self) -> None:
        """Listen."""
        self._thread.start()

    def stop(self) -> None:
        """Stop listening."""
        port = self._socket.getsockname()[1]
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as caller:
            caller.sendto(b"", ("127.0.0.1", port))
        self._thread.join()
        self._socket.close()

    def _serve(self) -> None:
        while True:
            wire, caller = self._socket.recvfrom(65_535)
            if not wire:
                return
            answer = self._answer(dns.message.from_wire(wire))
            if answer:
                self._socket.sendto(answer.to_wire(max_size=65_535), caller)

    def _answer(self, query: dns.message.Message) -> dns.message.Message | None:
        question = query.question[0]
        name = question.name.to_text().rstrip(".").lower()
        self.asked.append((name, dns.rdatatype.to_text(question.rdtype)))
        if name in self.silent:
            return None
        answer = dns.message.make_response(query)
        answer.flags |= dns.flags.RA
        if name in self.broken:
            answer.set_rcode(dns.rcode.SERVFAIL)
        else:
            self._fill(answer, question.name, question.rdtype)
        return answer

    def _fill(self, answer: dns.message.Message, name: dns.name.Name, kind: dns.rdatatype.RdataType) -> None:
        found = self._zone.get_rrset(name, kind)
        alias = self._zone.get_rrset(name, dns.rdatatype.CNAME)
        if found:
            answer.answer.append(found)
        elif alias:
            answer.answer.append(alias)
            self._fill(answer, alias[0].target, kind)
        elif self._zone.get_node(name) is None:
            answer.set_rcode(dns.rcode.NXDOMAIN)


@pytest.fixture
def dns_server() -> Iterator[DnsServer]:
    """A name server that knows nothing until told."""
    server = DnsServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def serve(dns_server: DnsServer) -> Callable[[str], DnsServer]:
    """Let it answer from a zone: `serve(zone)`."""

    def run(zone: str) -> DnsServer:
        dns_server.serve(zone)
        return dns_server

    return run
