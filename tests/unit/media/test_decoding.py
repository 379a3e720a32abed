"""Pictures that come in are re-encoded."""

import time
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

import pytest
from PIL import Image

from dordt.media import decoding
from dordt.media.decoding import MediaRefused, Refusal
from tests.factories.media import (
    PDF,
    black_alone_profile,
    grey_16_bit,
    grey_profile,
    jpeg_with,
    photo_in_two,
    picture,
    png,
    png_chunk,
    swapped_profile,
)

LIMITS = pytest.mark.parametrize("limits", [decoding.FOR_EDITORS, decoding.FOR_RESIDENTS], ids=["editors", "residents"])


def opened(content: bytes) -> Image.Image:
    return Image.open(BytesIO(content))


def shown(content: bytes, limits: decoding.Limits = decoding.FOR_EDITORS) -> Image.Image:
    with decoding.decoded(content, limits) as picture:
        return picture.copy()


def test_a_picture_is_kept_in_widths_up_to_its_own():
    encoded = decoding.encode(picture(1000, 500))

    assert (encoded.width, encoded.height) == (1000, 500)
    assert {width: opened(part).size for width, part in encoded.renditions.items()} == {
        480: (480, 240),
        960: (960, 480),
        1000: (1000, 500),
    }
    assert {opened(part).format for part in encoded.renditions.values()} == {"WEBP"}


def test_a_very_wide_picture_is_made_smaller():
    encoded = decoding.encode(picture(3000, 300))

    assert (encoded.width, encoded.height) == (1440, 144)
    assert list(encoded.renditions) == [480, 960, 1440]


@pytest.mark.parametrize(
    ("kind", "mode", "ending"),
    [
        ("JPEG", "RGB", "jpg"),
        ("JPEG", "CMYK", "jpg"),
        ("PNG", "RGB", "png"),
        ("PNG", "RGBA", "png"),
        ("GIF", "P", "png"),
    ],
)
def test_photos_stay_jpeg_and_drawings_become_png(kind: str, mode: str, ending: str):
    encoded = decoding.encode(picture(60, 40, kind, mode, colour=0 if mode == "P" else "steelblue"))

    assert encoded.ending == ending
    assert opened(encoded.content).mode in {"RGB", "RGBA"}


def test_hidden_data_is_gone_and_the_picture_stands_upright():
    exif = Image.Exif()
    exif[0x0112] = 6  # turn a quarter
    exif[0x010E] = "geheim"
    content = picture(60, 40, "JPEG", exif=exif, comment=b"geheim")

    encoded = decoding.encode(content)

    assert b"geheim" in content
    assert (encoded.width, encoded.height) == (40, 60)
    for part in (encoded.content, *encoded.renditions.values()):
        assert b"geheim" not in part
        assert not opened(part).getexif()


@pytest.mark.parametrize(
    "content",
    [b"geen plaatje", PDF, picture()[:200], b"<svg xmlns='http://www.w3.org/2000/svg'/>"],
    ids=["text", "pdf", "cut off", "svg"],
)
def test_what_is_no_picture_is_refused(content: bytes):
    with pytest.raises(MediaRefused) as refused:
        decoding.encode(content)

    assert refused.value.reason == Refusal.NO_IMAGE


@pytest.mark.parametrize("side", [6400, 12000, 15000], ids=["over our limit", "Pillow warns", "Pillow refuses"])
def test_a_picture_that_would_fill_the_memory_is_refused_before_it_is_decoded(side: int):
    bomb = picture(side, side, mode="1", colour=1)

    with pytest.raises(MediaRefused) as refused:
        decoding.check(bomb)

    assert refused.value.reason == Refusal.TOO_MANY_PIXELS


@LIMITS
def test_nobody_can_have_many_pictures_decoded_at_once(monkeypatch, limits: decoding.Limits):
    under_way, most = [], []

    def slow(image: Image.Image, _longest_side: int | None) -> Image.Image:
        under_way.append(image)
        most.append(len(under_way))
        time.sleep(0.02)
        under_way.remove(image)
        return image

    def decode(_number: int) -> None:
        with decoding.decoded(picture(40, 20), limits):
            pass

    monkeypatch.setattr(decoding, "_made_smaller", slow)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(decode, range(8)))

    assert most == [1] * 8


def test_a_photo_of_a_telephone_in_two_versions_stays_a_photo():
    encoded = decoding.encode(photo_in_two())

    assert (encoded.content_type, encoded.width) == ("image/jpeg", 640)


def test_a_picture_that_no_format_can_hold_is_refused_and_breaks_nothing():
    with pytest.raises(MediaRefused) as refused:
        decoding.encode(picture(1, 70_000))

    assert refused.value.reason == Refusal.NO_IMAGE


@LIMITS
def test_grey_of_sixteen_bits_is_scaled_and_not_cut_off(limits: decoding.Limits):
    grey = shown(grey_16_bit(), limits)

    for x in (0, 64, 128, 191, 255):
        assert grey.getpixel((x, 0)) == pytest.approx((x, x, x), abs=2)


@pytest.mark.parametrize("mode", ["I;16", "I;16L", "I;16B", "I", "F"])
def test_every_mode_of_more_than_eight_bits_is_scaled(mode: str):
    wide = Image.new(mode, (2, 1))
    wide.putpixel((1, 0), 128 * 257)

    assert decoding._in_eight_bits(wide).getpixel((1, 0)) == 128


