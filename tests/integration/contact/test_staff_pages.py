"""The inbox and a message, as staff work with them."""

from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from dordt.audit.models import ReadingEntry
from dordt.contact.files import path_of
from dordt.contact.models import Message, MessageFile, MessageStatus
from dordt.extensions import db
from dordt.shared import storage
from tests.factories.accounts import make_member
from tests.factories.contact import make_message
from tests.factories.places import make_neighbourhood, make_topic
from tests.factories.workgroups import make_membership, make_workgroup

NOON = datetime(2027, 3, 8, 12, tzinfo=UTC)


def reloaded(message: Message) -> Message:
    db.session.rollback()
    return db.session.get_one(Message, message.id)


def shown(page) -> list[str]:
    """The names of the residents in the list, in order."""
    return [part.split("<")[0] for part in page.text.split('class="inbox__who"')[1:] for part in [_name(part)]]


def _name(part: str) -> str:
    return part.split("</span>", 1)[1] if "Ongelezen: " in part.split("</a>")[0] else part.split(">", 1)[1]


def test_an_empty_inbox_says_what_will_appear(staff_client):
    assert "Alles is beantwoord" in staff_client().get("/beheer/berichten/").text


def test_the_inbox_shows_what_is_open_newest_first_and_marks_unread_and_overdue(staff_client):
    make_message(name="Oud", created_at=NOON, reply_by_on=date(2020, 1, 1))
    make_message(name="Nieuw", created_at=NOON + timedelta(hours=1))
    make_message(name="Klaar", status=MessageStatus.ANSWERED)
    make_message(name="Reclame", status=MessageStatus.UNWANTED)

    page = staff_client("wijkmedewerker").get("/beheer/berichten/")

    assert shown(page) == ["Nieuw", "Oud"]
    assert page.text.count("inbox__row--unread") == 2
    assert page.text.count("Te laat: 1 januari 2020") == 1


def test_a_message_is_unread_until_i_open_it_myself(staff_client):
    message, mine, other = make_message(), staff_client("wijkmedewerker"), staff_client("wijkmedewerker")

    other.get(f"/beheer/berichten/{message.id}/")

    assert "inbox__row--unread" in mine.get("/beheer/berichten/").text
    assert "inbox__row--unread" not in other.get("/beheer/berichten/").text
    (entry,) = db.session.scalars(sa.select(ReadingEntry))
    assert (entry.member_id, entry.subject_id) == (other.member.id, message.id)


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("status=gesloten", ["Klaar"]),
        ("status=alles", ["Klaar", "Van mij", "Gewoon"]),
        ("status=answered", ["Klaar"]),
        ("status=unwanted", ["Reclame"]),
        ("wie=mij", ["Van mij"]),
        ("wie=niemand", ["Gewoon"]),
        ("wijk=staart", ["Gewoon"]),
        ("thema=water", ["Van mij"]),
        ("volgorde=oud", ["Gewoon", "Van mij"]),
        ("volgorde=termijn", ["Van mij", "Gewoon"]),
        ("status=onzin&wijk=onzin&thema=%00&volgorde=x&wie=9", None),
        ("status=onzin&wijk=onzin&thema=x&volgorde=x&wie=9", ["Van mij", "Gewoon"]),
    ],
)
def test_filters_and_order_stand_in_the_address(staff_client, query, names):
    visitor = staff_client("wijkmedewerker")
    make_neighbourhood(slug="staart", name="Staart")
    water = make_topic(slug="water", name="Water")
    make_message(name="Gewoon", created_at=NOON, neighbourhood="staart")
    make_message(
        name="Van mij",
        created_at=NOON + timedelta(hours=1),
        assignee_id=visitor.member.id,
        topic=water,
        reply_by_on=date(2027, 3, 9),
    )
    make_message(name="Klaar", created_at=NOON + timedelta(hours=2), status=MessageStatus.ANSWERED)
    make_message(name="Reclame", status=MessageStatus.UNWANTED)

    page = visitor.get(f"/beheer/berichten/?{query}")

    if names is None:
        assert page.status_code == 400
    else:
        assert shown(page) == names


def test_long_lists_have_pages_that_keep_the_filters(staff_client):
    for number in range(21):
        make_message(name=f"Bewoner {number}", created_at=NOON + timedelta(minutes=number))
    visitor = staff_client("wijkmedewerker")

    first, second = (visitor.get(f"/beheer/berichten/?volgorde=oud&pagina={number}") for number in (1, 2))

    assert (len(shown(first)), shown(second)) == (20, ["Bewoner 20"])
    assert "volgorde=oud" in first.text.split("pagination")[1]
    assert visitor.get("/beheer/berichten/?pagina=3").status_code == 404


