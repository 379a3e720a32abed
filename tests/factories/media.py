"""Pictures and documents, as they come in and as they are kept."""

import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from random import Random
from typing import Any

from PIL import Image

from dordt.extensions import db
from dordt.media import services
from dordt.media.models import MediaFile
from dordt.shared import clock

PDF = b"%PDF-1.4\n1 0 obj <</Type /Catalog>> endobj\ntrailer <</Root 1 0 R>>\n%%EOF\n"
ORIENTATION, WIDTH, HEIGHT, DPI, CAMERA, GPS = 0x0112, 0x0100, 0x0101, 0x011A, 0x010F, 0x8825
TEXT, SHORT, LONG, RATIONAL = 2, 3, 4, 5
QUARTER_TURN = (ORIENTATION, SHORT, 1, b"\x06\x00\x00\x00")
Entry = tuple[int, int, int, bytes]  # tag, type, count, and four bytes: the value or where it stands


def picture(width: int = 900, height: int = 600, kind: str = "PNG", mode: str = "RGB", **options: Any) -> bytes:
    """A picture in one colour, in a file of this kind."""
    buffer = BytesIO()
    Image.new(mode, (width, height), options.pop("colour", "steelblue")).save(buffer, kind, **options)
    return buffer.getvalue()


def make_image(filename: str = "park.png", content: bytes | None = None) -> MediaFile:
    """A picture that is kept."""
    kept = services.add_image(content or picture(), filename, at=clock.now())
    db.session.commit()
    return kept


def make_document(filename: str = "plan.pdf", content: bytes = PDF) -> MediaFile:
    """A PDF that is kept."""
    kept = services.add_document(content, filename, at=clock.now())
    db.session.commit()
    return kept


