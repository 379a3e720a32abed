"""The contact form, as a resident and as a hostile programme meet it."""

import re
from io import BytesIO
from typing import Any

import pytest
import sqlalchemy as sa
from PIL import Image

from dordt.contact.models import Message
from dordt.extensions import db
from tests.support.visitors import new_visitor

FILLED = {
    "name": "Anna de Vries",
    "email": "anna@voorbeeld.nl",
    "phone": "",
    "neighbourhood": "sterrenburg",
    "topic": "groen-en-spelen",
    "location": "",
    "message": "De bank bij de waterspeelplaats is kapot.",
}

pytestmark = pytest.mark.usefixtures("places")


def send(client, **changes: Any):
    return client.post("/contact/", data={**FILLED, **changes})


def file(content: bytes, name: str):
    """Made again for each request, for a file can be read once."""
    return lambda: (BytesIO(content), name)


def messages() -> list[Message]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(Message).order_by(Message.id)))


def test_the_form_says_what_each_browser_may_fill_in_and_ticks_nothing(client):
    page = client.get("/contact/").text

    assert all(f'autocomplete="{value}"' in page for value in ("name", "email", "tel"))
    assert 'value="buiten-dordrecht"' in page
    assert " checked" not in page
    assert "mailto:wijken@dordrecht.nl" in page
    assert "14 078" in page


def test_a_message_is_thanked_for_with_its_number_and_the_day_of_answer(client):
    response = send(client)
    page = client.get(response.location)

    assert (response.status_code, response.location) == (303, "/contact/verzonden/")
    (message,) = messages()
    assert message.reference in page.text
    assert "uiterlijk op" in page.text
    assert page.headers["Cache-Control"] == "no-store"


def test_who_comes_by_the_thank_you_page_is_thanked_in_general(client):
    page = client.get("/contact/verzonden/")

    assert page.status_code == 200
    assert "DZ-" not in page.text
    assert "Set-Cookie" not in page.headers


def test_a_double_click_is_one_message_with_the_same_thanks(client):
    key = re.search(r'name="submission_key" type="hidden" value="([^"]+)"', client.get("/contact/").text)[1]

    first, second = send(client, submission_key=key), send(client, submission_key=key)

    assert first.location == second.location == "/contact/verzonden/"
    (message,) = messages()
    assert message.reference in client.get(second.location).text


def test_a_programme_that_posts_the_fields_alone_sends_a_message_each_time(client):
    send(client)
    send(client)

    assert len(messages()) == 2


MISSING = {
    "name": "Vul uw naam in.",
    "email": "Vul een e-mailadres in, bijvoorbeeld naam@voorbeeld.nl.",
    "neighbourhood": "Kies uw wijk. Woont u niet in Dordrecht? Kies dan die mogelijkheid.",
    "topic": "Kies waar uw bericht over gaat.",
    "message": "Schrijf wat u wilt vragen of vertellen.",
}


@pytest.mark.parametrize(("field", "text"), MISSING.items(), ids=MISSING)
def test_what_is_missing_is_said_at_the_field_and_in_the_summary(client, field, text):
    response = send(client, **{field: "  "})

    assert response.status_code == 422
    assert f'<a href="#{field}">{text}</a>' in response.text
    assert f'id="{field}-error">{text}' in response.text
    assert "<title>Fout: Contact" in response.text
    assert messages() == []


def test_all_that_was_typed_survives_an_error(client):
    response = send(client, email="geen adres", location="Sterrenburgpark", keep_informed="y")

    assert "De bank bij de waterspeelplaats is kapot." in response.text
    assert 'value="geen adres"' in response.text
    assert 'value="Sterrenburgpark"' in response.text
    assert re.search(r"<option selected value=\"sterrenburg\">", response.text)
    assert " checked" in response.text


@pytest.mark.parametrize("token", ["", "verzonnen", "x" * 5000], ids=["none", "forged", "long"])
def test_a_wrong_csrf_token_shows_the_form_again_with_all_that_was_typed(client, token):
    response = client.post("/contact/", data={**FILLED, "csrf_token": token}, csrf=False)

    assert response.status_code == 400
    assert "De bank bij de waterspeelplaats is kapot." in response.text
    assert "Wat u invulde, staat er nog." in response.text
    assert messages() == []


