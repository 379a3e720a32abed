"""`flask --app wsgi check`, as an operator runs it."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from tests.support.dns_server import DnsServer
from tests.support.relay import Relay

ROOT = Path(__file__).parents[3]
ZONE = """
dordrecht.nl. 60 IN MX 10 mx.dordrecht.nl.
mx.dordrecht.nl. 60 IN A 192.0.2.20
dordrecht.nl. 60 IN TXT "v=spf1 ip4:192.0.2.1 -all"
_dmarc.dordrecht.nl. 60 IN TXT "v=DMARC1; p=reject; rua=mailto:dmarc@dordrecht.nl"
"""


@pytest.fixture
def fit(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, smtp_server: Relay, serve: Callable[[str], DnsServer]
) -> Flask:
    """An application with the settings of a good installation."""
    tmp_path.chmod(0o700)
    values = {"ENVIRONMENT": "production", "SITE_URL": "https://127.0.0.1:1", "PROXY_HOPS": 1}  # nobody there
    values |= {"TOTP_SECRET": "EfqXoG7xJp1b8mZ_Zw3kq0Yv2Lr5Ts9NcUhWdAi4", "DNS_SERVER": serve(ZONE).address}
    values |= {"SECRET_KEY": "pV8_hT2qfQe5yK1zRb7mXc4uLw9dJ0sNaGiOtE3H", "DATA_DIR": tmp_path}
    values |= {"MAIL_SERVER": smtp_server.host, "MAIL_PORT": smtp_server.port}
    for name, value in values.items():
        monkeypatch.setitem(app.config, name, value)
    return app


def test_a_fit_installation_ends_with_0_and_one_line_for_each_thing(fit: Flask):
    result = fit.test_cli_runner().invoke(args=["check"])

    lines = result.output.splitlines()
    assert result.exit_code == 0, result.output
    assert lines[-1] == "0 to solve, 2 to look at."  # no MAIL_BOUNCE_DOMAIN, and the site is not there
    assert {line[:4].strip() for line in lines[:-1]} == {"ok", "info", "warn"}
    assert "ok    SPF           dordrecht.nl has one record, which costs 0 of 10 lookups" in lines


def test_what_fails_ends_with_1_and_says_what_to_add(fit: Flask, dns_server: DnsServer):
    dns_server.serve("\n".join(ZONE.splitlines()[:-1]) + "\n")

    result = fit.test_cli_runner().invoke(args=["check"])

    assert result.exit_code == 1
    assert '_dmarc.dordrecht.nl. IN TXT "v=DMARC1; p=none; rua=mailto:dmarc@dordrecht.nl"' in result.output
    assert result.output.splitlines()[-1] == "1 to solve, 2 to look at."


def test_a_dns_that_is_down_is_not_called_fit(fit: Flask, dns_server: DnsServer):
    dns_server.broken |= {"dordrecht.nl", "_dmarc.dordrecht.nl"}

    result = fit.test_cli_runner().invoke(args=["check"])

    assert result.exit_code == 0
    assert "cannot be looked up" in result.output
    assert "Fit for production" not in result.output


def test_json_says_the_same(fit: Flask, dns_server: DnsServer):
    dns_server.serve("\n".join(ZONE.splitlines()[:-1]) + "\n")

    result = fit.test_cli_runner().invoke(args=["check", "--json"])

    told = json.loads(result.output)
    assert (result.exit_code, told["fit"]) == (1, False)
    (wrong,) = [finding for finding in told["findings"] if finding["level"] == "FAIL"]
    assert wrong["subject"] == "DMARC"
    assert wrong["record"].startswith("_dmarc.dordrecht.nl. IN TXT")


def test_no_secret_is_told(fit: Flask):
    output = fit.test_cli_runner().invoke(args=["check"]).output

    assert fit.config["SECRET_KEY"] not in output
    assert fit.config["TOTP_SECRET"] not in output


@pytest.mark.slow
def test_a_key_that_is_wrong_stops_the_start_with_one_sentence(tmp_path: Path):
    settings = {"DORDT_ENV": "production", "SECRET_KEY": "x" * 40, "TOTP_SECRET": "y" * 40, "SITE_URL": "https://a.nl"}
    settings |= {"DORDT_DATA_DIR": str(tmp_path), "MAIL_DKIM_SELECTOR": "een", "MAIL_DKIM_KEY_FILE": "/nergens/een.pem"}
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "check"]

    ended = subprocess.run(command, cwd=ROOT, env=os.environ | settings, capture_output=True, text=True, check=False)

    assert ended.returncode == 1
    assert ended.stderr == (
        "The settings are not right. MAIL_DKIM_KEY_FILE cannot be read: No such file or directory.\n"
    )
