"""The composer without scripts: one form, and each button keeps all that was typed."""

import io
from collections.abc import Callable
from typing import Any

import pytest

from dordt.newsletters.content.block_kinds import BlockContent, BlockKind
from dordt.newsletters.models import NewsletterState
from dordt.newsletters.sending import services
from dordt.shared import clock
from tests.factories.media import make_image, picture
from tests.factories.news import make_article
from tests.factories.newsletters import make_newsletter
from tests.factories.workgroups import make_meeting, make_workgroup
from tests.support.composer import EDIT, form_values, posted, stored
from tests.support.visitors import Visitor

StaffClient = Callable[..., Visitor]
State = NewsletterState
SECTION = "/beheer/nieuwsbrieven/"
QUOTE = BlockContent(BlockKind.QUOTE, text="Eindelijk een klimboom.", title="Sam")
BUTTON = BlockContent(BlockKind.BUTTON, title="Bekijk de agenda", url="/werkgroepen/")


def kinds() -> list[str]:
    return [block.kind.value for block in stored().blocks]


def press(client: Visitor, button: str, **typed: Any):
    return client.post(EDIT, data={**posted(client), "action": button, **typed})


@pytest.fixture
def client(staff_client: StaffClient) -> Visitor:
    return staff_client("redacteur")


def test_a_newsletter_is_composed_with_buttons_alone(client: Visitor):
    article, group = make_article(title="Het park is klaar", intro="Kom kijken."), make_workgroup(name="Groen")
    meeting = make_meeting(group)
    number = client.post(f"{SECTION}nieuw/", data={"begin": "blank"}).location

    assert number == EDIT
    press(client, "add:quote", subject="Nieuws uit uw wijk")
    press(client, f"add:article:{article.slug}", **{"blocks-0-text": "Mooi!", "blocks-0-title": "Sam"})
    press(client, f"add:workgroup:{group.slug}")
    press(client, "add:button")
    answer = press(client, "add:intro", **{"blocks-3-title": "Doe mee", "blocks-3-url": "/werkgroepen/"})

    assert answer.location == f"{EDIT}#blok-0"
    newsletter = stored()
    assert newsletter.subject == "Nieuws uit uw wijk"
    assert [(block.kind.value, block.title, block.text) for block in newsletter.blocks] == [
        ("intro", "", ""),
        ("quote", "Sam", "Mooi!"),
        ("article", "Het park is klaar", "Kom kijken."),
        ("workgroup", "Groen", group.summary),
        ("button", "Doe mee", ""),
    ]
    assert newsletter.blocks[3].meeting_id == meeting.id
    assert newsletter.blocks[4].url == "/werkgroepen/"


@pytest.mark.parametrize(
    ("button", "order", "target"),
    [
        ("up:2", ["intro", "button", "quote"], "up-1"),
        ("down:0", ["quote", "intro", "button"], "down-1"),
        ("up:0", ["intro", "quote", "button"], "up-0"),
        ("down:2", ["intro", "quote", "button"], "down-2"),
        ("up:7", ["intro", "quote", "button"], ""),
    ],
)
def test_a_block_moves_one_place(client: Visitor, button: str, order: list[str], target: str):
    make_newsletter(blocks=[QUOTE, BUTTON])

    answer = press(client, button)

    assert kinds() == order
    assert answer.location == EDIT + (f"#{target}" if target else "")


def test_what_was_typed_is_kept_by_every_button(client: Visitor):
    make_newsletter(blocks=[QUOTE])

    press(client, "up:1", **{"subject": "Getypt", "blocks-1-text": "Ook getypt"})

    newsletter = stored()
    assert (newsletter.subject, newsletter.blocks[0].text) == ("Getypt", "Ook getypt")


def test_a_block_that_was_taken_out_can_be_put_back(client: Visitor):
    make_newsletter(blocks=[QUOTE, BUTTON])

    press(client, "remove:1", **{"blocks-1-text": "Net veranderd"})
    assert kinds() == ["intro", "button"]
    assert "Zet terug" in client.get(EDIT).text
    answer = press(client, "restore")

    assert answer.location == f"{EDIT}#blok-1"
    assert kinds() == ["intro", "quote", "button"]
    assert stored().blocks[1].text == "Net veranderd"
    assert "Zet terug" not in client.get(EDIT).text