DEEP = {
    "grey with a hole": (png((2, 1), 16, 0, b"\0\x40\x40\xff\xff", png_chunk(b"tRNS", b"\xff\xff")), (64, 64, 64, 255)),
    "grey and alpha": (png((1, 1), 16, 4, b"\0\x40\x40\x80\x80"), (64, 64, 64, 128)),
    "colours": (png((1, 1), 16, 2, b"\0\x40\x40\x80\x80\xff\xff"), (64, 128, 255)),
    "colours and alpha": (png((1, 1), 16, 6, b"\0\x40\x40\x80\x80\xff\xff\x20\x20"), (64, 128, 255, 32)),
}


@pytest.mark.parametrize(("content", "pixel"), DEEP.values(), ids=DEEP)
def test_sixteen_bits_of_any_kind_become_eight(content: bytes, pixel: tuple[int, ...]):
    assert shown(content).getpixel((0, 0)) == pixel


def test_of_grey_in_sixteen_bits_only_the_very_colour_that_is_named_is_a_hole():
    nearly, hole = b"\xff\xfe", b"\xff\xff"

    picture = shown(png((2, 1), 16, 0, b"\0" + nearly + hole, png_chunk(b"tRNS", hole)))

    assert [picture.getpixel((x, 0))[3] for x in (0, 1)] == [255, 0]


def checkers(mode: str, side: int = 5120) -> bytes:
    """Squares of one pixel, black and white: from afar that is grey."""
    tile = Image.new("1", (2, 2))
    tile.putpixel((0, 0), 1)
    tile.putpixel((1, 1), 1)
    wide = Image.new("1", (side, 2))
    for x in range(0, side, 2):
        wide.paste(tile, (x, 0))
    whole = Image.new("1", (side, 400))
    for y in range(0, 400, 2):
        whole.paste(wide, (0, y))
    buffer = BytesIO()
    whole.convert(mode).save(buffer, "PNG")
    return buffer.getvalue()


@pytest.mark.parametrize("mode", ["1", "P", "L", "RGB"])
def test_a_picture_of_few_colours_is_smoothed_when_it_is_made_smaller(mode: str):
    content = checkers(mode)

    small, rendition = shown(content, decoding.FOR_RESIDENTS), opened(decoding.encode(content).renditions[480])

    assert small.width == 2560
    for each in (small, rendition):
        assert each.convert("L").getpixel((each.width // 2, each.height // 2)) == pytest.approx(128, abs=24)


PROFILED = {
    "colours": ({"mode": "RGB", "colour": "red"}, swapped_profile(), (0, 255, 0)),
    "colours and alpha": ({"mode": "RGBA", "colour": (255, 0, 0, 77)}, swapped_profile(), (0, 255, 0, 77)),
    "WebP": ({"kind": "WEBP", "lossless": True, "colour": "red"}, swapped_profile(), (0, 255, 0)),
    "JPEG": ({"kind": "JPEG", "colour": "red"}, swapped_profile(), (0, 255, 0)),
    "grey": ({"mode": "L", "colour": 128}, grey_profile(), (188, 188, 188)),
    "grey and alpha": ({"mode": "LA", "colour": (128, 77)}, grey_profile(), (188, 188, 188, 77)),
    "grey JPEG": ({"kind": "JPEG", "mode": "L", "colour": 128}, grey_profile(), (188, 188, 188)),
    "grey of a profile for colours": ({"mode": "L", "colour": 255}, swapped_profile(), (255, 255, 255)),
    "four inks": (
        {"kind": "JPEG", "mode": "CMYK", "colour": (255, 255, 255, 0)},
        black_alone_profile(),
        (255, 255, 255),
    ),
}


@LIMITS
@pytest.mark.parametrize(("made", "profile", "pixel"), PROFILED.values(), ids=PROFILED)
def test_a_colour_profile_becomes_the_colours_of_the_web(made: dict, profile: bytes, pixel: tuple, limits):
    content = picture(9, 9, icc_profile=profile, **made)

    assert shown(content, limits).getpixel((4, 4)) == pytest.approx(pixel, abs=2)


def test_the_profile_of_a_palette_counts():
    paletted = Image.new("RGB", (9, 9), "red").quantize(4)
    buffer = BytesIO()
    paletted.save(buffer, "PNG", icc_profile=swapped_profile())

    assert shown(buffer.getvalue()).getpixel((4, 4)) == pytest.approx((0, 255, 0), abs=2)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA"])
@pytest.mark.parametrize(
    "profile",
    [b"geen profiel", swapped_profile()[:200], black_alone_profile(), grey_profile()[:-8]],
    ids=["no profile", "cut off", "of another kind", "without its end"],
)
def test_with_a_broken_profile_the_picture_is_still_there(mode: str, profile: bytes):
    content = picture(9, 9, mode=mode, colour=0 if mode in {"1", "P", "L"} else "black", icc_profile=profile)

    assert shown(content).getpixel((4, 4))[:3] == (0, 0, 0)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (PDF, True),
        (b"\xef\xbb\xbf" + PDF, True),
        (b"\r\n\r\n" + PDF, True),
        (bytes(1024) + PDF, False),
        (jpeg_with((0xFE, PDF)), False),
    ],
    ids=["at the start", "after a byte order mark", "after empty lines", "too far", "inside a photo"],
)
def test_a_pdf_says_so_in_its_first_kilobyte(content: bytes, expected: bool):
    assert decoding.is_pdf(content) is expected
