"""DKIM (RFC 6376): our own signatures on a message, for a relay that adds none, and the keys that make them.

rsa-sha256, and ed25519-sha256 (RFC 8463) as a second one; relaxed/relaxed. Off without a key.
"""

import base64
import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import parseaddr
from pathlib import Path
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key
from flask import Flask, current_app

from config import SettingProblem

OVERSIGNED = ("From", "To", "Subject", "Date", "Reply-To")  # signed once more than they stand: adding one breaks it
SIGNED = (
    *OVERSIGNED,
    *("Message-ID", "MIME-Version", "Content-Type", "Content-Language", "Auto-Submitted", "Precedence", "Feedback-ID"),
    *("List-Unsubscribe", "List-Unsubscribe-Post", "List-Id", "List-Help", "List-Owner", "List-Subscribe", "List-Post"),
    "List-Archive",
)
FOLD = re.compile(rb"\r\n(?=[\t ])")
LINE = 76
SHORTEST_RSA = 2048  # bits; RFC 8301, 3.2
LABEL = r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?"
DNS_NAME = re.compile(rf"(?=.{{1,200}}\Z){LABEL}(\.{LABEL})*", re.IGNORECASE)
RSA_FILE = "an RSA key of at least 2048 bits, in PEM and without a password"
ED25519_FILE = "an Ed25519 key, in PEM without a password or as the base64 of its 32 bytes"


@dataclass(frozen=True)
class SigningKey:
    """A private key, and where its public half stands in the DNS."""

    algorithm: str  # rsa-sha256 | ed25519-sha256
    selector: str
    domain: str
    sign: Callable[[bytes], bytes]
    public: bytes  # as in p= of the record

    @property
    def record_name(self) -> str:
        """The name of the DNS record that receivers ask for."""
        return f"{self.selector}._domainkey.{self.domain}"

    @property
    def record(self) -> str:
        """What must stand there, as one TXT value."""
        return f"v=DKIM1; k={self.algorithm.partition('-')[0]}; p={base64.b64encode(self.public).decode()}"


class Signer:
    """Signs messages with the keys of this installation; may be used by many threads at once."""

    def __init__(self, keys: tuple[SigningKey, ...]) -> None:
        self.keys = keys

    def sign(self, message: bytes) -> bytes:
        """The message with a DKIM-Signature header for each key in front; the message itself stays as it is.

        message: encoded as it leaves, lines ended by CRLF.
        """
        head, _, body = message.partition(b"\r\n\r\n")
        fields = _fields(head)
        names = [name for name in SIGNED if name.lower().encode() in fields]
        signed = b"".join(fields[name.lower().encode()] for name in names)
        shared = _names([*names, *OVERSIGNED]) + _digest(body)
        return b"".join(_signature(key, shared, signed) for key in self.keys) + message


def init_app(app: Flask) -> None:
    """Read the keys. Raises SettingProblem: a wrong key stops the start, not the first message."""
    keys = keys_of(app.config)
    app.extensions["dkim"] = Signer(keys) if keys else None


def signer() -> Signer | None:
    """Who signs the messages of this application; None: the relay does."""
    found: Signer | None = current_app.extensions["dkim"]
    return found


def _fields(head: bytes) -> dict[bytes, bytes]:
    """The header fields in relaxed form (3.4.2), with their line end, by their name in lower case."""
    fields = {}
    for line in FOLD.sub(b"", head).split(b"\r\n"):
        name, _, value = line.partition(b":")
        key = name.strip().lower()
        fields[key] = key + b":" + _single_spaced(value).strip() + b"\r\n"
    return fields


def _single_spaced(text: bytes) -> bytes:
    text = text.replace(b"\t", b" ")
    while b"  " in text:
        text = text.replace(b"  ", b" ")
    return text


def _relaxed(body: bytes) -> bytes:
    """The body in relaxed form (3.4.4): white space is one space, none at a line's end; no empty lines at the end."""
    lines = _single_spaced(body).replace(b" \r\n", b"\r\n").rstrip(b" ")
    while lines.endswith(b"\r\n"):
        lines = lines[:-2]
    return lines + b"\r\n" if lines else b""


def _names(names: list[str]) -> bytes:
    lines = ["\r\n h="]
    for name in ":".join(names).replace(":", ": ").split():
        if len(lines[-1]) + len(name) > LINE:
            lines.append("\r\n ")
        lines[-1] += name
    return "".join(lines).encode() + b";"


