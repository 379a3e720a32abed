"""Pictures that come in are re-encoded."""

import time
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

import pytest
from PIL import Image

from dordt.media import decoding
from dordt.media.decoding import MediaRefused, Refusal
from tests.factories.media import PDF, picture


def opened(content: bytes) -> Image.Image:
    return Image.open(BytesIO(content))


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


@pytest.mark.parametrize("limits", [decoding.FOR_EDITORS, decoding.FOR_RESIDENTS], ids=["editors", "residents"])
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

    monkeypatch.setattr(decoding, "_upright", slow)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(decode, range(8)))

    assert most == [1] * 8


def test_a_photo_of_a_telephone_in_two_versions_stays_a_photo():
    other = Image.new("RGB", (60, 40), "teal")
    buffer = BytesIO()
    Image.new("RGB", (60, 40), "steelblue").save(buffer, "MPO", save_all=True, append_images=[other])

    assert decoding.encode(buffer.getvalue()).content_type == "image/jpeg"


def test_a_picture_that_no_format_can_hold_is_refused_and_breaks_nothing():
    with pytest.raises(MediaRefused) as refused:
        decoding.encode(picture(1, 70_000))

    assert refused.value.reason == Refusal.NO_IMAGE
