"""Files as residents get them."""

import pytest

from dordt.media.images import address
from tests.factories.media import PDF, make_document, make_image


def test_a_picture_is_given_with_its_type_and_kept_for_ever(client):
    media = make_image()

    answer = client.get(f"/media/{media.key}/480.webp")

    assert answer.status_code == 200
    assert answer.content_type == "image/webp"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.data[8:12] == b"WEBP"
    assert "Set-Cookie" not in answer.headers


def test_a_document_is_shown_in_the_browser_under_its_name(client):
    answer = client.get(address(make_document("Plan voor het park.pdf")))

    assert answer.data == PDF
    assert answer.content_type == "application/pdf"
    assert answer.headers["Content-Disposition"] == "inline; filename=plan-voor-het-park.pdf"
    assert answer.content_length == len(PDF)


def test_who_has_the_file_already_is_told_so(client):
    url = address(make_document())
    first = client.get(url)

    again = client.get(url, headers={"If-None-Match": first.headers["ETag"]})

    assert again.status_code == 304
    assert again.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert again.data == b""


@pytest.mark.parametrize(
    "name", ["481.webp", "ander.png", "..%2f..%2fdordt.sqlite", "%2e%2e", "park-900x600.png%00", "900.webp%2f"]
)
def test_only_names_that_we_gave_exist(client, name: str):
    media = make_image()

    assert client.get(f"/media/{media.key}/{name}").status_code == 404


def test_a_key_that_does_not_exist_is_not_found(client):
    media = make_image()

    assert client.get(f"/media/../{media.filename}").status_code == 404
    assert client.get(f"/media/{'0' * 32}/{media.filename}").status_code == 404


def test_a_file_that_was_lost_is_not_found(client, installation):
    media = make_image()
    (installation.app.config["DATA_DIR"] / "media" / media.key / media.filename).unlink()

    assert client.get(address(media)).status_code == 404