def test_the_order_of_the_fields_is_the_order_of_the_blocks(client: Visitor):
    """A script moves the fields, not their names."""
    make_newsletter(blocks=[QUOTE, BUTTON])
    values = posted(client)
    moved = {name: value for name, value in values.items() if name.startswith("blocks-2-")}

    client.post(EDIT, data={**moved, **{name: value for name, value in values.items() if name not in moved}})

    assert kinds() == ["button", "intro", "quote"]


def test_a_picture_is_uploaded_described_and_replaced(client: Visitor):
    make_newsletter(intro="")

    press(client, "upload", new_picture=(io.BytesIO(picture(40, 30)), "park.png"))
    first = stored().blocks[0].media.key
    press(client, "save", **{"blocks-0-alt": "Het park"})
    assert stored().blocks[0].alt == "Het park"
    press(client, "save", **{"blocks-0-upload": (io.BytesIO(picture(50, 30)), "plein.png")})

    (block,) = stored().blocks
    assert block.media.key != first
    assert block.alt == "", "other words belong to another picture"


def test_without_a_file_the_upload_button_says_so(client: Visitor):
    make_newsletter()

    answer = press(client, "upload", subject="Getypt")

    assert answer.status_code == 409
    assert "Kies eerst een afbeelding" in answer.text
    assert 'value="Getypt"' in answer.text


def test_what_is_no_picture_is_refused_and_the_text_stays(client: Visitor):
    make_newsletter()

    answer = press(client, "upload", subject="Getypt", new_picture=(io.BytesIO(b"GIF89a"), "park.png"))

    assert answer.status_code == 422
    assert 'id="new_picture-error"' in answer.text
    assert 'value="Getypt"' in answer.text


def test_articles_are_found_by_their_title(client: Visitor):
    make_article(title="De brug gaat open")
    make_article(title="De markt verhuist")
    make_newsletter()

    answer = press(client, "search", zoek="markt")

    assert answer.location == f"{EDIT}?zoek=markt"
    page = client.get(answer.location).text
    assert "De markt verhuist" in page
    assert "De brug gaat open" not in page


def test_pictures_are_found_by_what_is_said_of_them(client: Visitor):
    tree, square = make_image("boom.png"), make_image("plein.png", content=picture(70, 30))
    make_article(image=square, image_alt="De markt in de zon")
    make_newsletter()

    page = client.get(press(client, "search-pictures", beeld="markt").location).text
    assert f"add:image:{square.key}" in page
    assert f"add:image:{tree.key}" not in page
    press(client, f"add:image:{square.key}")

    assert (stored().blocks[1].media.key, stored().blocks[1].alt) == (square.key, "De markt in de zon")


def test_opening_and_saving_without_a_change_is_no_change(client: Visitor, staff_client: StaffClient):
    """Who changed it last may not approve it: looking must not count."""
    article, group = make_article(), make_workgroup()
    make_meeting(group)
    writer = staff_client("redacteur").member
    blocks = [QUOTE, BUTTON, BlockContent(BlockKind.WORKGROUP, title="Groen", workgroup=group.slug)]
    newsletter = make_newsletter(articles=(article,), blocks=blocks, by=writer)
    before = (newsletter.edited_by_id, newsletter.edit_version, newsletter.updated_at)

    press(client, "save")

    newsletter = stored()
    assert (newsletter.edited_by_id, newsletter.edit_version, newsletter.updated_at) == before
    press(client, "save", subject="Toch iets anders")
    assert stored().edited_by_id == client.member.id


def test_the_second_of_two_editors_is_told_and_both_texts_are_kept(client: Visitor, staff_client: StaffClient):
    make_newsletter()
    mine, other = posted(client), staff_client("redacteur")
    press(other, "save", subject="Het onderwerp van de ander")

    answer = client.post(EDIT, data={**mine, "subject": "Mijn onderwerp"})

    assert answer.status_code == 409
    assert 'value="Mijn onderwerp"' in answer.text
    assert f"{other.member.name} bewaarde deze nieuwsbrief terwijl u schreef" in answer.text
    assert "Het onderwerp van de ander" in answer.text
    assert stored().subject == "Het onderwerp van de ander"
    client.post(EDIT, data={**form_values(answer.text), "action": "save"})
    assert stored().subject == "Mijn onderwerp"


