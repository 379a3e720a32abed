"""Settings that are wrong are named, and nothing secret is repeated."""

from pathlib import Path

import pytest

from config import Production, SettingProblem, database_url, number, settings, site_url


@pytest.mark.parametrize("given", ["nonsense", "mysql://who:geheim@host/name", "postgresql//who:geheim@host"])
def test_a_database_that_is_neither_postgresql_nor_sqlite_is_refused_without_its_password(given: str) -> None:
    with pytest.raises(SettingProblem, match="DATABASE_URL") as refused:
        database_url(given, Path("/data"))

    assert "geheim" not in str(refused.value)


@pytest.mark.parametrize("given", ["postgres://who@host/name", "postgresql://who@host/name"])
def test_both_short_names_of_postgresql_mean_psycopg(given: str) -> None:
    assert database_url(given, Path("/data")) == "postgresql+psycopg://who@host/name"


def test_without_an_address_the_database_is_a_file_in_the_data_dir() -> None:
    assert database_url(None, Path("/data")) == "sqlite:////data/dordt.sqlite"


@pytest.mark.parametrize("given", ["dordtaanzet.example", "ftp://dordtaanzet.example", "//dordtaanzet.example"])
def test_an_address_of_the_site_that_no_mail_can_link_to_is_refused(given: str) -> None:
    with pytest.raises(SettingProblem, match="SITE_URL"):
        site_url(given)


@pytest.mark.parametrize("given", ["abc", "-1", "2.5", "25 26"])
def test_what_is_no_whole_number_is_refused_by_name(given: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAIL_PORT", given)

    with pytest.raises(SettingProblem, match="MAIL_PORT"):
        number("MAIL_PORT", 25)


def test_an_empty_number_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAIL_PORT", "")

    assert number("MAIL_PORT", 25) == 25


def test_without_a_named_environment_it_is_production(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DORDT_ENV", raising=False)

    assert isinstance(settings(), Production)
