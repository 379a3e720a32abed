"""What receivers verify our mail by: SPF (RFC 7208), DKIM keys (RFC 6376, 3.6.1) and the DMARC policy (RFC 7489)."""

import base64
import binascii
import ipaddress
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key

from config import SettingProblem
from dordt.mailer.smtp.signing import SigningKey, keys_of, signing_domain
from dordt.operations.dns_lookups import Address, CannotLookUp, Names
from dordt.operations.findings import Finding, fail, info, ok, txt_record, warn

LOOKUPS, VOIDS, MX_NAMES = 10, 2, 10  # the limits of 4.6.4
RESULTS = {"+": "pass", "-": "fail", "~": "softfail", "?": "neutral"}
MECHANISM = re.compile(r"([+?~-]?)(all|include|a|mx|ptr|ip4|ip6|exists)(?:(?=/)|:|$)(.*)", re.IGNORECASE)
MODIFIER = re.compile(r"[a-z][a-z0-9_.-]*=\S*", re.IGNORECASE)
PREFIXES = re.compile(r"(?P<host>[^/]*)(?:/(?P<four>\d{1,2}))?(?://(?P<six>\d{1,3}))?")

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
POLICIES = ("none", "quarantine", "reject")
HOW_TO_SEE = "send yourself a mail and look in its source for Authentication-Results: dkim=pass with header.d="


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


@dataclass(frozen=True)
class Domains:
    """The three that must belong together: in From, in the envelope (SPF), and in d= of DKIM where we know it."""

    sender: str
    envelope: str
    dkim: str | None


def check_dkim(config: Mapping[str, Any], names: Names) -> Iterator[Finding]:
    """Whether receivers can verify what is signed."""
    try:
        keys, domain = keys_of(config), signing_domain(config)
    except SettingProblem as problem:
        yield fail("DKIM", str(problem))
        return
    for key in keys:
        yield _looked_up(key, names)
    if keys:
        return
    yield info("DKIM", f"MAIL_DKIM_KEY_FILE is not set, so the relay must sign: {HOW_TO_SEE}{domain}")
    if config["MAIL_DKIM_SELECTOR"]:
        yield _of_relay(f"{config['MAIL_DKIM_SELECTOR']}._domainkey.{domain}", names)


def tags(record: str) -> dict[str, str]:
    """A list of `name=value;` as DKIM and DMARC write it; white space does not count."""
    pairs = (part.partition("=") for part in record.split(";") if "=" in part)
    return {name.strip().lower(): "".join(value.split()) for name, _, value in pairs}


def _looked_up(key: SigningKey, names: Names) -> Finding:
    try:
        records = names.txt(key.record_name)
    except CannotLookUp:
        return warn("DKIM", f"{key.record_name} cannot be looked up")
    wanted = txt_record(key.record_name, key.record)
    if not records:
        return fail("DKIM", f"{key.record_name} has no record: nobody can verify our {key.algorithm}", wanted)
    if len(records) > 1:
        return fail("DKIM", f"{key.record_name} has {len(records)} TXT records; it must be one", wanted)
    problem = _problem(tags(records[0]), key)
    if problem:
        return fail("DKIM", f"{key.record_name} {problem}", wanted)
    if "y" in tags(records[0]).get("t", "").split(":"):
        return warn("DKIM", f"{key.record_name} says t=y (testing): receivers may ignore the signature", wanted)
    return ok("DKIM", f"{key.record_name} holds the key that we sign with ({key.algorithm})")


def _problem(found: Mapping[str, str], key: SigningKey) -> str | None:
    kind = key.algorithm.partition("-")[0]
    if found.get("v", "DKIM1") != "DKIM1" or "p" not in found:
        return "is no DKIM record"
    if not found["p"]:
        return "says that the key is revoked (p= is empty)"
    if found.get("k", "rsa") != kind:
        return f"holds a key of another kind ({found.get('k', 'rsa')}, not {kind})"
    if "sha256" not in found.get("h", "sha256").split(":"):
        return "does not allow sha256 (h=)"
    return None if _same(found["p"], key.public) else "holds another key than the one that we sign with"


def _same(written: str, public: bytes) -> bool:
    """RSA keys are written in two ways: with or without their kind in front."""
    try:
        found = base64.b64decode(written, validate=True)
        return found == public or _with_kind(found) == public
    except (binascii.Error, ValueError, UnsupportedAlgorithm):
        return False


