"""Header lines: 7-bit, folded where folding is harmless, one instance of each (RFC 5322, 2047)."""

import re
from email.charset import BASE64, Charset
from email.header import Header
from email.utils import formataddr, parseaddr
from itertools import chain, repeat

from dordt.shared.addresses import AddressRefused, address_key

LINE = 76
ENCODED_WORDS = Charset("utf-8")
ENCODED_WORDS.header_encoding = BASE64
PLAIN = re.compile(r"[!-~]+(?: [!-~]+)*")  # printable ASCII words with single spaces: may stand as it is


def text_line(name: str, value: str) -> bytes:
    """A header of free text. Line breaks become spaces: a value cannot add a header."""
    value = re.sub(r"[\r\n]+", " ", value)
    return f"{name}: {_folded(name, value)}\r\n".encode("ascii")


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
    return f"{name}: {_folded(name, person)}\r\n <{address}>\r\n".encode("ascii")


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
    """Lines of at most 76, encoded as a whole when not plain.

    email.policy would do it too, but loses a space between two encoded words and decodes what only looks like one.
    """
    if _is_plain(value):
        return Header(value, maxlinelen=LINE, header_name=name).encode(splitchars=" ", linesep="\r\n")
    whole = value.encode("utf-8", "replace").decode()  # half of a surrogate pair stops nobody's mail
    words = ENCODED_WORDS.header_encode_lines(whole, chain([LINE - len(name) - 2], repeat(LINE - 1)))
    return "\r\n ".join(word or "" for word in words)
