"""`flask staff create`."""

import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask

from dordt.accounts import services
from dordt.accounts.models import StaffMember
from dordt.shared import clock
from dordt.shared.reading import rows

ROOT = Path(__file__).parents[3]
CREATE = ["staff", "create", "--email", "Rik@voorbeeld.nl", "--role", "redacteur", "--password-stdin"]


def test_an_account_is_made_that_can_sign_in(app: Flask):
    answer = app.test_cli_runner().invoke(args=[*CREATE, "--name", "Rik Roos"], input="appels op de fiets\n")

    assert answer.exit_code == 0, answer.output
    assert "rik@voorbeeld.nl" in answer.output
    assert "redacteur" in answer.output
    member = rows(StaffMember.listed())[0]
    assert (member.name, [role.name for role in member.roles]) == ("Rik Roos", ["redacteur"])
    assert services.sign_in("rik@voorbeeld.nl", "appels op de fiets", at=clock.now())


def test_a_known_address_is_an_error_with_a_clear_text(app: Flask):
    runner = app.test_cli_runner()
    runner.invoke(args=CREATE, input="appels op de fiets\n")

    answer = runner.invoke(args=CREATE, input="appels op de fiets\n")

    assert answer.exit_code == 1
    assert "Er is al een medewerker met dit e-mailadres." in answer.output


@pytest.mark.parametrize("password", ["", "kort\n", "wachtwoord-123\n"], ids=["none", "short", "guessable"])
def test_a_password_that_will_not_do_is_an_error(app: Flask, password: str):
    answer = app.test_cli_runner().invoke(args=CREATE, input=password)

    assert answer.exit_code == 1
    assert rows(StaffMember.listed()) == []


def test_an_unknown_role_is_an_error_that_lists_the_roles(app: Flask):
    answer = app.test_cli_runner().invoke(
        args=[*CREATE[:5], "koning", "--password-stdin"], input="appels op de fiets\n"
    )

    assert answer.exit_code == 2
    assert "wijkmedewerker" in answer.output


@pytest.mark.slow
def test_it_works_in_production_on_a_fresh_database(tmp_path: Path):
    settings = {
        "DORDT_ENV": "production",
        "DORDT_DATA_DIR": str(tmp_path),
        "SECRET_KEY": "a secret of this test",
        "SITE_URL": "https://voorbeeld.nl",
    }
    flask = [sys.executable, "-W", "error", "-m", "flask", "--app", "wsgi"]

    def run(*words: str, typed: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*flask, *words], cwd=ROOT, env=settings, input=typed, text=True, capture_output=True, check=False
        )

    upgraded = run("db", "upgrade")
    made = run(*CREATE, typed="appels op de fiets\n")

    assert upgraded.returncode == 0, upgraded.stderr
    assert made.returncode == 0, made.stderr
    assert "rik@voorbeeld.nl" in made.stdout
