"""News as editors write it."""

import re
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pytest
import sqlalchemy as sa

from dordt.extensions import db
from dordt.media.models import MediaFile
from dordt.news.models import Article, ArticleState, Attachment
from tests.factories.media import PDF, make_document, make_image, picture
from tests.factories.news import make_article
from tests.factories.places import make_neighbourhood, make_topic
from tests.support.stored import count

NEW = "/beheer/nieuws/nieuw/"
FILLED = {"title": "Een nieuw bankje", "intro": "Er komt een bankje.", "body": "Bij de **vijver**.", "action": "save"}


@pytest.fixture
def editor(staff_client):
    return staff_client("redacteur")


def stored() -> Article:
    db.session.expire_all()
    return db.session.scalars(sa.select(Article)).one()


def upload(content: bytes, name: str) -> tuple[BytesIO, str]:
    return BytesIO(content), name


def hidden(page: str, name: str) -> str:
    return re.search(rf'name="{name}"[^>]*value="([^"]*)"', page)[1]


def press(editor: Any, article_id: int, button: str, *, page: str = "") -> Any:
    """Publish or withdraw from the page of an article, as it is now or as it was when `page` was opened."""
    page = page or editor.get(f"/beheer/nieuws/{article_id}/").text
    return editor.post(f"/beheer/nieuws/{article_id}/{button}/", data={"seen": hidden(page, "edit_version")})


def test_a_new_article_is_a_draft_with_an_address_from_its_title(editor, client):
    make_neighbourhood(slug="reeland")
    make_topic(slug="wonen")

    answer = editor.post(NEW, data={**FILLED, "neighbourhoods": ["reeland", "bestaat-niet"], "topics": ["wonen"]})

    article = stored()
    assert (answer.status_code, answer.location) == (303, f"/beheer/nieuws/{article.id}/")
    assert (article.slug, article.state, article.author_id) == (
        "een-nieuw-bankje",
        ArticleState.DRAFT,
        editor.member.id,
    )
    assert [wijk.slug for wijk in article.neighbourhoods] == ["reeland"]
    assert client.get("/nieuws/een-nieuw-bankje/").status_code == 404
    assert "Het nieuwsbericht is bewaard." in editor.get(answer.location).text


def test_publishing_shows_it_to_residents_at_once_and_withdrawing_takes_it_away(editor, client):
    editor.post(NEW, data={**FILLED, "action": "publish"})
    article_id = stored().id
    assert client.get("/nieuws/een-nieuw-bankje/").status_code == 200

    press(editor, article_id, "intrekken")
    assert client.get("/nieuws/een-nieuw-bankje/").status_code == 404

    press(editor, article_id, "publiceren")
    assert client.get("/nieuws/een-nieuw-bankje/").status_code == 200


def test_who_withdraws_an_article_that_somebody_else_just_changed_is_told_and_nothing_happens(editor):
    article = make_article()
    page = editor.get(f"/beheer/nieuws/{article.id}/").text
    editor.post(f"/beheer/nieuws/{article.id}/", data={**FILLED, "edit_version": hidden(page, "edit_version")})

    answer = press(editor, article.id, "intrekken", page=page)

    assert stored().state == ArticleState.PUBLISHED
    assert (answer.status_code, "Iemand anders heeft dit nieuwsbericht intussen gewijzigd." in answer.text) == (
        422,
        True,
    )


def test_a_moment_is_meant_in_amsterdam(editor):
    answer = editor.post(NEW, data={**FILLED, "action": "publish", "published_at": "2099-07-01T19:30"})

    assert stored().published_at == datetime(2099, 7, 1, 17, 30, tzinfo=UTC)
    page = editor.get(answer.location).text
    assert "vanaf 1 juli 2099 om 19.30 uur" in page
    assert 'value="2099-07-01T19:30"' in page
    assert "Gepland" in page


