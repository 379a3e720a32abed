"""The DNS answers, says that there is nothing, or stays silent: three different things."""

from collections.abc import Callable

import pytest

from dordt.operations.dns_lookups import CannotLookUp, Names
from tests.support.dns_server import DnsServer

ZONE = """
dordt.example. 60 IN TXT "v=spf1 " "ip4:192.0.2.1 -all"
dordt.example. 60 IN TXT "iets anders"
dordt.example. 60 IN MX 20 tweede.dordt.example.
dordt.example. 60 IN MX 10 eerste.dordt.example.
eerste.dordt.example. 60 IN A 192.0.2.1
eerste.dordt.example. 60 IN AAAA 2001:db8::1
geen.example. 60 IN MX 0 .
alias.example. 60 IN CNAME dordt.example.
"""


@pytest.fixture
def names(serve: Callable[[str], DnsServer]) -> Names:
    return Names(serve(ZONE).address, wait=0.2)


def test_the_strings_of_a_record_are_one_text(names: Names):
    assert sorted(names.txt("dordt.example")) == ["iets anders", "v=spf1 ip4:192.0.2.1 -all"]


def test_an_alias_is_followed(names: Names):
    assert len(names.txt("alias.example")) == 2


def test_mail_servers_come_in_order(names: Names):
    assert names.mx("dordt.example") == ["eerste.dordt.example", "tweede.dordt.example"]
    assert names.mx("geen.example") == ["."]


def test_a_host_has_addresses_of_both_kinds_and_an_address_is_its_own(names: Names):
    assert [str(address) for address in names.addresses("eerste.dordt.example")] == ["192.0.2.1", "2001:db8::1"]
    assert [str(address) for address in names.addresses("[2001:db8::2]")] == ["2001:db8::2"]


@pytest.mark.parametrize("name", ["nergens.example", "eerste.dordt.example", "a..b", "x" * 70 + ".nl", "met spatie"])
def test_what_is_not_there_is_nothing(names: Names, name: str):
    assert names.txt(name) == []


def test_nothing_is_asked_twice(names: Names, dns_server: DnsServer):
    for _ in range(3):
        names.txt("dordt.example")
        names.txt("Nergens.example.")

    assert dns_server.asked == [("dordt.example", "TXT"), ("nergens.example", "TXT")]


@pytest.mark.parametrize("trouble", ["silent", "broken"])
def test_no_answer_is_not_the_same_as_nothing(names: Names, dns_server: DnsServer, trouble: str):
    getattr(dns_server, trouble).add("dordt.example")

    with pytest.raises(CannotLookUp):
        names.txt("dordt.example")

    assert names.mx("geen.example") == ["."]


def test_a_dns_that_is_down_is_not_waited_for_again_and_again(names: Names, dns_server: DnsServer):
    dns_server.silent |= {f"naam{number}.example" for number in range(20)}

    for number in range(20):
        with pytest.raises(CannotLookUp):
            names.txt(f"naam{number}.example")

    assert len({name for name, _ in dns_server.asked}) == 2


@pytest.mark.parametrize("server", ["geen adres", "127.0.0.1:poort", "127.0.0.1:99999"])
def test_a_server_that_is_no_address_gives_no_answer(server: str):
    with pytest.raises(CannotLookUp):
        Names(server, wait=0.2).txt("dordt.example")
