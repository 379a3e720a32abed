"""Where mail leaves: which relays there are, how fast they may be sent to, and when they are not used."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

LONGEST_NAME = 120
CATCHER = "catcher"


@dataclass(frozen=True)
class Relay:
    """A mail server that takes our messages; without `server` it is the mail catcher, which `transport` finds."""

    name: str  # host:port, or "catcher"
    server: str | None
    port: int
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    use_tls: bool = False
    use_ssl: bool = False
    is_backup: bool = False


@dataclass(frozen=True)
class Limits:
    """Messages that may leave to one relay, from all workers together; None: as many as it takes."""

    per_second: float | None = None
    per_hour: float | None = None
    per_day: float | None = None

    def __bool__(self) -> bool:
        return bool(self.per_second or self.per_hour or self.per_day)


def relays_from(config: Mapping[str, Any]) -> tuple[Relay, ...]:
    """The relay of MAIL_SERVER…, and behind it that of MAIL_BACKUP_SERVER… when that is another one."""
    first = _relay(config, "MAIL_")
    if config.get("MAIL_CATCHER_FILE"):
        first = Relay(CATCHER, server=None, port=0)
    if not config.get("MAIL_BACKUP_SERVER"):
        return (first,)
    backup = _relay(config, "MAIL_BACKUP_", is_backup=True)
    return (first,) if backup.name == first.name else (first, backup)


def limits_from(config: Mapping[str, Any]) -> Limits:
    """MAIL_RATE_PER_…; 0 is no limit."""
    return Limits(*(config.get(f"MAIL_RATE_PER_{unit}") or None for unit in ("SECOND", "HOUR", "DAY")))


def _relay(config: Mapping[str, Any], prefix: str, *, is_backup: bool = False) -> Relay:
    server, port = config[f"{prefix}SERVER"], config[f"{prefix}PORT"] or 25
    account = {name: config[prefix + name.upper()] for name in ("username", "password", "use_tls", "use_ssl")}
    return Relay(f"{server}:{port}"[-LONGEST_NAME:], server, port, **account, is_backup=is_backup)