def _with_kind(der: bytes) -> bytes:
    return load_der_public_key(der).public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _of_relay(name: str, names: Names) -> Finding:
    try:
        records = names.txt(name)
    except CannotLookUp:
        return warn("DKIM", f"{name} cannot be looked up")
    if not any(tags(record).get("p") for record in records):
        return fail("DKIM", f"{name} holds no key; ask who runs the relay for the record")
    return ok("DKIM", f"{name} holds a key; whether the relay signs with it cannot be seen from here")


def check_dmarc(domains: Domains, names: Names) -> Iterator[Finding]:
    """The record, and the alignment of our mail with it. Raises CannotLookUp."""
    place, records = _dmarc_record(domains.sender, names)
    wanted = txt_record(f"_dmarc.{domains.sender}", f"v=DMARC1; p=none; rua=mailto:dmarc@{domains.sender}")
    if not records:
        yield fail("DMARC", f"_dmarc.{domains.sender} has no record; Gmail and Yahoo refuse newsletters then", wanted)
        return
    if len(records) > 1:
        yield fail("DMARC", f"_dmarc.{place} has {len(records)} records that begin with v=DMARC1; it must be one")
        return
    found = tags(records[0])
    policy = found.get("p", "") if place == domains.sender else found.get("sp", found.get("p", ""))
    yield _policy(place, policy, wanted)
    yield from _report_addresses(place, found, names)
    yield from _alignment(domains, found)


def is_aligned(one: str, other: str, *, is_strict: bool = False) -> bool:
    """Whether two domains belong to one organisation: the last two labels, as for all names under .nl."""
    if is_strict:
        return one == other
    return one.split(".")[-2:] == other.split(".")[-2:] and "." in one


def _dmarc_record(domain: str, names: Names) -> tuple[str, list[str]]:
    """The record of the domain, or of the first domain above it that has one."""
    labels = domain.split(".")
    for start in range(max(len(labels) - 1, 1)):
        place = ".".join(labels[start:])
        records = [text for text in names.txt(f"_dmarc.{place}") if text.replace(" ", "").startswith("v=DMARC1")]
        if records:
            return place, records
    return domain, []


def _policy(place: str, policy: str, wanted: str) -> Finding:
    if policy not in POLICIES:
        return fail("DMARC", f"_dmarc.{place} has no p= of {', '.join(POLICIES)}", wanted)
    if policy == "none":
        text = "says p=none, which only watches; once the reports are clean, choose p=quarantine and then p=reject"
        return warn("DMARC", f"_dmarc.{place} {text} (for governments that is the standard)")
    return ok("DMARC", f"_dmarc.{place} says p={policy}")


def _report_addresses(place: str, found: Mapping[str, str], names: Names) -> Iterator[Finding]:
    hosts = [uri.partition("!")[0].rpartition("@")[2].lower() for uri in found.get("rua", "").split(",") if "@" in uri]
    if not hosts:
        yield warn("DMARC", f"_dmarc.{place} names no rua=: nobody hears of mail that fails")
    for host in hosts:
        name = f"{place}._report._dmarc.{host}"
        if not is_aligned(host, place) and not any("v=DMARC1" in text for text in names.txt(name)):
            yield warn(
                "DMARC", f"{host} does not say that it takes reports about {place}", txt_record(name, "v=DMARC1")
            )


def _alignment(domains: Domains, found: Mapping[str, str]) -> Iterator[Finding]:
    by_spf = is_aligned(domains.envelope, domains.sender, is_strict=found.get("aspf") == "s")
    by_dkim = domains.dkim is not None and is_aligned(domains.dkim, domains.sender, is_strict=found.get("adkim") == "s")
    if by_spf and by_dkim:
        yield ok("DMARC", f"both SPF and DKIM are aligned with {domains.sender}")
    elif by_spf and domains.dkim is None:
        yield info("DMARC", f"SPF is aligned with {domains.sender}; DKIM is when the relay signs as that domain")
    elif by_spf or by_dkim:
        text = f"DKIM signs as {domains.dkim}" if by_spf else f"bounces go to {domains.envelope}"
        yield warn("DMARC", f"{text}, which is not aligned with {domains.sender}; the other is")
    else:
        yield fail("DMARC", f"neither SPF ({domains.envelope}) nor DKIM is aligned with {domains.sender}")