def test_of_a_time_that_comes_twice_the_first_is_taken_and_said(editor):
    answer = editor.post(NEW, data={**FILLED, "published_at": "2027-10-31T02:30"})

    assert stored().published_at == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)
    assert "02.30 uur komt twee keer. Wij nemen de eerste keer." in editor.get(answer.location).text


def test_a_moment_that_is_left_as_it_was_stays_the_same_moment(editor):
    second = datetime(2027, 10, 31, 1, 30, 15, tzinfo=UTC)
    article = make_article(state=ArticleState.PUBLISHED, published_at=second)
    page = editor.get(f"/beheer/nieuws/{article.id}/").text
    assert 'value="2027-10-31T02:30"' in page

    form = {**FILLED, "published_at": "2027-10-31T02:30", "edit_version": hidden(page, "edit_version")}
    answer = editor.post(f"/beheer/nieuws/{article.id}/", data=form)

    assert (stored().published_at, stored().title) == (second, FILLED["title"])
    assert "twee keer" not in editor.get(answer.location).text


@pytest.mark.parametrize(
    ("moment", "state", "words"),
    [
        (datetime(2099, 7, 1, tzinfo=UTC), ArticleState.DRAFT, "Het is weer een concept"),
        (datetime(2026, 7, 1, tzinfo=UTC), ArticleState.PUBLISHED, "daarom blijft de datum staan"),
    ],
    ids=["planned", "out"],
)
def test_what_becomes_of_a_moment_that_is_taken_away_is_said(editor, moment, state, words):
    article = make_article(state=ArticleState.PUBLISHED, published_at=moment)
    page = editor.get(f"/beheer/nieuws/{article.id}/").text

    form = {**FILLED, "published_at": "", "edit_version": hidden(page, "edit_version")}
    answer = editor.post(f"/beheer/nieuws/{article.id}/", data=form)

    assert (stored().state, stored().published_at) == (state, None if state == ArticleState.DRAFT else moment)
    page = editor.get(answer.location).text
    assert words in page
    assert re.search(r'name="published_at"[^>]*value="20', page) is None or state == ArticleState.PUBLISHED


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"title": ""}, "Schrijf een titel boven het nieuwsbericht."),
        ({"title": "x" * 201}, "Maak de tekst korter: u gebruikt 201 tekens, er passen er 200."),
        ({"intro": " "}, "Schrijf in één of twee zinnen waar het nieuwsbericht over gaat."),
        ({"body": ""}, "Schrijf de tekst van het nieuwsbericht."),
        ({"body": "x" * 100_001}, "Maak de tekst korter"),
        ({"body": "a\x00b"}, "een teken dat wij niet kunnen lezen"),
        ({"slug": "Mooi Park"}, "Gebruik kleine letters, cijfers en streepjes"),
        ({"slug": "archief"}, "Dit woord gebruikt de site zelf al in een adres."),
        ({"title": "Contact"}, "Dit woord gebruikt de site zelf al in een adres."),
        ({"title": "???"}, "Gebruik kleine letters, cijfers en streepjes"),
        ({"published_at": "morgen"}, "Kies een datum en een tijd"),
        ({"published_at": "0001-01-01T00:00"}, "Kies een datum en een tijd"),
        ({"published_at": "2027-03-28T02:30"}, "Kies een tijd vóór 02.00 uur of vanaf 03.00 uur."),
        ({"website": "x"}, "Wij maakten dat veld leeg."),
    ],
)
def test_what_is_wrong_is_told_and_what_was_typed_stays(editor, given, told: str):
    answer = editor.post(NEW, data={**FILLED, "image_caption": "Onderschrift dat blijft", **given})

    assert answer.status_code == 422
    assert told in answer.text
    assert "<title>Fout: " in answer.text
    assert "Onderschrift dat blijft" in answer.text
    assert count(Article) == 0


def test_a_wrong_token_shows_the_form_again_with_all_that_was_typed(editor):
    answer = editor.post(NEW, data={**FILLED, "csrf_token": "vals"})

    assert answer.status_code == 400
    assert "Bij de **vijver**." in answer.text
    assert count(Article) == 0


