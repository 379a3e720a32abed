"""Files that come with a message: what we accept, made harmless, and kept in storage."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from io import BytesIO
from threading import Lock
from typing import IO

from PIL import Image, ImageOps

from dordt.contact.models import MessageFile
from dordt.shared import storage

MOST_FILES = 5
MOST_BYTES = 10 * 1024 * 1024
# A camera seldom makes more, and a file of 1 kB can hold far more. A JPEG is read at a fraction of its size; all else
# is read whole, in four bytes for each point and then once more.
MOST_PIXELS = {"JPEG": 50_000_000, "PNG": 24_000_000, "WEBP": 24_000_000, "GIF": 24_000_000}
LONGEST_SIDE = 2560
FOLDER = "berichten"
PDF = "application/pdf"
SIGNATURES = {b"\xff\xd8\xff": "JPEG", b"\x89PNG\r\n\x1a\n": "PNG", b"GIF8": "GIF", b"RIFF": "WEBP", b"%PDF-": "PDF"}
# A GIF becomes a PNG of its first picture: nothing in a message needs to move.
SAVED_AS = {
    "JPEG": ("JPEG", "jpg", "image/jpeg"),
    "PNG": ("PNG", "png", "image/png"),
    "GIF": ("PNG", "png", "image/png"),
    "WEBP": ("WEBP", "webp", "image/webp"),
}
WRONG_KIND = "Kies een foto (jpg, png, webp of gif) of een pdf."


_one_at_a_time = Lock()  # of each process: strangers choose how much memory a picture takes


class FileRefused(ValueError):
    """A file that we do not take; the text says what to do, in Dutch for the screen."""


@dataclass(frozen=True)
class Upload:
    """A file that was looked at and made harmless."""

    filename: str
    content_type: str
    content: bytes


def examine(filename: str, stream: IO[bytes]) -> Upload:
    """Look at what a file is, whatever it is called, and make it harmless. Raises FileRefused.

    Images are drawn anew, smaller when they are large: place, time and owner in them (EXIF) are gone.
    """
    content = stream.read(MOST_BYTES + 1)
    shown = _stem(filename)
    if len(content) > MOST_BYTES:
        raise FileRefused(f"Het bestand ‘{shown}’ is te groot. Een bestand mag niet groter zijn dan 10 MB.")
    if not content:
        raise FileRefused(f"Het bestand ‘{shown}’ is leeg. Kies een ander bestand.")
    kind = _kind(content)
    if kind is None:
        raise FileRefused(f"Het bestand ‘{shown}’ kunnen wij niet openen. {WRONG_KIND}")
    if kind == "PDF":
        return Upload(f"{shown}.pdf", PDF, content)
    _name, ending, content_type = SAVED_AS[kind]
    return Upload(f"{shown}.{ending}", content_type, _redrawn(content, kind, shown))


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


def _kind(content: bytes) -> str | None:
    found = next((kind for start, kind in SIGNATURES.items() if content.startswith(start)), None)
    return None if found == "WEBP" and content[8:12] != b"WEBP" else found


def _redrawn(content: bytes, kind: str, shown: str) -> bytes:
    try:
        with _one_at_a_time, Image.open(BytesIO(content), formats=[kind]) as image:
            if image.width * image.height > MOST_PIXELS[kind]:
                raise FileRefused(f"De foto ‘{shown}’ heeft te veel beeldpunten. Kies een kleinere foto.")
            return _encoded(_upright(image), SAVED_AS[kind][0])
    except FileRefused:
        raise
    except Exception as broken:  # whatever a broken or hostile file makes the decoder say
        raise FileRefused(f"De foto ‘{shown}’ is beschadigd. Kies een andere foto.") from broken


def _upright(image: Image.Image) -> Image.Image:
    image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # a large JPEG is read at a fraction of its size
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    return ImageOps.exif_transpose(image)


def _encoded(image: Image.Image, save_as: str) -> bytes:
    has_see_through = image.has_transparency_data and save_as != "JPEG"
    plain = image.convert("RGBA" if has_see_through else "RGB")
    clean = Image.new(plain.mode, plain.size)  # nothing but the points comes along
    clean.paste(plain)
    out = BytesIO()
    clean.save(out, save_as, quality=85)
    return out.getvalue()


def _stem(filename: str) -> str:
    """The name without folder and ending, and without signs that do something in a header or on a disk."""
    last = filename.replace("\\", "/").rsplit("/", 1)[-1]
    stem = last.rsplit(".", 1)[0] if "." in last else last
    clean = "".join(sign if sign.isalnum() or sign in " -_()" else "-" for sign in stem)
    return " ".join(clean.split())[:100].strip(" -") or "bestand"
