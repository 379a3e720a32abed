"""What becomes of a file that a resident sends."""

from io import BytesIO

import pytest
from PIL import Image, ImageCms

from dordt.contact.files import UploadRefused, examine

GPS = 0x8825
ORIENTATION = 0x0112
DESCRIPTION = 0x010E


def picture(kind: str, size: tuple[int, int] = (40, 20), **options) -> BytesIO:
    stream = BytesIO()
    Image.new("RGB", size, "teal").save(stream, kind, **options)
    stream.seek(0)
    return stream


def photo_with_a_place() -> BytesIO:
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    exif[DESCRIPTION] = "thuis bij Anna"
    exif.get_ifd(GPS).update({1: "N", 2: (51.0, 48.0, 0.0)})
    return picture("JPEG", exif=exif, comment=b"geheim")


@pytest.mark.parametrize(
    ("kind", "content_type"),
    [("JPEG", "image/jpeg"), ("PNG", "image/png"), ("WEBP", "image/webp"), ("GIF", "image/png")],
)
def test_a_picture_is_re_encoded(kind, content_type):
    upload = examine("bank.exe", picture(kind))

    assert upload.content_type == content_type
    assert upload.filename == f"bank.{content_type.removeprefix('image/').replace('jpeg', 'jpg')}"
    assert Image.open(BytesIO(upload.content)).size == (40, 20)


def test_where_and_by_whom_a_photo_was_made_is_gone_and_it_stands_upright():
    upload = examine("IMG_0001.JPG", photo_with_a_place())

    drawn = Image.open(BytesIO(upload.content))
    assert drawn.size == (20, 40)
    assert not dict(drawn.getexif())
    assert b"geheim" not in upload.content
    assert b"Anna" not in upload.content


def test_what_can_be_seen_through_stays_so():
    stream = BytesIO()
    Image.new("RGBA", (4, 4), (0, 0, 0, 0)).save(stream, "PNG")
    stream.seek(0)

    drawn = Image.open(BytesIO(examine("logo.png", stream).content))

    assert drawn.getpixel((0, 0)) == (0, 0, 0, 0)


def test_the_colours_of_a_camera_become_those_of_the_web():
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    stream = picture("JPEG", icc_profile=profile)
    assert b"ICC_PROFILE" in stream.getvalue()

    drawn = Image.open(BytesIO(examine("bank.jpg", stream).content))

    assert (drawn.size, "icc_profile" in drawn.info) == ((40, 20), False)


def test_a_large_photo_becomes_smaller():
    drawn = Image.open(BytesIO(examine("groot.jpg", picture("JPEG", (6000, 3000))).content))

    assert drawn.size == (2560, 1280)


@pytest.mark.parametrize("before", [b"", b"\xef\xbb\xbf", b"\r\n"], ids=["alone", "byte order mark", "empty line"])
def test_a_pdf_stays_as_it_is(before: bytes):
    content = before + b"%PDF-1.7 plan"

    upload = examine("plan.pdf", BytesIO(content))

    assert (upload.filename, upload.content_type, upload.content) == ("plan.pdf", "application/pdf", content)


def test_a_photo_that_holds_the_mark_of_a_pdf_is_re_encoded_all_the_same():
    upload = examine("plan.pdf", picture("JPEG", comment=b"%PDF-1.7"))

    assert (upload.filename, b"%PDF" in upload.content) == ("plan.jpg", False)


REFUSED = {
    "a programme with the name of a picture": ("bank.jpg", b"MZ\x90\x00", "kunnen wij niet openen"),
    "a page with script": ("kaart.svg", b"<svg onload='alert(1)'>", "kunnen wij niet openen"),
    "half a photo": ("half.jpg", picture("JPEG").getvalue()[:60], "is beschadigd"),
    "sound that starts like WebP": ("x.webp", b"RIFF\x00\x00\x00\x00WAVEfmt ", "kunnen wij niet openen"),
    "nothing": ("leeg.png", b"", "is leeg"),
    "too many bytes": ("lang.pdf", b"%PDF-" + bytes(10 * 1024 * 1024), "te groot"),
    "too many points": ("bom.png", picture("PNG", (8000, 7000)).getvalue(), "te veel beeldpunten"),
}


@pytest.mark.parametrize(("filename", "content", "said"), REFUSED.values(), ids=REFUSED)
def test_what_we_do_not_take_is_named_with_the_reason(filename, content, said):
    with pytest.raises(UploadRefused, match=said):
        examine(filename, BytesIO(content))


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Users\\anna\\plan.pdf", "plan.pdf"),
        ('x"\r\nSet-Cookie: a=b.pdf', "x---Set-Cookie- a-b.pdf"),
        ("", "bestand.pdf"),
        ("a" * 300 + ".pdf", "a" * 100 + ".pdf"),
        ("plan\u202egnp.exe", "plan-gnp.pdf"),
        ("Cafe\u0301 Zoe\u0308.pdf", "Caf\u00e9 Zo\u00eb.pdf"),
    ],
)
def test_a_file_name_holds_nothing_that_does_anything(given, kept):
    assert examine(given, BytesIO(b"%PDF-1.7")).filename == kept


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "GIF"])
def test_a_picture_that_is_read_whole_may_hold_fewer_points_than_a_photo(kind):
    def offered(saved_as: str) -> BytesIO:
        stream = BytesIO()
        Image.new("L", (5100, 5000)).save(stream, saved_as)
        stream.seek(0)
        return stream

    with pytest.raises(UploadRefused, match="te veel beeldpunten"):
        examine("groot", offered(kind))
    assert examine("groot", offered("JPEG")).content_type == "image/jpeg"
