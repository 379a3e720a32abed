"""Taking files in."""

from hashlib import sha256

import pytest
import sqlalchemy as sa

from dordt.extensions import db
from dordt.media import decoding, services
from dordt.media.decoding import MediaRefused, Refusal
from dordt.media.models import MediaFile, MediaKind
from dordt.shared import clock, storage
from tests.factories.media import PDF, make_document, make_image, picture


def test_a_picture_and_all_its_versions_are_in_storage(app):
    media = make_image("Mijn Foto van het PARK.png", picture(1000, 500))

    assert media.filename == "mijn-foto-van-het-park-1000x500.png"
    assert media.renditions == [480, 960, 1000]
    for name in (media.filename, "480.webp", "960.webp", "1000.webp"):
        assert storage.exists(f"{media.key}/{name}")


def test_the_same_content_is_kept_once(app):
    first, second = make_image("een.png"), make_image("twee.png")
    document, again = make_document("een.pdf"), make_document("twee.pdf")

    assert (first.id, document.id) == (second.id, again.id)
    assert db.session.scalar(sa.select(sa.func.count(MediaFile.id))) == 2


def test_what_an_older_decoder_made_of_a_picture_does_not_come_back(app, monkeypatch):
    document = make_document()
    with monkeypatch.context() as earlier:
        earlier.setattr(decoding, "VERSION", decoding.VERSION - 1)
        old = make_image()

    new, again = make_image(), make_image()

    assert (new.id, make_document().id) == (again.id, document.id)
    assert new.key != old.key
    assert storage.exists(f"{old.key}/{old.filename}"), "what shows the old one goes on showing it"


def test_a_picture_from_before_decoders_had_a_version_does_not_come_back(app):
    old = make_image()
    old.digest = sha256(picture()).hexdigest()
    db.session.commit()

    assert make_image().id != old.id


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Bureaublad\\Plan 2027.pdf", "plan-2027.pdf"),
        ("plan\r\nX-Kop: ja.pdf", "plan-x-kop-ja.pdf"),
        ("…", "bestand.pdf"),
        ("a" * 300 + ".pdf", "a" * 80 + ".pdf"),
        ("Caf\u00e9 Zo\u00eb.pdf", "cafe-zoe.pdf"),
        ("Cafe\u0301 Zoe\u0308.pdf", "cafe-zoe.pdf"),
    ],
    ids=["a path", "a Windows path", "a header", "nothing left", "long", "composed letters", "decomposed letters"],
)
def test_a_file_gets_a_name_that_harms_nobody(app, name: str, kept: str):
    assert make_document(name).filename == kept


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", Refusal.EMPTY),
        (b"<html>geen pdf</html>", Refusal.NO_PDF),
        (PDF + b" " * services.MOST_BYTES, Refusal.TOO_LARGE),
    ],
    ids=["empty", "no PDF", "too large"],
)
def test_what_is_no_document_is_refused(app, content: bytes, reason: Refusal):
    with pytest.raises(MediaRefused) as refused:
        services.add_document(content, "x.pdf", at=clock.now())

    assert refused.value.reason == reason


def test_a_pdf_is_a_document_and_keeps_its_size(app):
    media = make_document()

    assert (media.kind, media.content_type, media.size) == (MediaKind.DOCUMENT, "application/pdf", len(PDF))
