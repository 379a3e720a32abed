"""Pictures as templates show them: an address per width, and the size to keep free."""

import re
from dataclasses import dataclass

from dordt.media.models import MediaFile

FOLDER = "/media"
WIDTHS = (480, 960, 1440)
# The name carries the size, so that Markdown can be shown without asking the database.
SIZE = r"(?P<width>[1-9]\d{0,4})x(?P<height>[1-9]\d{0,4})"
ADDRESS = re.compile(rf"{FOLDER}/[0-9a-f]{{32}}/[a-z0-9-]+-{SIZE}\.(?:jpg|png)")


@dataclass(frozen=True)
class Image:
    """A picture with its text."""

    url: str
    width: int
    height: int
    alt: str = ""
    caption: str = ""

    @property
    def srcset(self) -> str:
        """The WebP versions, by width."""
        folder = self.url.rpartition("/")[0]
        return ", ".join(f"{folder}/{width}.webp {width}w" for width in rendition_widths(self.width))


def rendition_widths(width: int) -> list[int]:
    """The widths in which a picture is kept; never wider than it came."""
    widest = min(width, WIDTHS[-1])
    return [*(each for each in WIDTHS if each < widest), widest]


def address(media: MediaFile) -> str:
    """The path of a file on the site."""
    return f"{FOLDER}/{media.key}/{media.filename}"


def image_of(media: MediaFile | None, alt: str = "", caption: str = "") -> Image | None:
    """A stored picture, ready for a template."""
    if media is None or media.width is None or media.height is None:
        return None
    return Image(address(media), media.width, media.height, alt, caption)


def image_at(url: str, alt: str = "", caption: str = "") -> Image | None:
    """The picture at one of our own addresses, or nothing when it is somebody else's."""
    found = ADDRESS.fullmatch(url)
    return Image(url, int(found["width"]), int(found["height"]), alt, caption) if found else None
