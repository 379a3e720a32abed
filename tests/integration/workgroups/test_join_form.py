"""What is typed in the join form, and what is refused."""

import pytest

from tests.support.joining import join, memberships


def test_a_line_counts_as_one_character_as_it_does_for_its_writer(client, group):
    lines = ["regel van tekst"] * 124
    written = "\n".join([*lines, "x" * 15])

    assert len(written) == 1999
    assert join(client, group, motivation=written.replace("\n", "\r\n")).status_code == 303
    assert memberships()[0].motivation == written


def test_a_telephone_number_is_kept_as_people_read_it(client, group):
    join(client, group, phone="\u202a+31 (0)78\u2011123 45 67\u202c")

    assert memberships()[0].phone == "078 123 4567"


HOSTILE = {
    "empty": ({"name": "", "email": "", "neighbourhood": ""}, 422, "Vul uw naam in."),
    "spaces": ({"name": "   "}, 422, "Vul uw naam in."),
    "no address": ({"email": "anna"}, 422, "naam@voorbeeld.nl"),
    "two addresses": ({"email": "a@voorbeeld.nl, b@voorbeeld.nl"}, 422, "naam@voorbeeld.nl"),
    "100 kB": ({"motivation": "a" * 100_000}, 422, "Maak de tekst korter"),
    "long name": ({"name": "a" * 121}, 422, "Maak de tekst korter"),
    "NUL": ({"name": "Anna\x00"}, 422, "een teken dat wij niet kunnen lezen"),
    "CRLF in name": ({"name": "Anna\r\nBcc: allen@voorbeeld.nl"}, 422, "op één regel"),
    "CRLF in address": ({"email": "anna@voorbeeld.nl\r\nBcc: b@voorbeeld.nl"}, 422, "op één regel"),
    "unknown wijk": ({"neighbourhood": "atlantis"}, 422, "uit de lijst"),
    "phone": ({"phone": "bel maar"}, 422, "Dit telefoonnummer klopt niet"),
    "trap": ({"website": "https://reclame.voorbeeld.nl"}, 422, "Wij maakten dat veld leeg."),
    "forged CSRF": ({"csrf_token": "vals"}, 400, "Verstuur het opnieuw"),
}


@pytest.mark.parametrize(("values", "status", "text"), HOSTILE.values(), ids=HOSTILE)
def test_broken_values_get_a_clear_text_and_are_not_stored(client, group, outbox, values, status, text):
    response = join(client, group, **values)

    assert response.status_code == status
    assert text in response.text
    assert not memberships()
    assert not outbox()


def test_bytes_that_are_no_utf8_are_refused(client, group):
    body = (
        b"name=Ann%FF%FE&email=anna@voorbeeld.nl&neighbourhood=sterrenburg&csrf_token=" + client.csrf_token().encode()
    )

    response = client.post(
        f"/werkgroepen/{group.slug}/aanmelden/", data=body, content_type="application/x-www-form-urlencoded"
    )

    assert response.status_code == 422
    assert "een teken dat wij niet kunnen lezen" in response.text


def test_json_is_no_form(client, group):
    response = client.post(f"/werkgroepen/{group.slug}/aanmelden/", json={"name": ["a"], "email": 1}, csrf=False)

    assert response.status_code == 400
    assert not memberships()


def test_emoji_and_markup_are_kept_as_they_are_and_shown_escaped(client, group, outbox):
    join(client, group, name="Zoë 🌳 <b>de Vries</b>", motivation="<script>alert(1)</script>")
    client.post(outbox()[0].path("bevestigen"))

    assert memberships()[0].name == "Zoë 🌳 <b>de Vries</b>"
    notice = outbox()[-1]
    assert "<script>" not in notice.html
    assert "&lt;script&gt;" in notice.html