HOSTILE: dict[str, tuple[dict[str, Any], str]] = {
    "nothing at all": (dict.fromkeys(FILLED, ""), "Er zijn 5 dingen nog niet goed ingevuld."),
    "a message of 100 kB": ({"message": "a" * 100_000}, "Maak de tekst korter"),
    "a name that is too long": ({"name": "a" * 121}, "Maak de tekst korter"),
    "an address that is too long": ({"email": "a@" + "b" * 260 + ".nl"}, "Maak de tekst korter"),
    "NUL in the message": ({"message": "hallo\x00"}, "een teken dat wij niet kunnen lezen"),
    "NUL in the name": ({"name": "An\x00na"}, "een teken dat wij niet kunnen lezen"),
    "NUL in the wijk": ({"neighbourhood": "sterrenburg\x00"}, "een teken dat wij niet kunnen lezen"),
    "NUL in the key of the form": ({"submission_key": "\x00" * 20}, "een teken dat wij niet kunnen lezen"),
    "a line break in the name": ({"name": "Anna\r\nBcc: allen@voorbeeld.nl"}, "op één regel"),
    "a line break in the address": ({"email": "anna@voorbeeld.nl\r\nBcc: b@voorbeeld.nl"}, "op één regel"),
    "a line break in the place": ({"location": "park\nSubject: hoi"}, "op één regel"),
    "two addresses": ({"email": "anna@voorbeeld.nl, bart@voorbeeld.nl"}, "Vul een e-mailadres in"),
    "an address with a name": ({"email": "Anna <anna@voorbeeld.nl>"}, "Vul een e-mailadres in"),
    "a telephone number of words": ({"phone": "bel mij"}, "Dit telefoonnummer klopt niet."),
    "an unknown wijk": ({"neighbourhood": "rotterdam"}, "Kies een mogelijkheid uit de lijst."),
    "an unknown theme": ({"topic": "../../etc"}, "Kies een mogelijkheid uit de lijst."),
    "a filled trap": ({"website": "https://reclame.voorbeeld.nl"}, "Wij maakten dat veld leeg."),
    "a file for a name": ({"name": file(b"Anna", "naam.txt")}, "Vul uw naam in."),
    "a file for the message": ({"message": file(b"hallo", "b.txt")}, "Schrijf wat u wilt vragen of vertellen."),
    "a programme for a picture": ({"files": file(b"MZ\x90", "a.jpg")}, "kunnen wij niet openen"),
    "six files": (
        {"files": lambda: [(BytesIO(b"%PDF-1"), f"{n}.pdf") for n in range(6)]},
        "Kies hoogstens 5 bestanden.",
    ),
}


@pytest.mark.parametrize(("changes", "text"), HOSTILE.values(), ids=HOSTILE)
def test_broken_values_are_answered_with_what_to_do(client, changes, text):
    response = send(client, **{name: value() if callable(value) else value for name, value in changes.items()})

    assert response.status_code == 422
    assert text in response.text
    assert messages() == []


def test_bytes_that_are_no_utf_8_are_answered_with_what_to_do(client):
    body = b"name=Anna%FF&email=anna%40voorbeeld.nl&message=%C3%28&csrf_token=" + client.csrf_token().encode()

    response = client.post("/contact/", data=body, content_type="application/x-www-form-urlencoded")

    assert response.status_code == 422
    assert "een teken dat wij niet kunnen lezen" in response.text


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b'{"name": ["Anna"], "message": 7}', "application/json"),
        (b"<message/>", "application/xml"),
        (b"--x\r\nbroken", "multipart/form-data; boundary=x"),
        (b"", "multipart/form-data"),
    ],
    ids=["json", "xml", "broken multipart", "multipart without boundary"],
)
def test_another_content_type_is_no_form(client, body, content_type):
    response = client.post("/contact/", data=body, content_type=content_type, csrf=False)

    assert 400 <= response.status_code < 500
    assert "<h1>" in response.text
    assert messages() == []


def test_of_several_values_for_one_question_the_first_counts(client):
    assert send(client, name=["Anna", "Bart"], neighbourhood=["sterrenburg", "rotterdam"]).status_code == 303

    (message,) = messages()
    assert (message.name, message.neighbourhood) == ("Anna", "sterrenburg")


def test_html_and_emoji_are_taken_as_text_and_shown_escaped(client, outbox):
    told = "<script>alert('hoi')</script> 🌳 {{ 7 * 7 }}"

    assert send(client, message=told, name="<b>Anna</b>").status_code == 303

    page = client.get(outbox()[0].path("/bericht/")).text
    assert "&lt;script&gt;alert(" in page
    assert "🌳 {{ 7 * 7 }}" in page
    assert "<b>Anna" not in page
    notice = outbox()[1]
    assert "<script>" not in notice.html
    assert told in notice.text


def test_ten_thousand_characters_fit_with_line_ends_counted_once(client):
    assert send(client, message="regel\r\n" * 1665 + "einde").status_code == 303

    (message,) = messages()
    assert "\r" not in message.body


def photo() -> BytesIO:
    stream = BytesIO()
    Image.new("RGB", (8, 8), "teal").save(stream, "JPEG")
    stream.seek(0)
    return stream


def test_files_come_with_the_message(client):
    assert send(client, files=[(photo(), "bank.jpg"), (BytesIO(b"%PDF-1.7"), "plan.pdf")]).status_code == 303

    (message,) = messages()
    assert [file.filename for file in message.files] == ["bank.jpg", "plan.pdf"]


def test_files_must_be_chosen_again_after_another_error(client):
    response = send(client, name="", files=[(photo(), "bank.jpg")])

    assert response.status_code == 422
    assert "Kies uw bestanden opnieuw." in response.text


def test_what_one_visitor_sent_is_not_shown_to_another(client, app):
    send(client)

    assert "DZ-" not in new_visitor(app).get("/contact/verzonden/").text
