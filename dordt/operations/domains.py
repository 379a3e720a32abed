"""The domains that our mail is sent from: can mail come back, may the relay send, can receivers verify it."""

from collections.abc import Iterator, Mapping
from email.utils import parseaddr
from typing import Any

from config import SettingProblem
from dordt.mailer.smtp.signing import signing_domain
from dordt.operations.dns_lookups import Address, CannotLookUp, Names
from dordt.operations.findings import Finding, fail, info, ok, txt_record, warn
from dordt.operations.mail_authentication import LOOKUPS, Domains, Policy, Reader, SpfProblem, check_dkim, check_dmarc


def check(config: Mapping[str, Any], names: Names) -> Iterator[Finding]:
    """All that the DNS says about our mail."""
    try:
        sender, contact = _domain(config["MAIL_DEFAULT_SENDER"]), _domain(config["CONTACT_ADDRESS"])
        bounces = _domain(f"@{config['MAIL_BOUNCE_DOMAIN']}") if config["MAIL_BOUNCE_DOMAIN"] else None
    except UnicodeError:
        yield fail("sender", "MAIL_DEFAULT_SENDER, CONTACT_ADDRESS or MAIL_BOUNCE_DOMAIN holds no domain")
        return
    envelope = bounces or sender
    relays = [server for server in (config["MAIL_SERVER"], config["MAIL_BACKUP_SERVER"]) if server]
    for domain in dict.fromkeys((sender, contact, envelope)):
        yield from _unless_silent("MX", domain, _mx(domain, names))
    yield from _unless_silent("SPF", envelope, _spf(envelope, relays, names))
    yield from check_dkim(config, names)
    domains = Domains(sender, envelope, _dkim_domain(config))
    yield from _unless_silent("DMARC", sender, check_dmarc(domains, names))
    yield _bounces(bounces)
    yield from _unless_silent("TLS to us", envelope, _incoming_tls(envelope, names))


def _domain(mailbox: str) -> str:
    domain = parseaddr(mailbox)[1].rpartition("@")[2] or mailbox.rpartition("@")[2]
    if "." not in domain:
        raise UnicodeError
    return domain.encode("idna").decode().lower()


def _dkim_domain(config: Mapping[str, Any]) -> str | None:
    try:
        is_known = config["MAIL_DKIM_KEY_FILE"] or config["MAIL_DKIM_DOMAIN"]
        return signing_domain(config) if is_known else None
    except SettingProblem:
        return None


def _unless_silent(subject: str, domain: str, findings: Iterator[Finding]) -> Iterator[Finding]:
    """The findings, up to where the DNS gives no answer."""
    try:
        yield from findings
    except CannotLookUp as silence:
        yield warn(subject, f"{silence} cannot be looked up, so this cannot be judged for {domain}")


def _mx(domain: str, names: Names) -> Iterator[Finding]:
    hosts = names.mx(domain)
    if "." in hosts:
        yield fail("MX", f"{domain} says that it takes no mail: answers and bounces are lost")
    elif not hosts:
        level = warn if names.addresses(domain) else fail
        yield level("MX", f"{domain} has no MX: answers and bounces are lost", f"{domain}. IN MX 10 mail.{domain}.")
    elif missing := [host for host in hosts if not names.addresses(host)]:
        yield warn("MX", f"{domain} names {', '.join(missing)}, which has no address")
    else:
        yield ok("MX", f"{domain} takes mail at {hosts[0]}")


def _spf(domain: str, relays: list[str], names: Names) -> Iterator[Finding]:
    permitted = " ".join(f"a:{relay}" for relay in relays) if all(map(_is_public_name, relays)) else "include:RELAY"
    wanted = txt_record(domain, f"v=spf1 {permitted} ~all")
    reader = Reader(names)
    try:
        policy = reader.read(domain)
    except SpfProblem as problem:
        yield fail("SPF", f"receivers cannot use the policy of {domain}: {problem}")
        return
    if policy is None:
        yield fail("SPF", f"{domain} has no SPF record (put in what your relay's provider says)", wanted)
        return
    yield ok("SPF", f"{domain} has one record, which costs {reader.lookups} of {LOOKUPS} lookups")
    yield from _ending(policy)
    for relay in relays:
        yield from _relay(policy, relay, names)


def _ending(policy: Policy) -> Iterator[Finding]:
    if policy.ending == "+":
        yield fail("SPF", f"{policy.domain} says +all: anybody may send in its name; end with ~all or -all")
    elif policy.ending not in {"~", "-"}:
        yield warn("SPF", f"{policy.domain} says nothing about other senders; end with ~all or -all")


def _relay(policy: Policy, relay: str, names: Names) -> Iterator[Finding]:
    addresses = [address for address in names.addresses(relay) if address.is_global]
    if not addresses:
        yield info("SPF", f"from where {relay} sends on cannot be seen here: look for spf=pass in a mail that arrived")
        return
    refused = [address for address in addresses if policy.result(address) != "pass"]
    if not refused:
        yield ok("SPF", f"{policy.domain} permits the addresses of {relay}")
        return
    text = f"{policy.domain} does not permit {_listed(refused)} of {relay}; whether {relay} sends on from there"
    mechanisms = " ".join(f"ip{address.version}:{address}" for address in refused)
    yield warn("SPF", f"{text} cannot be judged. If it does, add to the record: {mechanisms}")


def _listed(addresses: list[Address]) -> str:
    return ", ".join(map(str, addresses))


def _is_public_name(host: str) -> bool:
    return "." in host and not host.replace(".", "").isdigit() and ":" not in host


def _bounces(domain: str | None) -> Finding:
    if domain:
        return ok("bounces", f"each mail has a return address of its own at {domain}")
    return warn("bounces", "MAIL_BOUNCE_DOMAIN is not set: bounces are not read, and dead addresses are mailed again")


def _incoming_tls(domain: str, names: Names) -> Iterator[Finding]:
    hosts = [host for host in names.mx(domain) if host != "."]
    if not hosts:
        return
    has_dane = all(names.has(f"_25._tcp.{host}", "TLSA") for host in hosts)
    has_sts = any(text.startswith("v=STSv1") for text in names.txt(f"_mta-sts.{domain}"))
    known = [name for name, is_there in (("DANE", has_dane), ("MTA-STS", has_sts)) if is_there]
    text = f"mail to {domain} is protected by {' and '.join(known) or 'neither DANE nor MTA-STS'}"
    yield info("TLS to us", text if known else f"{text}; DANE is on the list of standards for governments")
