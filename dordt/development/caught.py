"""The mails that the catcher took in: one numbered file each, written once and never changed."""

import os
from collections.abc import Iterable, Iterator
from datetime import datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesHeaderParser, BytesParser
from email.utils import format_datetime
from pathlib import Path

RECIPIENT = "X-Original-To"  # as Postfix names it: who the envelope was for, whatever the To line says


class CaughtMail:
    """The folder `postvak` in the data dir; the catcher writes it, the mailbox page reads it."""

    def __init__(self, data_dir: Path) -> None:
        self.folder = data_dir / "postvak"
        self._latest = 0

    def add(self, content: bytes, *, sender: str, recipients: Iterable[str], at: datetime) -> int:
        """Keep one mail with its envelope as headers on top, and return its number.

        The file appears whole or not at all, and two catchers never take the same number.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        fresh = self.folder / f".{os.getpid()}-{id(content)}"
        fresh.write_bytes(_envelope(sender, recipients, at) + content)
        self._latest = self._latest or max(self.numbers(), default=0)
        while True:
            self._latest += 1
            if _take(fresh, self._path(self._latest)):
                break
        fresh.unlink()
        return self._latest

    def numbers(self) -> list[int]:
        """The numbers of the mails there are, newest first."""
        return sorted((int(path.stem) for path in self.folder.glob("[0-9]*.eml")), reverse=True)

    def read(self, number: int) -> EmailMessage | None:
        """One mail, or nothing."""
        return self._parse(number, BytesParser(policy=policy.default))

    def headers(self, number: int) -> EmailMessage | None:
        """Only the headers of one mail: quick enough for a list."""
        return self._parse(number, BytesHeaderParser(policy=policy.default))

    def matching(self, text: str) -> Iterator[int]:
        """The numbers of the mails whose recipient or subject contains a text, newest first."""
        for number in self.numbers():
            mail = self.headers(number)
            if mail and text.lower() in f"{recipients(mail)} {mail.get('Subject', '')}".lower():
                yield number

    def clear(self) -> None:
        """Throw all mails away."""
        for number in self.numbers():
            self._path(number).unlink(missing_ok=True)

    def _path(self, number: int) -> Path:
        return self.folder / f"{number:06d}.eml"

    def _parse(self, number: int, parser: BytesParser) -> EmailMessage | None:
        try:
            with self._path(number).open("rb") as file:
                return parser.parse(file)  # type: ignore[return-value]
        except FileNotFoundError:
            return None


def recipients(mail: EmailMessage) -> str:
    """Who the envelope of a mail was for."""
    return ", ".join(mail.get_all(RECIPIENT, []))


def _envelope(sender: str, recipients: Iterable[str], at: datetime) -> bytes:
    lines = [f"Return-Path: <{sender}>", *(f"{RECIPIENT}: {address}" for address in recipients)]
    lines.append(f"Received: by the mail catcher; {format_datetime(at)}")
    return "".join(f"{line}\r\n" for line in lines).encode("utf-8", "surrogateescape")


def _take(fresh: Path, path: Path) -> bool:
    try:
        os.link(fresh, path)
    except FileExistsError:
        return False
    return True