def grey_16_bit(width: int = 256, height: int = 64) -> bytes:
    """A PNG whose grey rises evenly from black to white, in steps that eight bits cannot make."""
    line = b"".join(struct.pack(">H", 65_535 * x // (width - 1)) for x in range(width))
    return png((width, height), 16, 0, (b"\x00" + line) * height)


def png(size: tuple[int, int], bits: int, colours: int, lines: bytes, *chunks: bytes) -> bytes:
    """A PNG from its lines. colours: as its head counts them. chunks: what stands before the lines."""
    head = png_chunk(b"IHDR", struct.pack(">IIBBBBB", *size, bits, colours, 0, 0, 0))
    return b"".join(
        [b"\x89PNG\r\n\x1a\n", head, *chunks, png_chunk(b"IDAT", zlib.compress(lines)), png_chunk(b"IEND", b"")]
    )


def png_chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def jpeg_with(*segments: tuple[int, bytes], **options: Any) -> bytes:
    """A small JPEG with these segments in front, each with the last byte of its marker."""
    content = picture(60, 40, "JPEG", **options)
    parts = [bytes([0xFF, marker]) + struct.pack(">H", len(data) + 2) + data for marker, data in segments]
    return content[:2] + b"".join(parts) + content[2:]


def photo_in_two(width: int = 640, height: int = 480) -> bytes:
    """As telephones make them: one file with the photo and a second version of it."""
    noise = Image.effect_noise((width, height), 60).convert("RGB")
    buffer = BytesIO()
    noise.save(buffer, "MPO", save_all=True, append_images=[noise.resize((width // 2, height // 2))])
    return buffer.getvalue()


def exif(*entries: Entry, values: bytes = b"") -> bytes:
    """EXIF as written, however wrong; `values` stands behind the entries."""
    rows = b"".join(struct.pack("<HHL4s", *entry) for entry in entries)
    return b"Exif\x00\x00II*\x00\x08\x00\x00\x00" + struct.pack("<H", len(entries)) + rows + bytes(4) + values


def turned_with_a_height_in_words() -> bytes:
    """A JPEG of 60 x 40 that stands upright once it is turned; programs stumble over the text of its height."""
    return jpeg_with(exif=exif(QUARTER_TURN, (HEIGHT, TEXT, 4, b"hoog"), (GPS, TEXT, 3, b"ja\x00\x00")))


@dataclass(frozen=True)
class ExifVariant:
    """`is_turned` is None when what was damaged may have been the orientation, or not."""

    exif: bytes
    is_turned: bool | None


def exif_variants(count: int, *, seed: int) -> Iterator[ExifVariant]:
    """EXIF with faults of every kind in turn; the same for the same seed."""
    chance = Random(seed)
    faults = (_nonsense_beside, _nonsense_itself, _cut_off, _lost, _no_exif, _flipped)
    yield from (faults[number % len(faults)](chance) for number in range(count))


def _nonsense(chance: Random) -> Entry:
    tag = chance.choice([WIDTH, HEIGHT, DPI, CAMERA, GPS, 0x0128, 0x8769, 0xA005, 0x927C, chance.randrange(0x8000)])
    count = chance.choice([0, 1, 2, 4, 5, 255, 65_535, 2**31, 2**32 - 1])
    return tag if tag != ORIENTATION else CAMERA, chance.randrange(20), count, chance.randbytes(4)


def _around(entry: Entry, chance: Random) -> list[Entry]:
    before, after = chance.randrange(4), chance.randrange(4)
    return [*(_nonsense(chance) for _ in range(before)), entry, *(_nonsense(chance) for _ in range(after))]


def _nonsense_beside(chance: Random) -> ExifVariant:
    return ExifVariant(exif(*_around(QUARTER_TURN, chance), values=chance.randbytes(40)), is_turned=True)


def _nonsense_itself(chance: Random) -> ExifVariant:
    wrong: Sequence[Entry] = [
        *((ORIENTATION, SHORT, 1, struct.pack("<L", value)) for value in (0, 9, 255, 65_535)),
        (ORIENTATION, LONG, 1, b"\xff\xff\xff\xff"),
        (ORIENTATION, TEXT, 2, b"6\x00\x00\x00"),
        (ORIENTATION, RATIONAL, 1, b"\xff\xff\xff\x7f"),
        (ORIENTATION, SHORT, chance.choice([0, 3, 2**32 - 1]), b"\x06\x00\x06\x00"),
        (ORIENTATION, chance.randrange(14, 65_536), 1, b"\x06\x00\x00\x00"),
    ]
    return ExifVariant(exif(*_around(chance.choice(wrong), chance)), is_turned=False)


def _cut_off(chance: Random) -> ExifVariant:
    entries = _around(QUARTER_TURN, chance)
    whole = exif(*entries)
    needed = 16 + 12 * entries.index(QUARTER_TURN) + 10
    length = chance.randrange(6, len(whole))
    return ExifVariant(whole[:length], is_turned=length >= needed)


def _lost(chance: Random) -> ExifVariant:
    """The entries are said to stand where nothing is."""
    whole = exif(*_around(QUARTER_TURN, chance))
    return ExifVariant(
        whole[:10] + struct.pack("<L", chance.randrange(len(whole), 2**32)) + whole[14:], is_turned=False
    )


def _no_exif(chance: Random) -> ExifVariant:
    """It does not begin as EXIF does."""
    whole = exif(*_around(QUARTER_TURN, chance))
    start = chance.choice([b"", b"II", b"MM*\x00", b"IM\x00*", b"II\x2b\x00", bytes(4)])
    return ExifVariant(whole[:6] + start + whole[10:], is_turned=False)


def _flipped(chance: Random) -> ExifVariant:
    whole = bytearray(exif(*_around(QUARTER_TURN, chance), values=chance.randbytes(40)))
    for _ in range(chance.randrange(1, 6)):
        whole[chance.randrange(6, len(whole))] = chance.randrange(256)
    return ExifVariant(bytes(whole), is_turned=None)


def grey_profile(gamma: float = 1.0) -> bytes:
    """A colour profile in which grey rises with this power."""
    return _profile(b"GRAY", {b"kTRC": _curve(gamma)})


def swapped_profile() -> bytes:
    """A colour profile in which red means green and green means red."""
    red, green, blue = (0.43607, 0.22249, 0.01392), (0.38515, 0.71687, 0.09708), (0.14307, 0.06061, 0.71410)
    colours = {b"rXYZ": _xyz(*green), b"gXYZ": _xyz(*red), b"bXYZ": _xyz(*blue)}
    return _profile(b"RGB ", colours | dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), _curve(2.2)))


def black_alone_profile() -> bytes:
    """A colour profile of a press on which only black can be seen."""
    corners = b"".join(bytes([0 if corner & 1 else 255, 128, 128]) for corner in range(16))
    identity = _fixed(1, 0, 0, 0, 1, 0, 0, 0, 1)
    table = (
        b"mft1" + bytes(4) + bytes([4, 3, 2, 0]) + identity + bytes(range(256)) * 4 + corners + bytes(range(256)) * 3
    )
    return _profile(b"CMYK", {b"A2B0": table}, between=b"Lab ")


def _profile(space: bytes, tags: dict[bytes, bytes], *, between: bytes = b"XYZ ") -> bytes:
    tags = {b"wtpt": _xyz(0.9642, 1, 0.8249), **tags}
    table, data, at = struct.pack(">L", len(tags)), b"", 128 + 4 + 12 * len(tags)
    for name, value in tags.items():
        table += name + struct.pack(">LL", at + len(data), len(value))
        data += value.ljust(-(-len(value) // 4) * 4, b"\x00")
    head = struct.pack(">L4sL4s4s4s", at + len(data), bytes(4), 0x02400000, b"prtr", space, between)
    return head.ljust(36, b"\x00") + b"acsp" + bytes(28) + _fixed(0.9642, 1, 0.8249).ljust(60, b"\x00") + table + data


def _curve(gamma: float) -> bytes:
    return b"curv" + bytes(4) + struct.pack(">LH", 1, round(gamma * 256)) + bytes(2)


def _xyz(*values: float) -> bytes:
    return b"XYZ " + bytes(4) + _fixed(*values)


def _fixed(*values: float) -> bytes:
    return struct.pack(f">{len(values)}l", *(round(value * 65_536) for value in values))
