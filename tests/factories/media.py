"""Pictures and documents, as they come in and as they are kept."""

from io import BytesIO
from typing import Any

from PIL import Image

from dordt.extensions import db
from dordt.media import services
from dordt.media.models import MediaFile
from dordt.shared import clock

PDF = b"%PDF-1.4\n1 0 obj <</Type /Catalog>> endobj\ntrailer <</Root 1 0 R>>\n%%EOF\n"


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
