"""What stands beside the pixels of a picture: it says how the picture lies, and refuses nothing."""

import zlib
from io import BytesIO

import pytest
from PIL import Image

from dordt.media import decoding
from tests.factories.media import exif_variants, jpeg_with, picture, png, png_chunk, turned_with_a_height_in_words

ON_WHITE = (60, 40), 8, 0, (b"\x00" + b"\xff" * 60) * 40


def shown(content: bytes, limits: decoding.Limits = decoding.FOR_EDITORS) -> Image.Image:
    with decoding.decoded(content, limits) as found:
        return found.copy()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_no_exif_can_refuse_a_picture_and_an_orientation_that_can_be_read_is_applied(kind: str):
    for variant in exif_variants(400, seed=2027):
        size = shown(picture(12, 8, kind, exif=variant.exif), decoding.FOR_RESIDENTS).size

        expected = {True: [(8, 12)], False: [(12, 8)], None: [(8, 12), (12, 8)]}[variant.is_turned]
        assert size in expected, variant


@pytest.mark.parametrize("orientation", range(1, 9))
def test_each_orientation_is_turned_as_exif_says(orientation: int):
    places = {1: (2, 2), 2: (57, 2), 3: (57, 37), 4: (2, 37), 5: (2, 2), 6: (2, 37), 7: (57, 37), 8: (57, 2)}
    drawn = Image.new("RGB", (60, 40), "white")
    x, y = places[orientation]
    drawn.paste("black", (max(0, x - 10), max(0, y - 10), x + 10, y + 10))
    buffer = BytesIO()
    tag = Image.Exif()
    tag[0x0112] = orientation
    drawn.save(buffer, "PNG", exif=tag)

    upright = shown(buffer.getvalue())

    assert upright.size == ((60, 40) if orientation < 5 else (40, 60))
    assert upright.getpixel((2, 2)) == (0, 0, 0)


def test_a_height_in_words_does_not_keep_a_photo_from_standing_upright():
    encoded = decoding.encode(turned_with_a_height_in_words())

    assert (encoded.content_type, encoded.width, encoded.height) == ("image/jpeg", 40, 60)


METADATA = {
    "JFIF cut off": jpeg_with((0xE0, b"JFIF\x00\x01")),
    "Photoshop cut off": jpeg_with((0xED, b"Photoshop 3.0\x008BIM\x04\x04\x00")),
    "profile without number": jpeg_with((0xE2, b"ICC_PROFILE\x00")),
    "index of pictures in nonsense": jpeg_with((0xE2, b"MPF\x00II*\x00\x08\x00\x00\x00\xff\xff")),
    "Adobe cut off": jpeg_with((0xEE, b"Adobe")),
    "EXIF twice": jpeg_with((0xE1, b"Exif\x00\x00II*"), (0xE1, b"Exif\x00\x00\x00\xff")),
    "resolution of PNG cut off": png(*ON_WHITE, png_chunk(b"pHYs", b"\x00")),
    "text that unpacks to much": png(*ON_WHITE, png_chunk(b"zTXt", b"a\x00\x00" + zlib.compress(bytes(80_000_000)))),
    "profile that cannot be unpacked": png(*ON_WHITE, png_chunk(b"iCCP", b"a\x00\x00nee")),
    "profile that unpacks to much": png(*ON_WHITE, png_chunk(b"iCCP", b"a\x00\x00" + zlib.compress(bytes(80_000_000)))),
    "checksum of a text": png(*ON_WHITE, png_chunk(b"tEXt", b"a\x00b")[:-1] + b"!"),
}


@pytest.mark.parametrize("limits", [decoding.FOR_EDITORS, decoding.FOR_RESIDENTS], ids=["editors", "residents"])
@pytest.mark.parametrize("content", METADATA.values(), ids=METADATA)
def test_what_stands_beside_the_pixels_cannot_refuse_a_picture(content: bytes, limits: decoding.Limits):
    assert shown(content, limits).size == (60, 40)
