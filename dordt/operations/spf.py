"""SPF (RFC 7208): reads a domain's policy with all that it includes, counts what it costs, and evaluates an address."""

import ipaddress
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from dordt.operations.dns_lookups import Address, Names

LOOKUPS, VOIDS, MX_NAMES = 10, 2, 10  # the limits of 4.6.4
RESULTS = {"+": "pass", "-": "fail", "~": "softfail", "?": "neutral"}
MECHANISM = re.compile(r"([+?~-]?)(all|include|a|mx|ptr|ip4|ip6|exists)(?:(?=/)|:|$)(.*)", re.IGNORECASE)
MODIFIER = re.compile(r"[a-z][a-z0-9_.-]*=\S*", re.IGNORECASE)
PREFIXES = re.compile(r"(?P<host>[^/]*)(?:/(?P<four>\d{1,2}))?(?://(?P<six>\d{1,3}))?")

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class SpfProblem(Exception):
    """Receivers cannot use the policy (permerror); the text says why."""


@dataclass
class Rule:
    """One mechanism: what it says of which networks; None: which ones cannot be known beforehand."""

    qualifier: str
    networks: list[Network] | None = field(default_factory=list)
    is_all: bool = False
    included: "Policy | None" = None


@dataclass
class Policy:
    """The record of one domain."""

    domain: str
    rules: list[Rule] = field(default_factory=list)
    redirect: "Policy | None" = None

    @property
    def ending(self) -> str:
        """What it says of everybody else: the qualifier before `all`, or nothing when it has no end."""
        qualifiers = [rule.qualifier for rule in self.rules if rule.is_all]
        return qualifiers[0] if qualifiers else (self.redirect.ending if self.redirect else "")

    def result(self, address: Address) -> str | None:
        """What it says of an address: pass, fail, softfail or neutral; None: that cannot be evaluated."""
        for rule in self.rules:
            matches = _matches(rule, address)
            if matches is None:
                return None
            if matches:
                return RESULTS[rule.qualifier]
        return self.redirect.result(address) if self.redirect else "neutral"


@dataclass
class Reader:
    """Reads policies and keeps count."""

    names: Names
    lookups: int = 0
    voids: int = 0

    def read(self, domain: str) -> Policy | None:
        """The policy of a domain, or None when it has no record. Raises SpfProblem and CannotLookUp."""
        found = [text for text in self.names.txt(domain) if re.fullmatch(r"v=spf1( .*)?", text, re.IGNORECASE)]
        if len(found) > 1:
            raise SpfProblem(f"{domain} has {len(found)} records that begin with v=spf1; it must be one")
        return self._policy(domain, found[0].split()[1:]) if found else None

    def _policy(self, domain: str, terms: list[str]) -> Policy:
        policy, redirects = Policy(domain), []
        for term in terms:
            if match := MECHANISM.fullmatch(term):
                policy.rules.append(self._rule(domain, match[1] or "+", match[2].lower(), match[3]))
            elif term.lower().startswith("redirect="):
                redirects.append(term.partition("=")[2])
            elif not MODIFIER.fullmatch(term):
                raise SpfProblem(f"{domain} says {term!r}, which is no SPF")
        if len(redirects) > 1:
            raise SpfProblem(f"{domain} has more than one redirect=")
        if redirects and not any(rule.is_all for rule in policy.rules):
            policy.redirect = self._other(domain, redirects[0], "redirect=")
        return policy

    def _rule(self, domain: str, qualifier: str, kind: str, value: str) -> Rule:
        if kind == "all":
            return Rule(qualifier, is_all=True)
        if kind in {"ip4", "ip6"}:
            return Rule(qualifier, [_network(domain, kind, value)])
        if kind in {"include", "exists"} and not value:
            raise SpfProblem(f"{domain} says {kind!r} without a domain")
        if kind == "include" and "%" not in value:
            return Rule(qualifier, included=self._other(domain, value, "include:"))
        self._count()
        if "%" in value or kind in {"include", "ptr", "exists"}:
            return Rule(qualifier, None)
        return Rule(qualifier, list(self._hosts(domain, kind, value)))

    def _other(self, domain: str, other: str, how: str) -> Policy:
        self._count()
        policy = self.read(other)
        if policy is None:
            raise SpfProblem(f"{domain} says {how}{other}, which has no SPF record")
        return policy

    def _hosts(self, domain: str, kind: str, value: str) -> Iterator[Network]:
        parts = PREFIXES.fullmatch(value)
        if parts is None:
            raise SpfProblem(f"{domain} says {kind + ':' + value!r}, which is no SPF")
        host = parts["host"] or domain
        hosts = [host] if kind == "a" else [name for name in self.names.mx(host) if name != "."]
        if len(hosts) > MX_NAMES:
            raise SpfProblem(f"{host} has more than {MX_NAMES} mail servers")
        addresses = [address for name in hosts for address in self.names.addresses(name)]
        self._count_void(is_void=not addresses)
        for address in addresses:
            prefix = parts["four"] if address.version == 4 else parts["six"]
            yield _network(domain, kind, f"{address}/{prefix}" if prefix else str(address))

    def _count(self) -> None:
        self.lookups += 1
        if self.lookups > LOOKUPS:
            raise SpfProblem(f"it costs more than {LOOKUPS} lookups (include, a, mx, ptr, exists, redirect)")

    def _count_void(self, *, is_void: bool) -> None:
        self.voids += is_void
        if self.voids > VOIDS:
            raise SpfProblem(f"more than {VOIDS} of its lookups find nothing")


def _network(domain: str, kind: str, value: str) -> Network:
    try:
        network = ipaddress.ip_network(value, strict=False)
    except ValueError:
        raise SpfProblem(f"{domain} says {kind}:{value}, which is no network") from None
    if kind in {"ip4", "ip6"} and kind != f"ip{network.version}":
        raise SpfProblem(f"{domain} says {kind}:{value}, which is no {kind}")
    return network


def _matches(rule: Rule, address: Address) -> bool | None:
    if rule.is_all:
        return True
    if rule.included:
        result = rule.included.result(address)
        return None if result is None else result == "pass"
    return None if rule.networks is None else any(address in network for network in rule.networks)
