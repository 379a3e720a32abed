"""`flask news import`: an article comes from a file, whole or not at all."""

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from dordt.audit.models import AuditEntry
from dordt.extensions import db
from dordt.media.images import address
from dordt.media.models import MediaFile
from dordt.news.models import Article, ArticleState
from tests.support.stored import count


def stored() -> Article:
    db.session.expire_all()
    return db.session.scalars(sa.select(Article)).one()


def test_an_article_comes_in_with_all_that_belongs_to_it(write_article, import_article):
    result = import_article(write_article())

    article = stored()
    assert (result.exit_code, result.output) == (0, "Added /nieuws/een-nieuw-park/\n")
    assert article.title == "Een nieuw park"
    assert article.state == ArticleState.PUBLISHED
    assert article.published_at == datetime(2026, 3, 9, 11, tzinfo=UTC)  # noon in Amsterdam
    assert [wijk.slug for wijk in article.neighbourhoods] == ["sterrenburg"]
    assert [topic.slug for topic in article.topics] == ["groen"]
    assert (article.image.width, article.image_alt) == (1000, "Een tekening van het park.")
    assert [(file.title, file.media.size) for file in article.attachments] == [("Het plan", 2_866_000)]
    assert [entry.action for entry in db.session.scalars(sa.select(AuditEntry))] == ["article.imported"]


def test_of_a_time_that_comes_twice_the_first_is_taken_and_said(write_article, import_article):
    result = import_article(write_article(date="2027-10-31T02:30"))

    assert stored().published_at == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)
    assert "date: '2027-10-31T02:30' comes twice that night; the first is taken" in result.stderr


def test_files_in_the_text_get_their_address_and_a_document_says_what_it_is(write_article, import_article):
    import_article(write_article())

    article = stored()
    tree = db.session.scalars(sa.select(MediaFile).where(MediaFile.width == 500)).one()
    document = article.attachments[0].media
    assert f"![Een boom]({address(tree)})" in article.body
    assert f"[PDF-bestand het plan (2866 kB)]({address(document)})" in article.body
    assert "[de site](https://voorbeeld.nl)" in article.body


@pytest.mark.parametrize(
    "text",
    [
        "![x](<boom.png>)",
        "![x](./boom.png)",
        '![x](boom.png "Titel")',
        "![x][b]\n\n[b]: boom.png",
        "[![x](boom.png)](https://a.nl)",
    ],
    ids=["brackets", "with a dot", "with a title", "by reference", "in a link"],
)
def test_every_way_to_name_a_file_is_understood(write_article, import_article, text: str):
    result = import_article(write_article(body=text))

    assert result.exit_code == 0
    assert "boom.png" not in stored().body
    assert "/media/" in stored().body


def test_a_file_is_read_as_a_form_is_and_its_files_are_found(write_article, import_article, tmp_path):
    loose = "Cafe\u0301"  # as some systems keep a letter with its accent
    (tmp_path / "park.png").rename(tmp_path / f"{loose}.png")
    body = f"Bij {loose}\u200b De Hoek\r\nop de Bo\u00adsdijk.\n\n![Een boom](boom.png)\n"
    path = write_article(title=f"\ufeff{loose}\u00a0De\u2003Hoek", image=f"{loose}.png", body=body)

    result = import_article(path)

    assert result.exit_code == 0, result.output
    assert stored().title == "Café De Hoek"
    assert stored().body.startswith("Bij Café De Hoek\nop de Bosdijk.\n")
    assert stored().image is not None


def test_importing_a_slug_again_updates_that_article(write_article, import_article):
    import_article(write_article())

    result = import_article(write_article(title="Een beter park", image=None, attachments=None, topics=[]))

    article = stored()
    assert result.output == "Updated /nieuws/een-nieuw-park/\n"
    assert article.title == "Een beter park"
    assert (article.image, article.attachments, article.topics) == (None, [], [])
    assert article.edit_version == 2


@pytest.mark.parametrize(
    ("date", "moment"),
    [
        ("2026-07-01", datetime(2026, 7, 1, 10, tzinfo=UTC)),
        ("2026-07-01T09:30", datetime(2026, 7, 1, 7, 30, tzinfo=UTC)),
        ("2026-07-01T09:30:00+00:00", datetime(2026, 7, 1, 9, 30, tzinfo=UTC)),
    ],
    ids=["a day", "a moment in Amsterdam", "a moment with its zone"],
)
def test_a_date_is_a_day_or_a_moment(write_article, import_article, date: str, moment: datetime):
    import_article(write_article(date=date))

    assert stored().published_at == moment