def test_an_address_that_is_taken_is_told(editor):
    make_article(slug="een-nieuw-bankje")

    answer = editor.post(NEW, data=FILLED)

    assert answer.status_code == 422
    assert "Een ander nieuwsbericht heeft dit adres al." in answer.text


def test_the_preview_shows_the_text_and_stores_nothing(editor):
    answer = editor.post(NEW, data={**FILLED, "action": "preview"})

    assert answer.status_code == 200
    assert "<p>Bij de <strong>vijver</strong>.</p>" in answer.text
    assert "Bij de **vijver**." in answer.text
    assert count(Article) == 0


def test_the_preview_for_the_script_is_clean_html_and_asks_for_the_token(editor):
    answer = editor.post("/beheer/nieuws/voorbeeld/", data={**FILLED, "body": "*Mooi* <script>x</script>"})
    refused = editor.post("/beheer/nieuws/voorbeeld/", data={**FILLED, "csrf_token": "vals"})

    assert "<em>Mooi</em> &lt;script&gt;" in answer.json["html"]
    assert refused.status_code == 400


def test_a_picture_says_what_it_shows_and_need_not_be_chosen_twice(editor):
    first = editor.post(NEW, data={**FILLED, "image": upload(picture(), "bank.png")})
    assert first.status_code == 422
    assert "Schrijf wat er op de afbeelding te zien is." in first.text

    again = {**FILLED, "image_key": hidden(first.text, "image_key"), "image_alt": "Een bankje bij de vijver"}
    editor.post(NEW, data=again)

    assert stored().image.filename == "bank-900x600.png"
    assert stored().image_alt == "Een bankje bij de vijver"


def test_a_picture_that_is_decoration_needs_no_words(editor):
    editor.post(NEW, data={**FILLED, "image": upload(picture(), "bank.png"), "image_decorative": "y", "image_alt": "x"})

    assert (stored().image.width, stored().image_alt) == (900, "")


def test_a_picture_can_be_taken_away(editor):
    article = make_article(image=make_image(), image_alt="Een boom")

    editor.post(
        f"/beheer/nieuws/{article.id}/",
        data={**FILLED, "edit_version": "1", "image_key": article.image.key, "image_alt": "x", "image_remove": "y"},
    )

    assert (stored().image, stored().image_alt) == (None, "")


@pytest.mark.parametrize(
    ("field", "content", "told"),
    [
        ("image", b"<svg onload=alert(1)>", "Wij kunnen deze afbeelding niet lezen."),
        ("image", picture()[:500], "Wij kunnen deze afbeelding niet lezen."),
        ("attachment", b"MZ dit is een programma", "Dit bestand is geen pdf."),
        ("attachment", b"", "Dit bestand is leeg."),
    ],
)
def test_a_file_that_is_not_what_it_says_is_refused(editor, field: str, content: bytes, told: str):
    answer = editor.post(NEW, data={**FILLED, field: upload(content, "plan.pdf"), "attachment_title": "Plan"})

    assert answer.status_code == 422
    assert told in answer.text
    assert count(MediaFile) == 0


def test_documents_are_added_one_by_one_and_can_be_unticked(editor):
    answer = editor.post(
        NEW, data={**FILLED, "attachment": upload(PDF, "plan.pdf"), "attachment_title": "Het plan: kort"}
    )
    ticked = hidden(editor.get(answer.location).text, "attachments")
    other = {"attachment": upload(PDF + b" ", "b.pdf"), "attachment_title": "Twee"}

    editor.post(answer.location, data={**FILLED, "edit_version": "1", "attachments": [ticked], **other})
    assert [file.title for file in stored().attachments] == ["Het plan: kort", "Twee"]

    editor.post(answer.location, data={**FILLED, "edit_version": "2", "attachments": [ticked]})
    assert [file.title for file in stored().attachments] == ["Het plan: kort"]


