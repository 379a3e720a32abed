"""What a file that somebody offers really is, and pictures re-encoded: what we keep of those is ours, without hidden
data. Residents, editors and imports all come through here; only the limits differ."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from io import BytesIO
from threading import Lock

from PIL import Image, ImageCms

from dordt.media.containers import orientation_in, taken_apart
from dordt.media.images import WIDTHS, rendition_widths
from dordt.shared.problems import DomainError

SIGNATURES = {b"\xff\xd8\xff": "JPEG", b"\x89PNG\r\n\x1a\n": "PNG", b"GIF8": "GIF", b"RIFF": "WEBP"}
PDF_MARK = b"%PDF-"
PDF_MARK_WITHIN = 1024  # bytes; readers accept a PDF whose mark stands somewhere in its first kilobyte
VERSION = 2  # raise it when something else is made of the same file: whoever offers that again gets the new result
TURNED = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
COLOURS_OF = {"RGB": "RGB", "GRAY": "L", "CMYK": "CMYK"}  # the mode that a profile of such a colour space is about
EIGHT_BITS = [round(value / 257) for value in range(65_536)]  # of sixteen
BOMBS = (Image.DecompressionBombError, Image.DecompressionBombWarning)


class Refusal(StrEnum):
    """Why a file is not taken, as the command line says it."""

    EMPTY = "the file is empty"
    TOO_LARGE = "the file is larger than 10 MB"
    NO_IMAGE = "the file is no picture that we can read: use JPEG, PNG, WebP or GIF"
    TOO_MANY_PIXELS = "the picture has more than 40 million pixels"
    NO_PDF = "the file is no PDF"


DUTCH = {
    Refusal.EMPTY: "Dit bestand is leeg. Kies een ander bestand.",
    Refusal.TOO_LARGE: "Dit bestand is te groot. Kies een bestand van hoogstens 10 MB.",
    Refusal.NO_IMAGE: "Wij kunnen deze afbeelding niet lezen. Kies een JPEG, PNG, WebP of GIF.",
    Refusal.TOO_MANY_PIXELS: "Deze afbeelding is te groot. Maak haar kleiner, tot hoogstens 40 miljoen beeldpunten.",
    Refusal.NO_PDF: "Dit bestand is geen pdf. Sla het op als pdf en kies het opnieuw.",
}


class MediaRefused(DomainError):
    """A file that we do not take; `text` says what to do, in Dutch, for the screen."""

    def __init__(self, reason: Refusal) -> None:
        super().__init__(reason.value)
        self.reason = reason
        self.text = DUTCH[reason]


@dataclass(frozen=True)
class Limits:
    """most_pixels: by format, before anything is decoded. longest_side: pixels; a larger picture is made smaller."""

    most_pixels: Mapping[str, int]
    longest_side: int | None = None


FOR_EDITORS = Limits(dict.fromkeys(SIGNATURES.values(), 40_000_000))
# A camera seldom makes more, and a file of 1 kB can hold far more. A JPEG is read at a fraction of its size; all else
# is read whole, in four bytes for each pixel and then once more.
FOR_RESIDENTS = Limits({"JPEG": 50_000_000, "PNG": 24_000_000, "WEBP": 24_000_000, "GIF": 24_000_000}, 2560)


@dataclass(frozen=True)
class Encoded:
    """A picture as we keep it: one version that every program can show, and WebP versions by width."""

    content: bytes
    content_type: str
    ending: str
    width: int
    height: int
    renditions: dict[int, bytes]


_one_at_a_time = Lock()  # of each process: whoever sends a picture chooses how much memory it takes


def encode(content: bytes) -> Encoded:
    """A picture of an editor in the versions that pages show. Raises MediaRefused."""
    with decoded(content, FOR_EDITORS) as picture:
        shown = _narrowed(picture, WIDTHS[-1])
        # JPEG keeps photos small, PNG keeps drawings sharp.
        is_photo = format_of(content) in {"JPEG", "WEBP"} and picture.mode == "RGB"
        return Encoded(
            content=_jpeg(shown) if is_photo else _png(shown),
            content_type="image/jpeg" if is_photo else "image/png",
            ending="jpg" if is_photo else "png",
            width=shown.width,
            height=shown.height,
            renditions={width: _webp(_narrowed(picture, width)) for width in rendition_widths(shown.width)},
        )


def check(content: bytes) -> None:
    """Raise MediaRefused unless this is a picture of an editor that we can decode."""
    with decoded(content, FOR_EDITORS):
        pass


@contextmanager
def decoded(content: bytes, limits: Limits) -> Iterator[Image.Image]:
    """A picture, upright, RGB or RGBA in the colours of the web. No other is decoded in this process meanwhile.

    Raises MediaRefused, also when the picture cannot be encoded within.
    """
    kind = format_of(content)
    if kind is None:
        raise MediaRefused(Refusal.NO_IMAGE)
    parts = taken_apart(content)
    try:
        with _one_at_a_time, Image.open(BytesIO(parts.picture), formats=[kind]) as image:
            if image.width * image.height > limits.most_pixels[kind]:
                raise MediaRefused(Refusal.TOO_MANY_PIXELS)
            exif, profile = image.info.get("exif", parts.exif), image.info.get("icc_profile", parts.profile)
            yield _upright(_in_plain_colours(_made_smaller(image, limits.longest_side), profile), exif)
    except MediaRefused:
        raise
    except BOMBS as bomb:
        raise MediaRefused(Refusal.TOO_MANY_PIXELS) from bomb
    except Exception as broken:  # whatever a broken or hostile file makes the decoder say
        raise MediaRefused(Refusal.NO_IMAGE) from broken


def written(picture: Image.Image, kind: str, **options: object) -> bytes:
    """A decoded picture as a file; no comment, EXIF or profile of the old one comes along."""
    bare = Image.new(picture.mode, picture.size)
    bare.paste(picture)
    buffer = BytesIO()
    bare.save(buffer, kind, **options)
    return buffer.getvalue()


def format_of(content: bytes) -> str | None:
    """JPEG, PNG, GIF or WEBP, by its first bytes; None for all else."""
    found = next((kind for start, kind in SIGNATURES.items() if content.startswith(start)), None)
    return None if found == "WEBP" and content[8:12] != b"WEBP" else found


def is_pdf(content: bytes) -> bool:
    """Whether the mark of a PDF stands where readers look for it: a byte order mark or empty lines may come first."""
    return PDF_MARK in content[:PDF_MARK_WITHIN] and format_of(content) is None


def _made_smaller(image: Image.Image, longest_side: int | None) -> Image.Image:
    """Within a square of `longest_side`, in colours that can be mixed."""
    if longest_side:
        image.draft("RGB", (longest_side, longest_side))  # a large JPEG is read at a fraction of its size
    image.load()
    picture = _in_eight_bits(image)
    if longest_side:
        picture.thumbnail((longest_side, longest_side))
    return picture


def _in_eight_bits(image: Image.Image) -> Image.Image:
    """Eight bits for each colour and for how far one sees through it; no palette, and no colour that is a hole."""
    if image.mode.startswith("I") or image.mode == "F":
        return _scaled(image)
    if image.mode == "CMYK":
        return image
    mode = "L" if image.mode in {"1", "L", "LA"} else "RGB"
    if image.has_transparency_data:
        mode += "A"
    return image if image.mode == mode else image.convert(mode)


def _scaled(image: Image.Image) -> Image.Image:
    """Grey in sixteen bits: `convert` would cut off what is over 255."""
    wide, hole = image.convert("I"), image.info.get("transparency")
    grey = wide.point(EIGHT_BITS, "L")
    grey.info = {}
    if isinstance(hole, int):
        grey.putalpha(wide.point([0 if value == hole else 255 for value in range(65_536)], "L"))
    return grey


def _in_plain_colours(picture: Image.Image, profile: bytes) -> Image.Image:
    """RGB or RGBA as the web means them."""
    if profile:
        picture = _as_srgb(picture, profile)
    mode = "RGBA" if picture.mode in {"LA", "RGBA"} else "RGB"
    return picture if picture.mode == mode else picture.convert(mode)


def _as_srgb(picture: Image.Image, profile: bytes) -> Image.Image:
    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        mode = COLOURS_OF[source.profile.xcolor_space.strip()]
        is_grey_in_colours = picture.mode in {"L", "LA"} and mode == "RGB"
        colours = picture.convert("RGB" if is_grey_in_colours else picture.mode.removesuffix("A"))
        found = ImageCms.profileToProfile(colours, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except Exception:  # a broken profile: the colours may be a little off, the picture is there
        return picture
    if found and picture.mode in {"LA", "RGBA"}:
        found.putalpha(picture.getchannel("A"))
    return found or picture


def _upright(picture: Image.Image, exif: bytes) -> Image.Image:
    turn = TURNED.get(orientation_in(exif))
    return picture if turn is None else picture.transpose(turn)


def _narrowed(picture: Image.Image, width: int) -> Image.Image:
    if picture.width <= width:
        return picture
    height = max(1, round(picture.height * width / picture.width))
    return picture.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=3.0)


def _jpeg(picture: Image.Image) -> bytes:
    return written(picture, "JPEG", quality=84, optimize=True, progressive=True)


def _png(picture: Image.Image) -> bytes:
    return written(picture, "PNG")  # optimize=True takes four times as long for files of the same size


def _webp(picture: Image.Image) -> bytes:
    return written(picture, "WEBP", quality=80, method=4)
