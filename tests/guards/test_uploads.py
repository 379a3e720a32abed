"""Every way in for a file, found in the code: pictures and documents meet one decoder, and none of them an error page.

A file field that is added must be named here, with how it is filled in and what it takes.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from PIL import ExifTags, Image
from wtforms import FileField
from wtforms.fields.core import UnboundField

from dordt.contact import files as contact_files
from dordt.contact.models import MessageFile
from dordt.extensions import db
from dordt.media.models import MediaFile
from dordt.newsletters.content.block_kinds import BlockContent, BlockKind
from dordt.shared import storage
from tests.factories.media import PDF, exif_variants, grey_16_bit, photo_in_two, picture, turned_with_a_height_in_words
from tests.factories.newsletters import make_newsletter
from tests.factories.places import make_neighbourhood, make_topic
from tests.guards.modules import form_classes
from tests.support.composer import EDIT, posted
from tests.support.visitors import Visitor

MESSAGE = {
    "name": "Anna de Vries",
    "email": "anna@voorbeeld.nl",
    "neighbourhood": "sterrenburg",
    "topic": "groen",
    "message": "De bank is kapot.",
}
ARTICLE = {"title": "Een bankje", "intro": "Kort.", "body": "Lang.", "action": "save", "image_decorative": "y"}
FRONT_MATTER = "---\ntitle: Een park\nslug: een-park\ndate: 2026-03-09\nimage_alt: ''\n{field}\n---\nTekst.\n"
PICTURE, DOCUMENT = "picture", "document"
IMPORT_COMMAND = "flask news import"


class Ways:
    """Sends a file in by each way; every answer is whether it was taken."""

    def __init__(self, app: Flask, visitor: Visitor, staff: Visitor, folder: Path) -> None:
        self.app, self.visitor, self.staff, self.folder = app, visitor, staff, folder

    def contact(self, content: bytes, name: str) -> bool:
        return self._taken(self.visitor, "/contact/", {**MESSAGE, "files": (BytesIO(content), name)})

    def article_image(self, content: bytes, name: str) -> bool:
        return self._taken(self.staff, "/beheer/nieuws/nieuw/", {**ARTICLE, "image": (BytesIO(content), name)})

    def article_attachment(self, content: bytes, name: str) -> bool:
        document = {"attachment": (BytesIO(content), name), "attachment_title": "Het plan"}
        return self._taken(self.staff, "/beheer/nieuws/nieuw/", {**ARTICLE, **document})

    def new_block(self, content: bytes, name: str) -> bool:
        return self._composed({"action": "upload", "new_picture": (BytesIO(content), name)})

    def block(self, content: bytes, name: str) -> bool:
        return self._composed({"action": "save", "blocks-0-upload": (BytesIO(content), name)})

    def subscribers(self, content: bytes, name: str) -> bool:
        return self._taken(self.staff, "/beheer/abonnees/importeren/", {"file": (BytesIO(content), name)})

    def command(self, content: bytes, name: str) -> bool:
        is_pdf = name.endswith(".pdf")
        field = f"attachments: [{{file: {name}, title: Het plan}}]" if is_pdf else f"image: {name}"
        (self.folder / name).write_bytes(content)
        article = self.folder / "artikel.md"
        article.write_text(FRONT_MATTER.format(field=field))
        result = self.app.test_cli_runner().invoke(args=["news", "import", str(article)])
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result.exit_code == 0

    def _composed(self, filled_in: Mapping[str, Any]) -> bool:
        return self._taken(self.staff, EDIT, {**posted(self.staff), **filled_in})

    def _taken(self, client: Visitor, path: str, filled_in: Mapping[str, Any]) -> bool:
        answer = client.post(path, data=dict(filled_in))
        assert answer.status_code in {303, 422}, answer.text
        return answer.status_code == 303


@dataclass(frozen=True)
class WayIn:
    send: Callable[[Ways, bytes, str], bool]
    takes: frozenset[str]


WAYS_IN = {
    "dordt.contact.forms.WriteMessageForm.files": WayIn(Ways.contact, frozenset({PICTURE, DOCUMENT})),
    "dordt.staff.news.forms.EditArticleForm.image": WayIn(Ways.article_image, frozenset({PICTURE})),
    "dordt.staff.news.forms.EditArticleForm.attachment": WayIn(Ways.article_attachment, frozenset({DOCUMENT})),
    "dordt.staff.newsletters.composer.forms.NewsletterForm.new_picture": WayIn(Ways.new_block, frozenset({PICTURE})),
    "dordt.staff.newsletters.composer.forms.BlockForm.upload": WayIn(Ways.block, frozenset({PICTURE})),
    "dordt.staff.subscribers.forms.UploadForm.file": WayIn(Ways.subscribers, frozenset()),
    IMPORT_COMMAND: WayIn(Ways.command, frozenset({PICTURE, DOCUMENT})),
}


@dataclass(frozen=True)
class Offered:
    """A file, and what must be kept of it."""

    name: str
    content: bytes
    kind: str
    looks_right: Callable[[bytes], bool]


def opened(content: bytes) -> Image.Image:
    return Image.open(BytesIO(content))


def on_its_side() -> Image.Exif:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    return exif


def rises_evenly(content: bytes) -> bool:
    grey = opened(content).convert("L")
    return all(abs(grey.getpixel((x, 0)) - x) <= 2 for x in (0, 64, 128, 191, 255))  # type: ignore[operator]


OFFERED = {
    "grey of sixteen bits": Offered("grijs.png", grey_16_bit(), PICTURE, rises_evenly),
    "a photo in two": Offered("foto.jpg", photo_in_two(), PICTURE, lambda kept: opened(kept).format == "JPEG"),
    "a photo on its side": Offered(
        "liggend.jpg", picture(60, 40, "JPEG", exif=on_its_side()), PICTURE, lambda kept: opened(kept).size == (40, 60)
    ),
    "a height in words": Offered(
        "hoogte.jpg", turned_with_a_height_in_words(), PICTURE, lambda kept: opened(kept).size == (40, 60)
    ),
    **{
        f"EXIF variant {number}": Offered(
            f"{number}.jpg",
            picture(60, 40, "JPEG", exif=variant.exif),
            PICTURE,
            lambda kept, variant=variant: variant.is_turned in {None, opened(kept).size == (40, 60)},
        )
        for number, variant in enumerate(exif_variants(6, seed=7))
    },
    "a PDF behind a byte order mark": Offered(
        "plan.pdf", b"\xef\xbb\xbf" + PDF, DOCUMENT, lambda kept: kept == b"\xef\xbb\xbf" + PDF
    ),
    "a photo that ends halfway": Offered("half.jpg", picture(60, 40, "JPEG")[:300], "broken", lambda _kept: False),
}


@pytest.fixture
def ways(sqlite_installation: Any, client: Visitor, staff_client: Callable[..., Visitor], tmp_path: Path) -> Ways:
    """What becomes of a file does not depend on the database engine."""
    make_neighbourhood(slug="sterrenburg", name="Sterrenburg")
    make_topic(slug="groen", name="Groen")
    make_newsletter(blocks=[BlockContent(BlockKind.IMAGE)])
    return Ways(sqlite_installation.app, client, staff_client("beheerder"), tmp_path)


@pytest.fixture
def app(sqlite_installation: Any) -> Iterator[Flask]:
    with sqlite_installation.app.app_context():
        yield sqlite_installation.app
    sqlite_installation.tidy()


def file_fields() -> Iterator[str]:
    for dotted in form_classes():
        module, _, name = dotted.rpartition(".")
        form = getattr(import_module(module), name)
        for attribute in dir(form):
            field = getattr(form, attribute)
            if isinstance(field, UnboundField) and issubclass(field.field_class, FileField):
                yield f"{dotted}.{attribute}"


def kept_files() -> list[bytes]:
    """All that was taken in and is still there, the oldest first."""
    db.session.rollback()
    media = db.session.scalars(sa.select(MediaFile).order_by(MediaFile.id))
    paths = [f"{file.key}/{file.filename}" for file in media]
    messages = db.session.scalars(sa.select(MessageFile).order_by(MessageFile.id))
    paths += [contact_files.path_of(file.key) for file in messages]
    found = []
    for path in paths:
        with storage.open_file(path) as file:
            found.append(file.read())
    return found


def test_every_file_field_is_a_way_in_that_is_tried_here():
    assert set(file_fields()) == set(WAYS_IN) - {IMPORT_COMMAND}


@pytest.mark.parametrize("offered", OFFERED.values(), ids=OFFERED)
@pytest.mark.parametrize("way", WAYS_IN.values(), ids=WAYS_IN)
def test_a_file_is_kept_as_it_should_be_or_refused_with_what_to_do(ways: Ways, way: WayIn, offered: Offered):
    is_taken = way.send(ways, offered.content, offered.name)

    kept = kept_files()
    assert is_taken == (offered.kind in way.takes)
    assert len(kept) == int(is_taken)
    assert all(offered.looks_right(each) for each in kept)
