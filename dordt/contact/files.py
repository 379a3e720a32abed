"""Files that come with a message: what we accept, made harmless, and kept in storage."""

import secrets
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import IO

from dordt.contact.models import MessageFile
from dordt.media.decoding import FOR_RESIDENTS, MediaRefused, Refusal, decoded, format_of, is_pdf, written
from dordt.shared import storage

MOST_FILES = 5
MOST_BYTES = 10 * 1024 * 1024
FOLDER = "berichten"
PDF = "application/pdf"
# A GIF becomes a PNG of its first picture: nothing in a message needs to move.
SAVED_AS = {
    "JPEG": ("JPEG", "jpg", "image/jpeg"),
    "PNG": ("PNG", "png", "image/png"),
    "GIF": ("PNG", "png", "image/png"),
    "WEBP": ("WEBP", "webp", "image/webp"),
}
WRONG_KIND = "Kies een foto (jpg, png, webp of gif) of een pdf."


class UploadRefused(ValueError):
    """A file that we do not take; the text says what to do, in Dutch for the screen."""


@dataclass(frozen=True)
class Upload:
    """A file that was looked at and made harmless."""

    filename: str
    content_type: str
    content: bytes


def examine(filename: str, stream: IO[bytes]) -> Upload:
    """Look at what a file is, whatever it is called, and make it harmless. Raises UploadRefused.

    Images are re-encoded, smaller when they are large: place, time and owner in them (EXIF) are gone.
    """
    content = stream.read(MOST_BYTES + 1)
    shown = _stem(filename)
    if len(content) > MOST_BYTES:
        raise UploadRefused(f"Het bestand ‘{shown}’ is te groot. Een bestand mag niet groter zijn dan 10 MB.")
    if not content:
        raise UploadRefused(f"Het bestand ‘{shown}’ is leeg. Kies een ander bestand.")
    if is_pdf(content):
        return Upload(f"{shown}.pdf", PDF, content)
    kind = format_of(content)
    if kind is None:
        raise UploadRefused(f"Het bestand ‘{shown}’ kunnen wij niet openen. {WRONG_KIND}")
    _name, ending, content_type = SAVED_AS[kind]
    return Upload(f"{shown}.{ending}", content_type, _reencoded(content, kind, shown))


def keep(uploads: Iterable[Upload]) -> list[MessageFile]:
    """Put files in storage under names of our own; the rows are the caller's to add."""
    kept: list[MessageFile] = []
    try:
        for upload in uploads:
            key = secrets.token_hex(16)
            kept.append(
                MessageFile(
                    key=key, filename=upload.filename, content_type=upload.content_type, size=len(upload.content)
                )
            )
            storage.save(path_of(key), upload.content)
    except Exception:
        discard(kept)
        raise
    return kept


def discard(kept: Iterable[MessageFile]) -> None:
    """Take files out of storage again."""
    for file in kept:
        storage.delete(path_of(file.key))


def path_of(key: str) -> str:
    """Where a file stands in storage."""
    return f"{FOLDER}/{key}"


def _reencoded(content: bytes, kind: str, shown: str) -> bytes:
    try:
        with decoded(content, FOR_RESIDENTS) as picture:
            return written(picture, SAVED_AS[kind][0], quality=85)
    except MediaRefused as refused:
        if refused.reason is Refusal.TOO_MANY_PIXELS:
            raise UploadRefused(f"De foto ‘{shown}’ heeft te veel beeldpunten. Kies een kleinere foto.") from refused
        raise UploadRefused(f"De foto ‘{shown}’ is beschadigd. Kies een andere foto.") from refused


def _stem(filename: str) -> str:
    """The name without folder and ending, and without characters that do something in a header or on a disk."""
    last = unicodedata.normalize("NFC", filename).replace("\\", "/").rsplit("/", 1)[-1]
    stem = last.rsplit(".", 1)[0] if "." in last else last
    clean = "".join(each if each.isalnum() or each in " -_()" else "-" for each in stem)
    return " ".join(clean.split())[:100].strip(" -") or "bestand"
