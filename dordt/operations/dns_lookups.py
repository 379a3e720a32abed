"""Questions to the DNS, with short waits."""

import ipaddress
from collections.abc import Sequence
from typing import Any

import dns.exception
import dns.rdatatype
import dns.resolver

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
WAIT = 3.0  # seconds for one question
SILENCES = 2  # questions in a row without an answer: then nothing is asked any more


class CannotLookUp(Exception):
    """The DNS gave no answer: nothing can be said about what it holds."""


class Names:
    """Asks the name server of the machine, or the one that is given; asks nothing twice.

    server: its address, with a port where that is not 53: 192.0.2.1 or 127.0.0.1:5353.
    """

    def __init__(self, server: str | None = None, *, wait: float = WAIT) -> None:
        self._known: dict[tuple[str, str], list[Any]] = {}
        self._silences = 0
        self._wait = wait
        self._resolver: dns.resolver.Resolver | None = None
        try:
            self._resolver = _asking(server) if server else dns.resolver.Resolver()
        except (dns.exception.DNSException, ValueError, OSError):
            self._silences = SILENCES  # DNS_SERVER is no address, or the machine has no name server

    def txt(self, name: str) -> list[str]:
        """The TXT records of a name, their strings joined. Raises CannotLookUp."""
        return [b"".join(data.strings).decode("utf-8", "replace") for data in self._ask(name, "TXT")]

    def mx(self, name: str) -> list[str]:
        """The mail servers of a domain, best first; `.` says that it takes no mail (RFC 7505). Raises CannotLookUp."""
        found = sorted((data.preference, str(data.exchange)) for data in self._ask(name, "MX"))
        return [host.rstrip(".") or "." for _, host in found]

    def addresses(self, name: str) -> list[Address]:
        """The addresses of a host, or the address that it is. Raises CannotLookUp."""
        try:
            return [ipaddress.ip_address(name.strip("[]"))]
        except ValueError:
            found = [*self._ask(name, "A"), *self._ask(name, "AAAA")]
            return [ipaddress.ip_address(data.address) for data in found]

    def has(self, name: str, kind: str) -> bool:
        """Whether a name has a record of a kind. Raises CannotLookUp."""
        return bool(self._ask(name, kind))

    def _ask(self, name: str, kind: str) -> Sequence[Any]:
        question = (name.lower().rstrip("."), kind)
        if question not in self._known:
            self._known[question] = self._answer(*question)
        return self._known[question]

    def _answer(self, name: str, kind: str) -> list[Any]:
        if self._resolver is None or self._silences >= SILENCES:
            raise CannotLookUp(name)
        try:
            found = list(self._resolver.resolve(f"{name}.", kind, lifetime=self._wait, raise_on_no_answer=False))
        except dns.resolver.NXDOMAIN:
            found = []
        except (dns.exception.Timeout, dns.resolver.NoNameservers, OSError) as silence:
            self._silences += isinstance(silence, dns.exception.Timeout)
            raise CannotLookUp(name) from silence
        except dns.exception.DNSException:  # no name that the DNS can hold
            return []
        self._silences = 0
        return found


def _asking(server: str) -> dns.resolver.Resolver:
    host, separator, port = server.rpartition(":")
    if not separator or ":" in host:  # no port, or an IPv6 address
        host, port = server, "53"
    resolver = dns.resolver.Resolver(configure=False)
    resolver.nameservers = [str(ipaddress.ip_address(host))]
    resolver.port = int(port)
    return resolver
