"""Reading a picture that somebody offers and writing it anew: what we keep is ours, without hidden data."""

from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from dordt.media.images import WIDTHS, rendition_widths
from dordt.media.refusals import MediaRefused, Refusal

FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
MOST_PIXELS = 40_000_000
UNREADABLE = (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, MemoryError)
BOMBS = (Image.DecompressionBombError, Image.DecompressionBombWarning)


@dataclass(frozen=True)
class Encoded:
    """A picture as we keep it: one version that every program can show, and WebP versions by width."""

    content: bytes
    content_type: str
    ending: str
    width: int
    height: int
    renditions: dict[int, bytes]


def encode(content: bytes) -> Encoded:
    """Decode a picture and write it anew, upright and without EXIF. Raises MediaRefused."""
    picture, is_photo = _decode(content)
    shown = _narrowed(picture, WIDTHS[-1])
    return Encoded(
        content=_jpeg(shown) if is_photo else _png(shown),
        content_type="image/jpeg" if is_photo else "image/png",
        ending="jpg" if is_photo else "png",
        width=shown.width,
        height=shown.height,
        renditions={width: _webp(_narrowed(picture, width)) for width in rendition_widths(shown.width)},
    )


def check(content: bytes) -> None:
    """Raise MediaRefused unless this is a picture that we can decode."""
    _decode(content)


def _decode(content: bytes) -> tuple[Image.Image, bool]:
    """The picture, and whether it is a photo (JPEG keeps those small) rather than a drawing (PNG keeps those sharp)."""
    try:
        with Image.open(BytesIO(content), formats=FORMATS) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise MediaRefused(Refusal.TOO_MANY_PIXELS)
            opened.load()
            picture = _in_plain_colours(ImageOps.exif_transpose(opened))
            is_photo = opened.format in {"JPEG", "WEBP"} and picture.mode == "RGB"
    except BOMBS as bomb:
        raise MediaRefused(Refusal.TOO_MANY_PIXELS) from bomb
    except UNREADABLE as wrong:
        raise MediaRefused(Refusal.NO_IMAGE) from wrong
    return picture, is_photo


def _in_plain_colours(picture: Image.Image) -> Image.Image:
    """RGB, or RGBA when parts can be seen through, in the colours of the web."""
    profile = picture.info.get("icc_profile")
    if profile and picture.mode in {"RGB", "CMYK"}:
        picture = _as_srgb(picture, profile)
    return picture.convert("RGBA" if picture.has_transparency_data else "RGB")


def _as_srgb(picture: Image.Image, profile: bytes) -> Image.Image:
    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        found = ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError):
        return picture  # a broken profile: the colours may be a little off, the picture is there
    return found or picture


def _narrowed(picture: Image.Image, width: int) -> Image.Image:
    if picture.width <= width:
        return picture
    height = max(1, round(picture.height * width / picture.width))
    return picture.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=3.0)


def _jpeg(picture: Image.Image) -> bytes:
    return _written(picture, "JPEG", quality=84, optimize=True, progressive=True)


def _png(picture: Image.Image) -> bytes:
    return _written(picture, "PNG", optimize=True)


def _webp(picture: Image.Image) -> bytes:
    return _written(picture, "WEBP", quality=80, method=4)


def _written(picture: Image.Image, kind: str, **options: object) -> bytes:
    bare = Image.new(picture.mode, picture.size)  # a new picture carries no comment, EXIF or profile of the old one
    bare.paste(picture)
    buffer = BytesIO()
    bare.save(buffer, kind, **options)
    return buffer.getvalue()
