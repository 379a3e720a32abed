"""What `make run` says and does before anything has been started; the browser tests walk through the rest."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from dordt.development import run

ROOT = Path(__file__).parents[3]


def run_with(folder: Path, **settings: str) -> "subprocess.CompletedProcess[str]":
    environment = {name: value for name, value in os.environ.items() if name != "DORDT_ENV"}
    return subprocess.run(
        [sys.executable, "-m", "dordt.development.run"],
        cwd=ROOT,
        env={**environment, "DORDT_DATA_DIR": str(folder), **settings},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_port_that_is_taken_is_named_with_a_way_out(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        answer = run_with(tmp_path, PORT=str(port))

    assert answer.returncode == 1
    assert f"port {port} of 127.0.0.1 cannot be used" in answer.stderr
    assert "PORT=8001 make run" in answer.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_production_without_secrets_does_not_start_and_says_which_are_missing(tmp_path):
    answer = run_with(tmp_path, PORT="0", DORDT_ENV="production")

    assert answer.returncode == 1
    assert "SECRET_KEY" in answer.stderr
    assert "Traceback" not in answer.stderr


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"DORDT_ENV": "development"}, True),
        ({"DORDT_ENV": "development", "MAIL_SERVER": "relay.dordrecht.nl"}, False),
        ({"DORDT_ENV": "production"}, False),
    ],
    ids=["development", "with a relay of one's own", "production"],
)
def test_mail_is_caught_in_development_only_and_never_past_a_relay(settings, expected):
    assert run._needs_catcher(settings) is expected
