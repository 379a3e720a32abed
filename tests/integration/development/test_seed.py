"""The `seed` command in production: wijken and themes, and nobody who was made up."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from config import HERE, Production, SettingProblem
from dordt import create_app

SECRETS = {"SECRET_KEY": "k" * 32, "SITE_URL": "https://dordtaanzet.example"}


def flask(folder: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run a command as an operator does, with these settings alone."""
    path = os.environ["PATH"]
    return subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", *arguments],
        cwd=HERE,
        env={"PATH": path, "DORDT_ENV": "production", "DORDT_DATA_DIR": str(folder), **settings},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_production_gets_wijken_and_themes_once_and_no_demo_content(new_folder: Callable[[str], Path]) -> None:
    folder = new_folder("production-seed")
    assert flask(folder, "db", "upgrade", **SECRETS).returncode == 0

    first, second = (flask(folder, "seed", **SECRETS) for _time in range(2))

    assert (first.returncode, second.returncode) == (0, 0)
    assert "nothing was added" in second.stdout
    with sa.create_engine(f"sqlite:///{folder / 'dordt.sqlite'}").connect() as connection:
        names = ("neighbourhood", "topic", "staff_member", "message", "subscriber", "article")
        tables = [sa.table(name) for name in names]
        counts = [connection.scalar(sa.select(sa.func.count()).select_from(table)) for table in tables]
    assert counts == [11, 8, 0, 0, 0, 0]


def test_missing_settings_are_told_in_a_sentence_without_a_traceback(tmp_path: Path) -> None:
    answer = flask(tmp_path, "mailer", "status", SITE_URL="https://dordtaanzet.example")

    assert answer.returncode == 1
    assert "SECRET_KEY" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_the_application_does_not_start_without_its_secrets(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DORDT_DATA_DIR", str(tmp_path))
    for name in SECRETS:
        monkeypatch.delenv(name, raising=False)

    with pytest.raises(SettingProblem, match="SECRET_KEY, SITE_URL"):
        create_app(Production())
