"""What the check has to say."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How bad it is; only a FAIL must be solved before residents come."""

    OK = "ok"
    INFO = "info"
    WARN = "warn"
    FAIL = "FAIL"


@dataclass(frozen=True)
class Finding:
    """One line: what it is about, what is so or is missing, and the DNS record to add where one helps."""

    level: Level
    subject: str
    text: str
    record: str | None = None


def ok(subject: str, text: str) -> Finding:
    return Finding(Level.OK, subject, text)


def info(subject: str, text: str, record: str | None = None) -> Finding:
    """Something to know, or that cannot be judged from here."""
    return Finding(Level.INFO, subject, text, record)


def warn(subject: str, text: str, record: str | None = None) -> Finding:
    return Finding(Level.WARN, subject, text, record)


def fail(subject: str, text: str, record: str | None = None) -> Finding:
    """Mail or pages will not reach residents, or are not safe."""
    return Finding(Level.FAIL, subject, text, record)


def txt_record(name: str, value: str) -> str:
    """A TXT record as a zone file has it, cut into strings of at most 255 octets (RFC 1035, 3.3)."""
    pieces = [value[start : start + 250] for start in range(0, len(value), 250)]
    return f"{name}. IN TXT " + " ".join(f'"{piece}"' for piece in pieces)
