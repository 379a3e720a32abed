"""Taking files in. They are added within the caller's transaction, which commits."""

import secrets
from datetime import datetime
from hashlib import sha256
from pathlib import PurePath

import sqlalchemy as sa
from werkzeug.utils import secure_filename

from dordt.extensions import db
from dordt.media import decoding
from dordt.media.decoding import MediaRefused, Refusal
from dordt.media.models import MediaFile, MediaKind
from dordt.shared import storage

MOST_BYTES = 10 * 1024 * 1024


def add_image(content: bytes, filename: str, *, at: datetime) -> MediaFile:
    """Take a picture in: decoded and re-encoded in several widths. The same content is kept once.

    Raises MediaRefused.
    """
    _check_size(content)
    known = _known(content, MediaKind.IMAGE)
    if known:
        return known
    encoded = decoding.encode(content)
    media = _media(content, MediaKind.IMAGE, at=at)
    media.filename = f"{_stem(filename)}-{encoded.width}x{encoded.height}.{encoded.ending}"
    media.content_type, media.size = encoded.content_type, len(encoded.content)
    media.width, media.height = encoded.width, encoded.height
    media.renditions = list(encoded.renditions)
    _keep(media, {media.filename: encoded.content, **{f"{w}.webp": part for w, part in encoded.renditions.items()}})
    return media


def add_document(content: bytes, filename: str, *, at: datetime) -> MediaFile:
    """Take a PDF in, as it is. The same content is kept once. Raises MediaRefused."""
    check_document(content)
    known = _known(content, MediaKind.DOCUMENT)
    if known:
        return known
    media = _media(content, MediaKind.DOCUMENT, at=at)
    media.filename = f"{_stem(filename)}.pdf"
    media.content_type, media.size = "application/pdf", len(content)
    _keep(media, {media.filename: content})
    return media


def check_document(content: bytes) -> None:
    """Raise MediaRefused unless this can be taken in as a document."""
    _check_size(content)
    if not decoding.is_pdf(content):
        raise MediaRefused(Refusal.NO_PDF)


def check_image(content: bytes) -> None:
    """Raise MediaRefused unless this can be taken in as a picture."""
    _check_size(content)
    decoding.check(content)


def _check_size(content: bytes) -> None:
    if not content:
        raise MediaRefused(Refusal.EMPTY)
    if len(content) > MOST_BYTES:
        raise MediaRefused(Refusal.TOO_LARGE)


def _known(content: bytes, kind: MediaKind) -> MediaFile | None:
    same = MediaFile.digest == _digest(content, kind), MediaFile.kind == kind
    return db.session.scalars(sa.select(MediaFile).where(*same)).first()


def _media(content: bytes, kind: MediaKind, *, at: datetime) -> MediaFile:
    return MediaFile(key=secrets.token_hex(16), kind=kind, digest=_digest(content, kind), created_at=at)


def _digest(content: bytes, kind: MediaKind) -> str:
    """What was offered and, of a picture, by which decoder: what an older one made does not come back."""
    decoder = f"decoder {decoding.VERSION}\n".encode() if kind is MediaKind.IMAGE else b""
    return sha256(decoder + content).hexdigest()


def _stem(filename: str) -> str:
    safe = secure_filename(PurePath(filename.replace("\\", "/")).stem).lower().replace("_", "-").replace(".", "-")
    return safe.strip("-")[:80].strip("-") or "bestand"


def _keep(media: MediaFile, files: dict[str, bytes]) -> None:
    """Files first: a row without its file would show a broken page, a file without its row harms nobody."""
    for name, content in files.items():
        storage.save(f"{media.key}/{name}", content)
    db.session.add(media)
    db.session.flush()
