"""An installation that mail comes back to."""

import pytest
from flask import Flask


@pytest.fixture(autouse=True)
def bounce_domain(app: Flask, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setitem(app.config, "MAIL_BOUNCE_DOMAIN", "bounces.example")
    return "bounces.example"
