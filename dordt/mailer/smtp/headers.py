"""Header lines: 7-bit, folded where folding is harmless, one instance of each (RFC 5322, 2047)."""

import base64
import re
from collections.abc import Iterator
from email.utils import formataddr, parseaddr

from dordt.shared.addresses import AddressRefused, address_key

LINE = 76
WORD = "=?utf-8?b?{}?="
WORD_FRAME = len(WORD.format(""))
PLAIN = re.compile(r"[!-~]+(?: [!-~]+)*")  # printable ASCII words with single spaces: may stand as it is


def text_line(name: str, value: str) -> bytes:
    """A header of free text. Line breaks become spaces: a value cannot add a header."""
    value = re.sub(r"[\r\n]+", " ", value)
    folded = _folded(name, value) if _is_plain(value) else _encoded(name, value)
    return f"{name}: {folded}\r\n".encode("ascii")


def exact_line(name: str, value: str) -> bytes:
    """A header of machine text on one line, never folded or encoded: programmes read the URLs in it.

    Raises ValueError when the value is not ASCII or too long for a line.
    """
    line = f"{name}: {' '.join(value.split())}\r\n".encode("ascii")
    if len(line) > 1000:
        raise ValueError(f"the header {name} is longer than a line may be")
    return line


def address_line(name: str, mailbox: str) -> bytes:
    """A header with one mailbox: 'anna@voorbeeld.nl' or 'Dordt aan Zet <wijken@dordrecht.nl>'."""
    person, _ = parseaddr(mailbox)
    address = ascii_address(mailbox)
    if not person:
        return f"{name}: {address}\r\n".encode("ascii")
    if _is_plain(person):
        return f"{name}: {formataddr((person, address))}\r\n".encode("ascii")
    return f"{name}: {_encoded(name, person)}\r\n <{address}>\r\n".encode("ascii")


def ascii_address(mailbox: str) -> str:
    """The bare address of a mailbox, its domain in IDNA form. Raises AddressRefused."""
    _, address = parseaddr(mailbox)
    return with_domain_of(address, address_key(address))


def with_domain_of(address: str, key: str) -> str:
    """The local part as typed, the domain of the key: lower case and in IDNA form."""
    local = address.rpartition("@")[0]
    if not local.isascii():
        raise AddressRefused("the local part is not ASCII")
    return f"{local}@{key.rpartition('@')[2]}"


def _is_plain(value: str) -> bool:
    words_fit = all(len(word) < LINE - 20 for word in value.split(" "))
    return bool(PLAIN.fullmatch(value)) and "=?" not in value and words_fit


def _folded(name: str, value: str) -> str:
    lines, room = [""], LINE - len(name) - 2
    for word in value.split(" "):
        line = f"{lines[-1]} {word}" if lines[-1] else word
        if len(line) > room:
            lines.append(word)
            room = LINE - 1
        else:
            lines[-1] = line
    return "\r\n ".join(lines)


def _encoded(name: str, value: str) -> str:
    words = _words(value, first_room=LINE - len(name) - 2)
    return "\r\n ".join(WORD.format(base64.b64encode(word).decode()) for word in words)


def _words(value: str, first_room: int) -> Iterator[bytes]:
    """Pieces that fit in one encoded word each; a character is never split."""
    piece, room = b"", _octets(first_room)
    for character in value:
        octets = character.encode("utf-8", "replace")
        if len(piece) + len(octets) > room:
            yield piece
            piece, room = b"", _octets(LINE - 1)
        piece += octets
    yield piece


def _octets(room: int) -> int:
    """How many octets an encoded word may hold in so many columns."""
    return (min(room, 75) - WORD_FRAME) // 4 * 3