def test_a_document_without_a_title_is_asked_for_one(editor):
    answer = editor.post(NEW, data={**FILLED, "attachment": upload(PDF, "plan.pdf")})

    assert answer.status_code == 422
    assert "Geef de bijlage een titel." in answer.text


def test_the_form_of_an_article_holds_all_of_it_and_saving_changes_nothing(editor):
    wijk = make_neighbourhood(slug="reeland")
    article = make_article(
        neighbourhoods=[wijk],
        image=make_image(),
        image_alt="Een boom",
        image_caption="In mei",
        attachments=[Attachment(media=make_document(), title="Het plan")],
    )
    before = {
        name: getattr(article, name) for name in ("title", "slug", "intro", "image_id", "image_alt", "image_caption")
    }
    page = editor.get(f"/beheer/nieuws/{article.id}/").text
    assert 'name="slug"' not in page

    names = ("edit_version", "image_key", "title", "image_alt", "image_caption", "attachments", "published_at")
    sent = {name: hidden(page, name) for name in names}
    sent |= {"intro": article.intro, "body": article.body, "neighbourhoods": "reeland", "action": "save"}
    editor.post(f"/beheer/nieuws/{article.id}/", data=sent)

    after = stored()
    assert {name: getattr(after, name) for name in before} == before
    assert [file.title for file in after.attachments] == ["Het plan"]
    assert [found.slug for found in after.neighbourhoods] == ["reeland"]


def test_the_second_of_two_editors_is_told_and_loses_nothing(editor):
    article = make_article(state=ArticleState.DRAFT)
    url = f"/beheer/nieuws/{article.id}/"
    editor.post(url, data={**FILLED, "body": "Tekst van de eerste", "edit_version": "1"})

    second = editor.post(url, data={**FILLED, "body": "Tekst van de tweede", "edit_version": "1"})

    assert second.status_code == 422
    assert "Iemand anders heeft dit nieuwsbericht intussen bewaard." in second.text
    assert "Tekst van de tweede" in second.text
    assert "Tekst van de eerste" in second.text
    assert stored().body == "Tekst van de eerste"
    editor.post(url, data={**FILLED, "body": "Samen", "edit_version": hidden(second.text, "edit_version")})
    assert stored().body == "Samen"


@pytest.mark.parametrize("version", ["", "x", "-1", "9" * 30])
def test_a_version_that_cannot_be_is_a_version_of_somebody_else(editor, version: str):
    article = make_article()

    answer = editor.post(f"/beheer/nieuws/{article.id}/", data={**FILLED, "edit_version": version})

    assert answer.status_code == 422
    assert stored().title == article.title


def test_the_list_is_searched_by_title_and_narrowed_by_state(editor):
    make_article(title="Bankje van 100%", state=ArticleState.DRAFT)
    make_article(title="Bankje van hout")

    assert "2 nieuwsberichten" in editor.get("/beheer/nieuws/?zoek=bankje").text
    assert "1 nieuwsbericht<" in editor.get("/beheer/nieuws/?zoek=100%25").text
    assert "van hout" not in editor.get("/beheer/nieuws/?status=draft").text
    assert "Geen nieuwsberichten gevonden" in editor.get("/beheer/nieuws/?zoek=_").text


def test_who_may_only_read_sees_the_list_and_cannot_write(staff_client):
    article = make_article()
    reader = staff_client("lezer")

    page = reader.get("/beheer/nieuws/").text

    assert article.title in page
    assert "Nieuwsbericht schrijven" not in page
    assert reader.post(NEW, data=FILLED).status_code == 403
    assert reader.post(f"/beheer/nieuws/{article.id}/intrekken/").status_code == 403


def test_an_article_that_is_not_there_is_not_found(editor):
    assert editor.get("/beheer/nieuws/99999/").status_code == 404
    assert editor.post("/beheer/nieuws/99999/intrekken/").status_code == 404
