"""Unit tests know no application and no database, and open no socket."""

import socket
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def no_sockets(monkeypatch: pytest.MonkeyPatch, only_this_machine: None) -> None:
    """A unit test that connects anywhere is no unit test."""

    def refuse(_own: socket.socket, address: Any) -> None:
        raise PermissionError(f"a unit test may not connect to {address!r}")

    monkeypatch.setattr(socket.socket, "connect", refuse)


@pytest.fixture
def app() -> None:
    """There is none here."""
    raise RuntimeError("a unit test needs no application: move it to tests/integration/")