def test_a_search_goes_by_post_and_stays_until_it_is_wiped(staff_client):
    make_message(name="Anna 100% de Vries", email="anna@voorbeeld.nl")
    make_message(name="Bart", email="bart@voorbeeld.nl", body="De anna-boom staat scheef.")
    make_message(name="Carla", email="carla@voorbeeld.nl")
    visitor = staff_client("wijkmedewerker")

    response = visitor.post("/beheer/berichten/zoeken/?volgorde=oud", data={"zoek": "ANNA"})

    assert response.location == "/beheer/berichten/?volgorde=oud"
    assert shown(visitor.get(response.location)) == ["Anna 100% de Vries", "Bart"]
    visitor.post("/beheer/berichten/zoeken/", data={"zoek": "0% vries"})
    assert shown(visitor.get("/beheer/berichten/")) == ["Anna 100% de Vries"]
    visitor.post("/beheer/berichten/zoeken/", data={"zoek": "0% vries", "wissen": "ja"})
    assert len(shown(visitor.get("/beheer/berichten/"))) == 3


def test_a_search_that_is_no_text_is_refused(staff_client):
    visitor = staff_client()

    assert visitor.post("/beheer/berichten/zoeken/", data={"zoek": "a\x00"}).status_code == 422
    assert visitor.post("/beheer/berichten/zoeken/", data={"zoek": "a", "csrf_token": "x"}).status_code == 400


def test_who_may_not_see_contact_details_sees_none_and_cannot_search_for_them(staff_client):
    message = make_message(name="Anna de Vries", email="anna@voorbeeld.nl", phone="078 123 45 67")
    visitor = staff_client("lezer")
    visitor.post("/beheer/berichten/zoeken/", data={"zoek": "anna@voorbeeld.nl"})

    page = visitor.get(f"/beheer/berichten/{message.id}/").text

    assert shown(visitor.get("/beheer/berichten/")) == []
    assert message.body in page
    assert not [told for told in ("Anna", "anna@", "078 123") if told in page]
    assert "Antwoord versturen" not in page


def test_beside_a_message_stand_the_other_messages_and_groups_of_this_person(staff_client):
    group = make_workgroup(name="werkgroep Sterrenburgpark")
    make_membership(group, email="anna@voorbeeld.nl")
    other = make_message(email="Anna@voorbeeld.nl")
    message = make_message(email="anna@voorbeeld.nl")

    page = staff_client("wijkmedewerker").get(f"/beheer/berichten/{message.id}/").text

    assert other.reference in page
    assert "Werkgroep Sterrenburgpark, wacht op besluit" in page


def test_answering_mails_the_resident_and_shows_it_in_the_thread(staff_client, outbox):
    message, visitor = make_message(), staff_client("wijkmedewerker", name="Wim Wijk")
    data = {"answer": "Wij maken de bank.", "answer_outcome": "planned"}

    response = visitor.post(f"/beheer/berichten/{message.id}/antwoord/", data=data)
    page = visitor.get(response.location).text

    assert (response.status_code, response.location) == (303, f"/beheer/berichten/{message.id}/")
    assert [mail.name for mail in outbox()] == ["message_answered"]
    assert "Wim Wijk" in page
    assert "Wij maken de bank." in page
    assert "Antwoord versturen" not in page


REFUSED = {
    "no outcome": ("antwoord", {"answer": "Wij maken de bank."}, "Kies wat de uitkomst is."),
    "no text": ("antwoord", {"answer_outcome": "done"}, "Schrijf wat u aan de bewoner laat weten."),
    "unknown outcome": ("antwoord", {"answer": "x", "answer_outcome": "weg"}, "Kies een mogelijkheid uit de lijst."),
    "no note": ("notitie", {}, "Schrijf een notitie."),
    "NUL in a note": ("notitie", {"note": "a\x00"}, "een teken dat wij niet kunnen lezen"),
    "no status": ("status", {"text": "x"}, "Kies een status."),
    "unknown status": ("status", {"step": "answered", "text": "x"}, "Kies een mogelijkheid uit de lijst."),
    "silent closing": (
        "status",
        {"step": "declined", "outcome": "not_done"},
        "Schrijf wat u aan de bewoner laat weten.",
    ),
    "no reason": ("status", {"step": "unwanted"}, "Schrijf waarom u deze stap zet."),
    "somebody unknown": ("toewijzen", {"assignee": "999"}, "Kies een mogelijkheid uit de lijst."),
}


@pytest.mark.parametrize(("step", "data", "said"), REFUSED.values(), ids=REFUSED)
def test_what_is_not_right_is_asked_again_with_all_that_was_typed(staff_client, outbox, step, data, said):
    message = make_message()

    response = staff_client().post(f"/beheer/berichten/{message.id}/{step}/", data=data)

    assert response.status_code == 422
    assert said in response.text
    assert all(data[name].replace("\x00", "") in response.text for name in data.keys() & {"answer", "note", "text"})
    assert (reloaded(message).status, reloaded(message).entries, outbox()) == ("new", [], [])


