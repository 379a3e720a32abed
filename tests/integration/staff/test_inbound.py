"""Mail that came in: what nobody understood waits for a member of staff."""

import pytest
import sqlalchemy as sa

from dordt.audit.models import ReadingEntry
from dordt.extensions import db
from dordt.mailer.models import InboundKind, InboundMail
from dordt.shared import clock
from tests.factories.mailer import make_receipt
from tests.factories.received import make_received
from tests.support.markup import text_of
from tests.support.stored import actions

PAGE = "/beheer/post/binnengekomen/"
NASTY = (
    b'From: "<script>alert(1)</script>" <kwaad@voorbeeld.nl>\r\nSubject: =?utf-8?b?PGI+dmV0PC9iPg==?=\r\n'
    b"Content-Type: multipart/mixed; boundary=x\r\n\r\n"
    b"--x\r\nContent-Type: text/html\r\n\r\n<p>Dag</p><script>alert(2)</script><img src='https://elders.nl/a.gif'>\r\n"
    b"--x\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename=gids.pdf\r\n\r\n"
    b"JVBER\r\n--x--\r\n"
)


def test_an_empty_list_says_what_will_appear(staff_client):
    page = staff_client("wijkmedewerker").get(PAGE).text

    assert "Er kwam nog niets binnen" in page
    assert "Er wacht niets op u." in page


def test_what_waits_for_somebody_stands_on_top(staff_client):
    make_received(subject="Oude vraag")
    make_received(subject="Kwam terug", kind=InboundKind.BOUNCE, handled_at=clock.now())

    page = text_of(staff_client("wijkmedewerker").get(PAGE).text)

    assert page.index("Oude vraag") < page.index("Kwam terug", 100)
    assert "1 e-mail wacht op u of een collega." in page


def test_one_kind_can_be_looked_at(staff_client):
    make_received(subject="Een klacht hierover", kind=InboundKind.COMPLAINT)
    client = staff_client("wijkmedewerker")

    assert "Een klacht hierover" in client.get(f"{PAGE}?soort=complaint").text
    assert "Geen e-mail van deze soort" in client.get(f"{PAGE}?soort=bounce").text
    assert "Een klacht hierover" in client.get(f"{PAGE}?soort=onzin").text


def test_a_mail_shows_its_text_and_what_it_is_about_and_reading_is_logged(staff_client):
    mail = make_received(delivery_id=make_receipt().id)
    client = staff_client("wijkmedewerker")

    page = client.get(f"{PAGE}{mail.id}/").text

    assert "Wanneer is de volgende avond?" in page
    assert "Piet &lt;piet@voorbeeld.nl&gt;" in page
    assert f'href="/beheer/post/{mail.delivery_id}/"' in page
    read = db.session.scalars(sa.select(ReadingEntry)).one()
    assert (read.subject_type, read.subject_id, read.member_id) == ("inbound_mail", mail.id, client.member.id)


def test_what_only_looks_like_a_bounce_says_that_nothing_was_done(staff_client):
    mail = make_received(kind=InboundKind.BOUNCE)

    page = staff_client("wijkmedewerker").get(f"{PAGE}{mail.id}/").text

    assert "Wij konden niet nagaan of deze e-mail echt over post van ons gaat." in page
    assert 'href="/beheer/post/geblokkeerd/nieuw/"' in page


def test_nothing_of_a_stranger_comes_to_life(staff_client):
    mail = make_received(NASTY, sender='"<script>alert(1)</script>" <kwaad@voorbeeld.nl>', subject="<b>vet</b>")

    answer = staff_client("wijkmedewerker").get(f"{PAGE}{mail.id}/")

    main = answer.text.split("<main")[1].split("</main>")[0]
    assert "<script" not in main
    assert "<b>" not in main
    assert "elders.nl" not in main
    assert "Dag" in main
    assert "gids.pdf (application/pdf)" in main
    assert "frame-src" not in answer.headers["Content-Security-Policy"]


def test_putting_it_aside_and_taking_it_up_again(staff_client):
    mail = make_received()
    client = staff_client("wijkmedewerker")

    for _ in range(2):  # two clicks are one step
        assert client.post(f"{PAGE}{mail.id}/afgehandeld/").location == PAGE
    assert "Toch niet afgehandeld" in client.get(f"{PAGE}{mail.id}/").text
    client.post(f"{PAGE}{mail.id}/heropenen/")

    assert actions("inbound_mail") == ["handled", "reopened"]
    assert db.session.scalars(sa.select(InboundMail.handled_at)).one() is None


@pytest.mark.parametrize("role", ["lezer", "redacteur", "coordinator"])
def test_it_is_closed_to_who_may_not_see_contact_details(staff_client, role):
    mail = make_received()
    client = staff_client(role)

    for path in (PAGE, f"{PAGE}{mail.id}/"):
        assert client.get(path).status_code == 403
    assert client.post(f"{PAGE}{mail.id}/afgehandeld/").status_code == 403


def test_the_start_page_counts_what_waits(staff_client):
    make_received(subject="Mag ik iets vragen?")
    make_received(handled_at=clock.now())

    page = text_of(staff_client("wijkmedewerker").get("/beheer/").text)

    assert "1 e-mail wacht op u" in page
    assert "Mag ik iets vragen?" in page
    assert "Binnengekomen e-mail" not in text_of(staff_client("redacteur").get("/beheer/").text)
