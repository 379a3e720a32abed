"""SPF is read as receivers read it: what it costs, what is wrong with it, whom it lets send."""

import ipaddress
from collections.abc import Callable

import pytest

from dordt.operations.dns_lookups import Names
from dordt.operations.mail_authentication import Policy, Reader, SpfProblem
from tests.support.dns_server import DnsServer

Read = Callable[[str], tuple[Policy | None, int]]


@pytest.fixture
def read(serve: Callable[[str], DnsServer]) -> Read:
    """Read the policy of dordt.example from a zone; returns what it costs too."""

    def run(zone: str) -> tuple[Policy | None, int]:
        reader = Reader(Names(serve(zone).address, wait=0.2))
        return reader.read("dordt.example"), reader.lookups

    return run


def spf(text: str, domain: str = "dordt.example") -> str:
    return f'{domain}. 60 IN TXT "v=spf1 {text}"\n'


def test_without_a_record_there_is_no_policy(read: Read):
    assert read('dordt.example. 60 IN TXT "v=spf10 is iets anders"\n')[0] is None


@pytest.mark.parametrize(
    ("terms", "address", "result"),
    [
        ("ip4:192.0.2.0/24 -all", "192.0.2.7", "pass"),
        ("ip4:192.0.2.0/24 -all", "192.0.3.7", "fail"),
        ("ip4:192.0.2.1 ~all", "192.0.2.2", "softfail"),
        ("ip6:2001:db8::/32 ?all", "2001:db8::1", "pass"),
        ("ip6:2001:db8::/32 ?all", "192.0.2.1", "neutral"),
        ("-ip4:192.0.2.1 +all", "192.0.2.1", "fail"),
        ("a -all", "192.0.2.10", "pass"),
        ("a/24 -all", "192.0.2.99", "pass"),
        ("a:relay.example//32 -all", "2001:db8::99", "pass"),
        ("mx -all", "192.0.2.20", "pass"),
        ("mx/30 -all", "192.0.2.23", "pass"),
        ("mx:dordt.example -all", "192.0.2.30", "fail"),
        ("include:relay.example -all", "192.0.2.40", "pass"),
        ("include:relay.example -all", "192.0.2.41", "fail"),
        ("include:relay.example ~all", "192.0.2.42", "softfail"),
        ("redirect=relay.example", "192.0.2.40", "pass"),
        ("redirect=relay.example", "192.0.2.41", "neutral"),
        ("ip4:192.0.2.1", "192.0.2.2", "neutral"),
        ("exists:%{i}.lijst.example -all", "192.0.2.1", None),
        ("ip4:192.0.2.1 exists:%{i}.lijst.example -all", "192.0.2.1", "pass"),
        ("include:%{d}.example -all", "192.0.2.1", None),
        ("ptr -all", "192.0.2.1", None),
        ("A IP4:192.0.2.1 -ALL", "192.0.2.1", "pass"),
        ("-all exp=uitleg.example onbekend=x", "192.0.2.1", "fail"),
    ],
)
def test_an_address_is_evaluated(read: Read, terms: str, address: str, result: str | None):
    zone = """
dordt.example. 60 IN A 192.0.2.10
dordt.example. 60 IN MX 10 mx.dordt.example.
mx.dordt.example. 60 IN A 192.0.2.20
relay.example. 60 IN A 192.0.2.30
relay.example. 60 IN AAAA 2001:db8::30
"""
    zone += spf("ip4:192.0.2.40 -ip4:192.0.2.42", "relay.example")

    policy, _ = read(zone + spf(terms))

    assert policy
    assert policy.result(ipaddress.ip_address(address)) == result


def chain(length: int) -> str:
    """dordt.example includes deel1, which includes deel2, and so on."""
    zone = spf("include:deel1.example -all")
    for number in range(1, length):
        zone += spf(f"include:deel{number + 1}.example -all", f"deel{number}.example")
    return zone + spf("ip4:192.0.2.1 -all", f"deel{length}.example")


def test_lookups_are_counted_in_all_that_is_included(read: Read):
    _, cost = read(chain(10))

    assert cost == 10


PROBLEMS = {
    "eleven deep": (chain(11), "more than 10 lookups"),
    "eleven wide": (
        spf(" ".join(f"a:h{number}.example" for number in range(11)) + " -all")
        + "".join(f"h{number}.example. 60 IN A 192.0.2.1\n" for number in range(11)),
        "more than 10 lookups",
    ),
    "itself": (spf("include:dordt.example -all"), "more than 10 lookups"),
    "in a circle": (
        spf("redirect=ander.example") + spf("include:dordt.example", "ander.example"),
        "more than 10 lookups",
    ),
    "two records": (spf("-all") + spf("ip4:192.0.2.1 -all"), "has 2 records"),
    "two records below": (
        spf("include:x.example -all") + spf("a", "x.example") + spf("mx", "x.example"),
        "x.example has 2",
    ),
    "three that are not there": (spf("a:a.example a:b.example mx:c.example -all"), "more than 2 of its lookups"),
    "include of nothing": (spf("include:nergens.example -all"), "nergens.example, which has no SPF record"),
    "redirect to nothing": (spf("redirect=nergens.example"), "nergens.example, which has no SPF record"),
    "typing error": (spf("ip4:192.0.2.1 al"), "'al'"),
    "a space too many": (spf("include: relay.example -all"), "'include' without a domain"),
    "no network": (spf("ip4:192.0.2.300 -all"), "no network"),
    "no address behind ip4": (spf("ip4 -all"), "no network"),
    "ip6 behind ip4": (spf("ip4:2001:db8::1 -all"), "no ip4"),
    "too long a prefix": (spf("a/40 -all") + "dordt.example. 60 IN A 192.0.2.1\n", "no network"),
    "no prefix": (spf("a/x -all") + "dordt.example. 60 IN A 192.0.2.1\n", "which is no SPF"),
    "two redirects": (spf("redirect=a.example redirect=b.example"), "more than one redirect"),
    "eleven mail servers": (
        spf("mx -all") + "".join(f"dordt.example. 60 IN MX 10 mx{number}.dordt.example.\n" for number in range(11)),
        "more than 10 mail servers",
    ),
}


@pytest.mark.parametrize("what", PROBLEMS)
def test_a_policy_that_receivers_cannot_use_is_named(read: Read, what: str):
    zone, words = PROBLEMS[what]

    with pytest.raises(SpfProblem, match=words):
        read(zone)


@pytest.mark.parametrize(("terms", "ending"), [("-all", "-"), ("all", "+"), ("a", ""), ("redirect=ander.example", "~")])
def test_what_it_says_of_everybody_else(read: Read, terms: str, ending: str):
    policy, _ = read(spf(terms) + spf("~all", "ander.example") + "dordt.example. 60 IN A 192.0.2.1\n")

    assert policy
    assert policy.ending == ending


def test_a_redirect_behind_all_is_not_followed(read: Read):
    policy, cost = read(spf("-all redirect=nergens.example"))

    assert policy
    assert (policy.redirect, cost) == (None, 0)
