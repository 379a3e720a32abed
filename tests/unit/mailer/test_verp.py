"""Addresses that say which delivery a mail is about."""

from collections.abc import Iterator

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from dordt.mailer.smtp import verp
from dordt.mailer.smtp.verp import Purpose, Tag

NUMBERS = (1, 35, 36, 46_655, 2_147_483_647)


@pytest.fixture(autouse=True)
def bare() -> Iterator[Flask]:
    """Only settings: no database."""
    bare = Flask(__name__)
    bare.config.update(SECRET_KEY="one", SECRET_KEY_FALLBACKS=[], MAIL_BOUNCE_DOMAIN="bounces.example")
    with bare.app_context():
        yield bare


@pytest.mark.parametrize("number", NUMBERS)
def test_an_address_says_its_delivery_and_what_it_is_for(number: int) -> None:
    assert verp.read(verp.return_path(number) or "") == Tag(Purpose.BOUNCES, number)
    assert verp.read(verp.leave_address(number) or "") == Tag(Purpose.LEAVE, number)


def test_the_case_and_the_name_around_it_do_not_matter() -> None:
    written = f'"Dordt aan Zet" <{(verp.return_path(1234567) or "").upper()}>'

    assert verp.read(written) == Tag(Purpose.BOUNCES, 1234567)


def test_the_local_part_fits() -> None:
    local, _, domain = (verp.return_path(2**63 - 1) or "").partition("@")

    assert len(local) <= 64
    assert local == local.lower()
    assert domain == "bounces.example"


def test_without_a_domain_there_is_no_address(bare: Flask) -> None:
    bare.config["MAIL_BOUNCE_DOMAIN"] = None

    assert verp.return_path(1) is None
    assert verp.leave_address(1) is None


def test_a_signature_of_another_delivery_purpose_or_application_is_worth_nothing(bare: Flask) -> None:
    ours = verp.return_path(7) or ""
    signature = ours.partition("-")[2]

    assert verp.read(f"bounces+8-{signature}") is None
    assert verp.read(f"leave+7-{signature}") is None
    assert verp.read(f"xbounces+7-{signature}") is None
    bare.config["SECRET_KEY"] = "another"
    assert verp.read(ours) is None


def test_an_address_outlives_a_new_key_and_a_new_domain(bare: Flask) -> None:
    old = verp.return_path(7) or ""

    bare.config.update(SECRET_KEY="two", SECRET_KEY_FALLBACKS=["zero", "one"], MAIL_BOUNCE_DOMAIN="other.example")

    assert verp.read(old) == Tag(Purpose.BOUNCES, 7)
    assert verp.return_path(7) != old


@given(st.text() | st.from_regex(r"(bounces|leave)\+[0-9a-z]{1,13}-[0-9a-f]{20}@.*", fullmatch=True))
def test_what_we_did_not_sign_says_nothing(address: str) -> None:
    assert verp.read(address) is None


def test_the_key_is_derived_once_for_all_addresses() -> None:
    verp._key.cache_clear()

    for number in range(1000):
        verp.return_path(number)

    assert verp._key.cache_info().misses == 1
