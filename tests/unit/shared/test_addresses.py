"""Addresses in the words of mail servers."""

import pytest

from dordt.shared.addresses import without_addresses


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("550 <anna@voorbeeld.nl>: unknown", "550 … unknown"),
        ("ask postmaster@[192.0.2.1] or help", "ask … or help"),
        ("@ alone, or a @ b", "@ alone, or a @ b"),
        ("no address at all", "no address at all"),
    ],
)
def test_an_address_is_taken_out_of_what_a_server_said(words: str, shown: str):
    assert without_addresses(words) == shown


def test_something_else_may_stand_in_its_place():
    assert without_addresses("to anna@voorbeeld.nl now", instead="") == "to  now"
