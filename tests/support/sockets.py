"""Tests reach this machine only: a connection to any other address fails, and says so."""

import ipaddress
import socket
from typing import Any

import pytest

_connect, _connect_ex = socket.socket.connect, socket.socket.connect_ex


def _refuse_strangers(own: socket.socket, address: Any) -> None:
    if own.family in {socket.AF_INET, socket.AF_INET6} and not _is_this_machine(str(address[0])):
        raise PermissionError(f"a test may not connect to {address[0]!r}: only to this machine")


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _guarded_connect(own: socket.socket, address: Any) -> None:
    _refuse_strangers(own, address)
    _connect(own, address)


def _guarded_connect_ex(own: socket.socket, address: Any) -> int:
    _refuse_strangers(own, address)
    return _connect_ex(own, address)


@pytest.fixture(scope="session", autouse=True)
def only_this_machine() -> Any:
    """Guard every socket for the whole run."""
    patch = pytest.MonkeyPatch()
    patch.setattr(socket.socket, "connect", _guarded_connect)
    patch.setattr(socket.socket, "connect_ex", _guarded_connect_ex)
    yield
    patch.undo()