def test_an_article_of_tomorrow_is_there_and_not_shown_yet(write_article, import_article, client):
    result = import_article(write_article(date="2999-01-01"))

    assert result.exit_code == 0
    assert client.get("/nieuws/een-nieuw-park/").status_code == 404


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"title": None}, "title: is missing"),
        ({"title": "x" * 201}, "title: has 201 characters, at most 200 fit"),
        ({"title": ["een", "lijst"]}, "title: must be a text"),
        ({"slug": None}, "slug: is missing"),
        ({"slug": "Een Park"}, "slug: 'Een Park' may hold"),
        ({"slug": "archief"}, "slug: 'archief' is an address of the site itself"),
        ({"slug": "werkgroepen"}, "slug: 'werkgroepen' is an address of the site itself"),
        ({"date": None}, "date: is missing"),
        ({"date": "2026-02-31"}, "date: '2026-02-31' is no date; write it as 2027-03-09"),
        ({"date": "2027-03-28T02:30"}, "date: '2027-03-28T02:30' does not exist: the clock is set forward that night"),
        ({"date": "9 maart"}, "date: '9 maart' is no date"),
        ({"date": "0001-01-01T00:00"}, "date: '0001-01-01T00:00' is no date"),
        ({"neighbourhoods": ["sterenburg"]}, "neighbourhoods: unknown: sterenburg; known are: sterrenburg"),
        ({"topics": {"a": "b"}}, "topics: must be a list of slugs"),
        ({"image": "weg.png"}, "image: weg.png: the file cannot be read"),
        ({"image": "plan.pdf"}, "image: plan.pdf: the file is no picture"),
        ({"image": "/etc/hostname"}, "image: /etc/hostname: name the file relative to the article"),
        ({"image_alt": None}, "image_alt: say what the picture shows"),
        ({"attachments": ["plan.pdf"]}, "attachments: number 1 needs file and title"),
        ({"attachments": [{"file": "park.png", "title": "Plan"}]}, "attachments: park.png: the file is no PDF"),
        ({"body": "![x](weg.png)"}, "body: weg.png: the file cannot be read"),
        ({"body": " \n"}, "body: write the text"),
    ],
)
def test_a_fault_is_named_with_file_and_field_and_nothing_is_stored(
    write_article, import_article, installation, fields, told: str
):
    path = write_article(**fields)

    result = import_article(path)

    assert result.exit_code == 1
    assert f"{path}: {told}" in result.output
    assert (count(Article), count(MediaFile)) == (0, 0)
    assert not (installation.app.config["DATA_DIR"] / "media").exists()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"Geen velden", "front matter: the file must begin with"),
        (b"---\ntitle: [\n---\nTekst", "front matter: is no YAML"),
        (b"---\n- een\n---\nTekst", "front matter: must hold fields"),
        (b"---\ntitle: \xff\n---\nTekst", "file: is not UTF-8"),
        (b"---\ntitle: a\n---\nTekst \x00", "file: holds a NUL character"),
    ],
    ids=["no front matter", "no YAML", "a list", "no UTF-8", "NUL"],
)
def test_a_file_that_is_no_article_is_refused(app, import_article, tmp_path, content: bytes, told: str):
    path = tmp_path / "stuk.md"
    path.write_bytes(content)

    result = import_article(path)

    assert result.exit_code == 1
    assert told in result.output


def test_a_file_that_is_not_there_is_told(app, import_article, tmp_path):
    result = import_article(tmp_path / "weg.md")

    assert result.exit_code == 1
    assert "weg.md: file: No such file or directory" in result.output


def test_a_field_that_we_do_not_know_is_told_and_does_no_harm(write_article, import_article):
    result = import_article(write_article(auteur="Anna"))

    assert result.exit_code == 0
    assert "auteur: unknown field, not used" in result.output


def test_the_article_of_the_old_site_fits(write_article, import_article, client):
    body = (
        "David doet onderzoek.\n\n## Samenhang en ontwikkelingen\n\n![werkgroep](boom.png)\n\n"
        '> "Ik zie dat gemeenten dat willen."\n\n<https://www.voorbeeld.nl>\n\n'
        "Lees de uitgave [PDF-bestand Klantcontact & Interactie](plan.pdf).\n"
    )
    import_article(write_article(body=body, date="2018-01-15"))

    page = client.get("/nieuws/een-nieuw-park/").text

    assert "PDF-bestand Klantcontact &amp; Interactie (2866 kB)</a>" in page
    assert "PDF-bestand Het plan (2866 kB)</a>" in page
    assert "<blockquote>" in page
    assert 'alt="werkgroep"' in page
    assert 'href="/nieuws/archief/">Nieuwsarchief</a>' in page