def test_who_was_second_keeps_what_was_typed(staff_client):
    message = make_message(status=MessageStatus.ANSWERED)
    data = {"answer": "Wij maken de bank.", "answer_outcome": "planned"}

    response = staff_client().post(f"/beheer/berichten/{message.id}/antwoord/", data=data)

    assert response.status_code == 422
    assert "een collega u voor" in response.text
    assert "Wij maken de bank." in response.text


def test_a_status_a_note_and_somebody_to_handle_it(staff_client):
    message, visitor = make_message(), staff_client("wijkmedewerker")
    address = f"/beheer/berichten/{message.id}"

    assert visitor.post(f"{address}/status/", data={"step": "in_progress", "text": ""}).status_code == 303
    assert visitor.post(f"{address}/notitie/", data={"note": "Bellen."}).status_code == 303
    assert visitor.post(f"{address}/toewijzen/", data={"assignee": str(visitor.member.id)}).status_code == 303

    after = reloaded(message)
    assert (after.status, after.assignee_id) == ("in_progress", visitor.member.id)
    assert "Bellen." in visitor.get(f"{address}/").text


def test_only_allowed_steps_are_offered(staff_client):
    message = make_message(status=MessageStatus.DECLINED)
    unwanted = make_message(status=MessageStatus.UNWANTED)
    visitor = staff_client("wijkmedewerker")

    page = visitor.get(f"/beheer/berichten/{message.id}/").text

    assert 'value="in_progress"' in page
    assert 'value="waiting_for_team"' not in page
    assert "Antwoord versturen" not in page
    assert "Status bewaren" not in visitor.get(f"/beheer/berichten/{unwanted.id}/").text
    assert 'value="new"' in staff_client("beheerder").get(f"/beheer/berichten/{unwanted.id}/").text


@pytest.mark.parametrize(
    ("role", "step", "status"),
    [("lezer", "notitie", 403), ("redacteur", "antwoord", 403), ("coordinator", "toewijzen", 403)],
)
def test_without_the_right_nothing_is_done(staff_client, role, step, status):
    message = make_message()

    assert staff_client(role).post(f"/beheer/berichten/{message.id}/{step}/", data={"note": "x"}).status_code == status
    assert reloaded(message).entries == []


@pytest.mark.parametrize(
    "page", ["", "{id}/", "{id}/bestand/1/", "{id}/notitie/", "{id}/antwoord/", "{id}/status/", "zoeken/"]
)
def test_who_only_leads_groups_does_not_come_in(staff_client, page):
    message, client = make_message(), staff_client("coordinator")
    path, is_post = (
        f"/beheer/berichten/{page.format(id=message.id)}",
        page.endswith(("notitie/", "antwoord/", "status/", "zoeken/")),
    )

    response = client.open(path, method="POST" if is_post else "GET", data={"note": "x"} if is_post else None)

    assert response.status_code == 403
    assert reloaded(message).entries == []
    assert db.session.scalars(sa.select(ReadingEntry)).all() == []


def test_a_message_is_given_to_nobody_who_cannot_open_it(staff_client):
    message, client = make_message(), staff_client("wijkmedewerker")
    coordinator = make_member(role="coordinator", name="Cor de Coördinator")

    response = client.post(f"/beheer/berichten/{message.id}/toewijzen/", data={"assignee": str(coordinator.id)})

    assert response.status_code == 422
    assert "Cor de Coördinator" not in client.get(f"/beheer/berichten/{message.id}/").text
    assert reloaded(message).assignee_id is None


def test_a_file_is_saved_and_never_shown_on_our_site(staff_client):
    message, other = make_message(), make_message()
    file = MessageFile(message_id=message.id, key="a" * 32, filename="plan.pdf", content_type="application/pdf", size=8)
    db.session.add(file)
    db.session.commit()
    storage.save(path_of(file.key), b"%PDF-1.7")
    visitor = staff_client("wijkmedewerker")

    response = visitor.get(f"/beheer/berichten/{message.id}/bestand/{file.id}/")

    assert response.data == b"%PDF-1.7"
    assert response.headers["Content-Disposition"] == "attachment; filename=plan.pdf"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Cache-Control"] == "no-store"
    assert visitor.get(f"/beheer/berichten/{other.id}/bestand/{file.id}/").status_code == 404
    assert staff_client("lezer").get(f"/beheer/berichten/{message.id}/bestand/{file.id}/").status_code == 403
    storage.delete(path_of(file.key))
    assert visitor.get(f"/beheer/berichten/{message.id}/bestand/{file.id}/").status_code == 404


def test_a_message_that_does_not_exist_is_not_found_and_not_read(staff_client):
    visitor = staff_client()

    assert visitor.get("/beheer/berichten/999999/").status_code == 404
    assert visitor.post("/beheer/berichten/999999/notitie/", data={"note": "x"}).status_code == 404
    assert db.session.scalars(sa.select(ReadingEntry)).all() == []