def _digest(body: bytes) -> bytes:
    return b"\r\n bh=" + base64.b64encode(hashlib.sha256(_relaxed(body)).digest()) + b";\r\n b="


def _signature(key: SigningKey, shared: bytes, signed: bytes) -> bytes:
    tags = f"v=1; a={key.algorithm}; c=relaxed/relaxed;\r\n d={key.domain};\r\n s={key.selector};".encode() + shared
    relaxed = b"dkim-signature:" + _single_spaced(FOLD.sub(b"", tags))
    value = base64.b64encode(key.sign(signed + relaxed))
    lines = (value[start : start + LINE - 4] for start in range(0, len(value), LINE - 4))
    return b"DKIM-Signature: " + tags + b"\r\n ".join(lines) + b"\r\n"


def keys_of(config: Mapping[str, Any]) -> tuple[SigningKey, ...]:
    """The keys that the settings name, RSA first; none when the relay signs. Raises SettingProblem."""
    if not config["MAIL_DKIM_KEY_FILE"]:
        if config["MAIL_DKIM_ED25519_KEY_FILE"]:
            raise SettingProblem("MAIL_DKIM_ED25519_KEY_FILE needs MAIL_DKIM_KEY_FILE: many receivers read RSA only.")
        return ()
    keys: tuple[SigningKey, ...] = (_key(config, "MAIL_DKIM", _rsa, RSA_FILE),)
    if config["MAIL_DKIM_ED25519_KEY_FILE"]:
        keys += (_key(config, "MAIL_DKIM_ED25519", _ed25519, ED25519_FILE),)
    if len({key.selector.lower() for key in keys}) < len(keys):
        raise SettingProblem("MAIL_DKIM_SELECTOR and MAIL_DKIM_ED25519_SELECTOR must differ: a record holds one key.")
    return keys


def signing_domain(config: Mapping[str, Any]) -> str:
    """The domain that vouches for our mail: MAIL_DKIM_DOMAIN, or that of the sender. Raises SettingProblem."""
    given = config["MAIL_DKIM_DOMAIN"] or parseaddr(config["MAIL_DEFAULT_SENDER"])[1].rpartition("@")[2]
    with_problem = SettingProblem(f"MAIL_DKIM_DOMAIN is {given!r}; it must be a domain.")
    try:
        domain = str(given).encode("idna").decode().lower()
    except UnicodeError as wrong:
        raise with_problem from wrong
    if not DNS_NAME.fullmatch(domain):
        raise with_problem
    return domain


def _key(
    config: Mapping[str, Any],
    prefix: str,
    load: Callable[[bytes], tuple[str, Callable[[bytes], bytes], bytes]],
    what: str,
) -> SigningKey:
    domain, selector = signing_domain(config), str(config[f"{prefix}_SELECTOR"] or "")
    if not DNS_NAME.fullmatch(selector):
        raise SettingProblem(f"{prefix}_SELECTOR is {selector!r}; with {prefix}_KEY_FILE it must be a name in the DNS.")
    try:
        algorithm, sign, public = load(Path(config[f"{prefix}_KEY_FILE"]).read_bytes())
    except OSError as wrong:
        raise SettingProblem(f"{prefix}_KEY_FILE cannot be read: {wrong.strerror}.") from wrong
    except (ValueError, TypeError, UnsupportedAlgorithm):  # their own words may quote what the file holds
        raise SettingProblem(f"{prefix}_KEY_FILE must hold {what}.") from None
    return SigningKey(algorithm, selector, domain, sign, public)


def _rsa(content: bytes) -> tuple[str, Callable[[bytes], bytes], bytes]:
    key = load_pem_private_key(content, password=None)
    if not isinstance(key, RSAPrivateKey) or key.key_size < SHORTEST_RSA:
        raise ValueError
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return "rsa-sha256", lambda data: key.sign(data, PKCS1v15(), SHA256()), public


def _ed25519(content: bytes) -> tuple[str, Callable[[bytes], bytes], bytes]:
    key = load_pem_private_key(content, password=None) if b"-----BEGIN" in content else _from_seed(content)
    if not isinstance(key, Ed25519PrivateKey):
        raise ValueError
    public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return "ed25519-sha256", lambda data: key.sign(hashlib.sha256(data).digest()), public  # RFC 8463, 3


def _from_seed(content: bytes) -> Ed25519PrivateKey:
    """As dkimpy's dknewkey writes it. Raises ValueError (binascii.Error is one)."""
    return Ed25519PrivateKey.from_private_bytes(base64.b64decode(b"".join(content.split()), validate=True))
