"""DMARC (RFC 7489): what the sender's domain asks of receivers, and whether our mail can pass."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from dordt.operations.checking.dkim_record import tags
from dordt.operations.checking.findings import Finding, fail, info, ok, txt_record, warn
from dordt.operations.checking.names import Names

SUBJECT = "DMARC"
POLICIES = ("none", "quarantine", "reject")


@dataclass(frozen=True)
class Domains:
    """The three that must belong together: in From, in the envelope (SPF), and in d= of DKIM where we know it."""

    sender: str
    envelope: str
    dkim: str | None


def check(domains: Domains, names: Names) -> Iterator[Finding]:
    """The record, and the alignment of our mail with it. Raises CannotLookUp."""
    place, records = _found(domains.sender, names)
    wanted = txt_record(f"_dmarc.{domains.sender}", f"v=DMARC1; p=none; rua=mailto:dmarc@{domains.sender}")
    if not records:
        yield fail(SUBJECT, f"_dmarc.{domains.sender} has no record; Gmail and Yahoo refuse newsletters then", wanted)
        return
    if len(records) > 1:
        yield fail(SUBJECT, f"_dmarc.{place} has {len(records)} records that begin with v=DMARC1; it must be one")
        return
    found = tags(records[0])
    policy = found.get("p", "") if place == domains.sender else found.get("sp", found.get("p", ""))
    yield _policy(place, policy, wanted)
    yield from _reports(place, found, names)
    yield from _alignment(domains, found)


def is_aligned(one: str, other: str, *, is_strict: bool = False) -> bool:
    """Whether two domains belong to one organisation: the last two labels, as for all names under .nl."""
    if is_strict:
        return one == other
    return one.split(".")[-2:] == other.split(".")[-2:] and "." in one


def _found(domain: str, names: Names) -> tuple[str, list[str]]:
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
        return fail(SUBJECT, f"_dmarc.{place} has no p= of {', '.join(POLICIES)}", wanted)
    if policy == "none":
        text = "says p=none, which only watches; once the reports are clean, choose p=quarantine and then p=reject"
        return warn(SUBJECT, f"_dmarc.{place} {text} (for governments that is the standard)")
    return ok(SUBJECT, f"_dmarc.{place} says p={policy}")


def _reports(place: str, found: Mapping[str, str], names: Names) -> Iterator[Finding]:
    hosts = [uri.partition("!")[0].rpartition("@")[2].lower() for uri in found.get("rua", "").split(",") if "@" in uri]
    if not hosts:
        yield warn(SUBJECT, f"_dmarc.{place} names no rua=: nobody hears of mail that fails")
    for host in hosts:
        name = f"{place}._report._dmarc.{host}"
        if not is_aligned(host, place) and not any("v=DMARC1" in text for text in names.txt(name)):
            yield warn(
                SUBJECT, f"{host} does not say that it takes reports about {place}", txt_record(name, "v=DMARC1")
            )


def _alignment(domains: Domains, found: Mapping[str, str]) -> Iterator[Finding]:
    by_spf = is_aligned(domains.envelope, domains.sender, is_strict=found.get("aspf") == "s")
    by_dkim = domains.dkim is not None and is_aligned(domains.dkim, domains.sender, is_strict=found.get("adkim") == "s")
    if by_spf and by_dkim:
        yield ok(SUBJECT, f"both SPF and DKIM are aligned with {domains.sender}")
    elif by_spf and domains.dkim is None:
        yield info(SUBJECT, f"SPF is aligned with {domains.sender}; DKIM is when the relay signs as that domain")
    elif by_spf or by_dkim:
        text = f"DKIM signs as {domains.dkim}" if by_spf else f"bounces go to {domains.envelope}"
        yield warn(SUBJECT, f"{text}, which is not aligned with {domains.sender}; the other is")
    else:
        yield fail(SUBJECT, f"neither SPF ({domains.envelope}) nor DKIM is aligned with {domains.sender}")