def test_another_window_of_the_same_editor_is_called_so(client: Visitor):
    make_newsletter()
    mine = posted(client)
    press(client, "save", subject="In het andere venster")

    answer = client.post(EDIT, data={**mine, "subject": "Mijn onderwerp"})

    assert "U bewaarde deze nieuwsbrief intussen in een ander venster" in answer.text


@pytest.mark.parametrize("state", [State.APPROVED, State.SCHEDULED])
def test_an_approval_ends_only_when_somebody_says_so(client: Visitor, state: State):
    make_newsletter(state)

    page = client.get(EDIT).text
    assert "Bewerken: de goedkeuring vervalt" in page
    assert 'id="composer"' not in page
    answer = client.post(EDIT, data={"subject": "Ander nieuws", "edit_version": "1"})
    assert answer.status_code == 409
    assert 'value="Ander nieuws"' in answer.text
    assert stored().state == state

    assert client.post(f"{SECTION}1/heropenen/").location == EDIT
    assert stored().state == State.DRAFT
    assert 'id="composer"' in client.get(EDIT).text


def test_who_was_overtaken_by_an_approval_can_still_keep_the_text(client: Visitor):
    make_newsletter()
    mine = posted(client)
    services.approve_newsletter(1, at=clock.now())

    assert "terwijl u schreef" in client.post(EDIT, data={**mine, "subject": "Ander nieuws"}).text
    client.post(EDIT, data={**mine, "subject": "Ander nieuws", "action": "reopen"})

    newsletter = stored()
    assert (newsletter.subject, newsletter.state, newsletter.approved_at) == ("Ander nieuws", State.DRAFT, None)


def test_what_was_sent_can_no_longer_be_changed(client: Visitor):
    make_newsletter(State.SENT)

    assert client.get(EDIT).status_code == 409
    answer = client.post(EDIT, data={"subject": "Te laat getypt", "edit_version": "1"})
    assert answer.status_code == 409
    assert "Te laat getypt" in answer.text
    assert stored().subject != "Te laat getypt"


def test_no_more_than_forty_blocks(client: Visitor):
    make_newsletter(intro="", blocks=[BlockContent(BlockKind.TEXT, text=f"Blok {each}") for each in range(40)])

    answer = press(client, "add:text", subject="Getypt")

    assert answer.status_code == 409
    assert "hoogstens 40 blokken" in answer.text
    assert len(stored().blocks) == 40


def test_a_draft_may_be_half_written(client: Visitor):
    make_newsletter(blocks=[BUTTON])

    assert press(client, "save", **{"subject": "", "blocks-1-title": "", "blocks-1-url": "htt"}).status_code == 303

    assert (stored().subject, stored().blocks[1].url) == ("", "htt")


HOSTILE: dict[str, tuple[dict[str, Any], int, str]] = {
    "long subject": ({"subject": "x" * 201}, 422, "Maak de tekst korter"),
    "CRLF": ({"subject": "Nieuws\r\nBcc: a@voorbeeld.nl"}, 422, "op één regel"),
    "NUL": ({"blocks-0-text": "a\x00b"}, 422, "niet kunnen lezen"),
    "long text": ({"blocks-0-text": "a" * 20_001}, 422, "Blok 1, Inleiding: Maak de tekst korter"),
    "unknown kind": ({"blocks-0-kind": "hymn"}, 422, "Dit blok kennen wij niet"),
    "unknown wijk": ({"neighbourhoods": ["atlantis"]}, 422, "uit de lijst"),
    "unknown article": ({"action": "add:article:atlantis"}, 409, "staat niet op de site"),
    "unknown picture": ({"blocks-0-kind": "image", "blocks-0-media": "0" * 32}, 409, "Bestaat niet meer"),
    "trap": ({"website": "x"}, 422, "Wij maakten dat veld leeg."),
    "forged CSRF": ({"csrf_token": "vals"}, 400, "Verstuur het opnieuw"),
}


@pytest.mark.parametrize(("values", "status", "text"), HOSTILE.values(), ids=HOSTILE)
def test_broken_values_get_a_clear_text_and_are_not_stored(client: Visitor, values, status: int, text: str):
    make_newsletter()
    typed = {"preheader": "Dit typte ik", **values}

    answer = client.post(EDIT, data={**posted(client), **typed})

    assert answer.status_code == status
    assert text in answer.text
    assert 'value="Dit typte ik"' in answer.text
    assert stored().edit_version == 1
