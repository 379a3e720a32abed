"""Settings, files, database and worker: what is wrong is named, and nothing secret is repeated."""

import os
import secrets
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from dordt.extensions import db
from dordt.operations import installation
from dordt.operations.findings import Finding, Level
from tests.factories.mailer import WRITTEN_AT, make_newsletter, make_receipt

Look = Callable[..., list[Finding]]


@pytest.fixture
def look(app: Flask, tmp_path: Path) -> Look:
    """Look at an installation that is fit but for the settings given; at the moment given."""
    tmp_path.chmod(0o700)
    fit = {"ENVIRONMENT": "production", "SITE_URL": "https://aanzet.dordt.example", "PROXY_HOPS": 1}
    fit |= {"SECRET_KEY": secrets.token_urlsafe(48), "TOTP_SECRET": secrets.token_urlsafe(48), "DATA_DIR": tmp_path}

    def run(*, at: Any = WRITTEN_AT, **settings: Any) -> list[Finding]:
        return list(installation.check(app.config | fit | settings, at=at))

    return run


def told(findings: list[Finding], *levels: Level) -> list[str]:
    return [finding.text for finding in findings if finding.level in levels]


def test_of_what_is_fit_nothing_is_said_but_good(look: Look):
    assert told(look(), Level.FAIL, Level.WARN) == []


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "environment": ({"ENVIRONMENT": "development"}, "DORDT_ENV is development"),
    "short": ({"SECRET_KEY": "k0rt-En-krachtig"}, "SECRET_KEY is too short"),
    "simple": ({"TOTP_SECRET": "ab" * 40}, "TOTP_SECRET is too short or too simple"),
    "example": ({"SECRET_KEY": "change-me-before-you-start-0123456789abcdef"}, "SECRET_KEY looks like an example"),
    "old": ({"SECRET_KEY_FALLBACKS": ["oud"]}, "SECRET_KEY_FALLBACKS is too short"),
    "http": ({"SITE_URL": "http://aanzet.dordt.example"}, "must begin with https://"),
    "path": ({"SITE_URL": "https://aanzet.dordt.example/pad"}, "without a path"),
    "no folder": ({"DATA_DIR": Path("/nergens/data")}, "nothing can be written"),
    "no host": ({"SITE_URL": "https://localhost"}, "and a host"),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_is_wrong_is_named_without_repeating_a_secret(look: Look, what: str):
    settings, words = WRONG[what]

    (text,) = told(look(**settings), Level.FAIL)

    assert words in text
    assert "k0rt" not in text


def test_one_secret_for_two_purposes_is_named(look: Look):
    same = secrets.token_urlsafe(48)

    assert told(look(SECRET_KEY=same, TOTP_SECRET=same), Level.FAIL) == [
        "SECRET_KEY and TOTP_SECRET are the same; each must be its own"
    ]


@pytest.mark.parametrize(("mode", "is_fit"), [(0o700, True), (0o750, True), (0o755, False), (0o701, False)])
def test_others_may_not_look_into_the_data(look: Look, tmp_path: Path, mode: int, is_fit: bool):
    tmp_path.chmod(mode)

    assert (told(look(), Level.FAIL) == []) is is_fit


def test_others_may_not_read_the_key_that_signs(look: Look, tmp_path: Path):
    key = tmp_path / "dkim.pem"
    key.touch(mode=0o600)
    os.chmod(key, 0o604)

    (text,) = told(look(MAIL_DKIM_KEY_FILE=str(key)), Level.FAIL)

    assert "MAIL_DKIM_KEY_FILE" in text


def test_without_a_proxy_that_is_named_it_warns(look: Look):
    (text,) = told(look(PROXY_HOPS=0), Level.WARN)

    assert "PROXY_HOPS" in text


@pytest.mark.parametrize(
    ("url", "level", "words"),
    [
        ("sqlite:////data/dordt.sqlite", Level.INFO, "this one machine"),
        ("postgresql+psycopg://dordt@db.dordt.example/dordt", Level.WARN, "sslmode=verify-full"),
    ],
)
def test_what_the_database_means_is_told(look: Look, url: str, level: Level, words: str):
    assert any(words in text for text in told(look(SQLALCHEMY_DATABASE_URI=url), level))


@pytest.mark.parametrize(
    "url",
    [
        "postgresql+psycopg://dordt@db.dordt.example/dordt?sslmode=verify-full",
        "postgresql+psycopg://dordt@localhost/dordt",
        "postgresql+psycopg:///dordt",
    ],
)
def test_a_database_nearby_or_well_protected_is_fine(look: Look, url: str):
    assert told(look(SQLALCHEMY_DATABASE_URI=url), Level.WARN) == []


def test_a_database_of_an_older_version_is_named(look: Look):
    version = db.session.scalar(sa.text("SELECT version_num FROM alembic_version"))
    change = sa.text("UPDATE alembic_version SET version_num = :version")
    db.session.execute(change, {"version": "oud"})
    db.session.commit()

    found = told(look(), Level.FAIL)

    db.session.execute(change, {"version": version})  # no test but this one touches it, so nothing else puts it back
    db.session.commit()
    assert found == ["database not migrated: flask --app wsgi db upgrade"]


def test_mail_that_waits_long_says_that_no_worker_runs(look: Look):
    make_receipt()

    assert told(look(at=WRITTEN_AT + timedelta(minutes=14)), Level.FAIL) == []
    (text,) = told(look(at=WRITTEN_AT + timedelta(minutes=16)), Level.FAIL)
    assert "mailer run" in text
    assert "voorbeeld.nl" not in text


def test_what_waits_on_purpose_is_no_sign_of_trouble(look: Look):
    mail = make_newsletter(2)
    mail.state = "paused"  # type: ignore[assignment]
    db.session.commit()

    assert told(look(at=WRITTEN_AT + timedelta(days=1)), Level.FAIL) == []
