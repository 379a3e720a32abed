"""The files around pictures, taken apart before a decoder sees them.

A camera or a program can write any nonsense beside the pixels, and decoders stumble over it. So a JPEG or a PNG is
reduced to what the pixels need; of the rest two things are kept: how the picture is turned and which colours are meant.
"""

import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

MOST_PROFILE_BYTES = 4 * 1024 * 1024  # unpacked; those of printing presses have one or two million bytes
PNG_START = b"\x89PNG\r\n\x1a\n"
# Markers of a JPEG that a length follows. Between segments anything may stand; decoders skip it.
JPEG_SEGMENT = re.compile(rb"\xff[\x02-\xcf\xda-\xfe]")
START_OF_SCAN, COMMENT, APPLICATION = 0xDA, 0xFE, range(0xE0, 0xF0)
# What says how the colours are coded, each with the fewest bytes that decoders count on.
NEEDED_BY_DECODERS = {0xE0: (b"JFIF\x00", 14), 0xEE: (b"Adobe", 12)}
EXIF, PROFILE = b"Exif\x00\x00", b"ICC_PROFILE\x00"
ORIENTATION = 0x0112
WHOLE_NUMBERS = {3: "H", 4: "L", 6: "b", 8: "h", 9: "l"}  # the first is the one for an orientation; others occur


@dataclass(frozen=True)
class Parts:
    """A file without its metadata, and what was in there: EXIF and a colour profile, either of them as it came."""

    picture: bytes
    exif: bytes = b""
    profile: bytes = b""


def taken_apart(content: bytes) -> Parts:
    """A JPEG or PNG in parts; any other file, whose decoder looks at no metadata, is its own picture."""
    if content.startswith(b"\xff\xd8"):
        return _jpeg(content)
    return _png(content) if content.startswith(PNG_START) else Parts(content)


def orientation_in(exif: bytes) -> int:
    """How the picture lies, 1 to 8 as EXIF counts; 1, upright, when that cannot be read, whatever else stands there."""
    tiff = exif.removeprefix(EXIF)
    order = {b"II*\x00": "<", b"MM\x00*": ">"}.get(tiff[:4])
    try:
        return next((value for value in _orientations(tiff, order) if 1 <= value <= 8), 1) if order else 1
    except struct.error:  # it ends halfway
        return 1


def _orientations(tiff: bytes, order: str) -> Iterator[int]:
    (at,) = struct.unpack_from(f"{order}L", tiff, 4)
    (count,) = struct.unpack_from(f"{order}H", tiff, at)
    for entry in range(at + 2, at + 2 + 12 * count, 12):
        tag, kind, values = struct.unpack_from(f"{order}HHL", tiff, entry)
        form = order + WHOLE_NUMBERS.get(kind, "")
        if tag == ORIENTATION and 1 <= values * struct.calcsize(form) <= 4:  # more stands elsewhere
            yield struct.unpack_from(form, tiff, entry + 8)[0]


def _jpeg(content: bytes) -> Parts:
    kept, exif, profile, at = [content[:2]], [], [], 2
    while (found := JPEG_SEGMENT.search(content, at)) and content[found.start() + 1] != START_OF_SCAN:
        marker, start = content[found.start() + 1], found.end()
        at = start + max(2, int.from_bytes(content[start : start + 2]))
        data = content[start + 2 : at]
        if marker == 0xE1 and data.startswith(EXIF):
            exif.append(data.removeprefix(EXIF))
        elif marker == 0xE2 and data.startswith(PROFILE):
            profile.append(data.removeprefix(PROFILE))
        elif _is_needed(marker, data):
            kept.append(content[found.start() : at])
    scan = content[found.start() :] if found else content[at:]
    # Each part of a profile begins with its number and the number of parts.
    return Parts(b"".join([*kept, scan]), b"".join(exif), b"".join(part[2:] for part in sorted(profile)))


def _is_needed(marker: int, data: bytes) -> bool:
    if marker not in APPLICATION:
        return marker != COMMENT
    start, fewest = NEEDED_BY_DECODERS.get(marker, (None, 0))
    return start is not None and data.startswith(start) and len(data) >= fewest


def _png(content: bytes) -> Parts:
    kept, exif, profile, at = [PNG_START], b"", b"", len(PNG_START)
    while len(head := content[at : at + 8]) == 8:
        start, end = at + 8, at + 12 + int.from_bytes(head[:4])
        kind, at = head[4:], end
        if kind == b"eXIf":
            exif = content[start : end - 4]
        elif kind == b"iCCP":
            profile = _unpacked(content[start : end - 4])
        elif kind[:1].isupper() or kind == b"tRNS":  # without these there is no picture
            kept.append(content[start - 8 : end])
    return Parts(b"".join(kept), exif, profile)


def _unpacked(chunk: bytes) -> bytes:
    """A profile out of its chunk, behind its name and a byte for the method; nothing when it is broken."""
    try:
        return zlib.decompressobj().decompress(chunk.partition(b"\x00")[2][1:], MOST_PROFILE_BYTES)
    except zlib.error:
        return b""
