"""DKIM (RFC 6376): our own signatures on a message, for a relay that adds none.

rsa-sha256, and ed25519-sha256 (RFC 8463) as a second one; relaxed/relaxed. Off without a key.
"""

import base64
import hashlib
import re

from flask import Flask, current_app

from dordt.mailer.smtp.signing_keys import SigningKey, keys_of

OVERSIGNED = ("From", "To", "Subject", "Date", "Reply-To")  # signed once more than they stand: adding one breaks it
SIGNED = (
    *OVERSIGNED,
    *("Message-ID", "MIME-Version", "Content-Type", "Content-Language", "Auto-Submitted", "Precedence", "Feedback-ID"),
    *("List-Unsubscribe", "List-Unsubscribe-Post", "List-Id", "List-Help", "List-Owner", "List-Subscribe", "List-Post"),
    "List-Archive",
)
FOLD = re.compile(rb"\r\n(?=[\t ])")
LINE = 76


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
