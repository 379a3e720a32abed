"""The report of one newsletter as staff read it."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from dordt.audit.models import AuditEntry, ReadingEntry
from dordt.extensions import db
from dordt.mailer.models import Delivery, DeliveryState, MailEvent, MailEventKind
from dordt.newsletters.models import Newsletter, NewsletterState
from dordt.shared import clock
from dordt.subscribers.models import UnsubscribeReason, UnsubscribeWay, Unsubscription
from tests.factories.newsletters import make_newsletter, make_started_newsletter
from tests.factories.subscribers import make_subscriber
from tests.support.visitors import Visitor

StaffClient = Callable[..., Visitor]
State, Reason, Way = DeliveryState, UnsubscribeReason, UnsubscribeWay
REPORT = "/beheer/nieuwsbrieven/1/verslag/"
FINISHED = [State.ACCEPTED] * 5 + [State.BOUNCED, State.COMPLAINED, State.FAILED, State.CANCELLED, State.UNCERTAIN]


def make_finished() -> Newsletter:
    """Sent to ten readers; of half of them all is well."""
    newsletter = make_started_newsletter(10, *FINISHED)
    newsletter.state = NewsletterState.SENT
    newsletter.started_at = clock.now() - timedelta(hours=2)
    newsletter.sent_at = newsletter.started_at + timedelta(minutes=12)
    db.session.commit()
    return newsletter


def leave(newsletter: Newsletter, way: Way = Way.LINK, reason: Reason | None = None, remark: str = "") -> None:
    subscriber = make_subscriber()
    values = {"subscriber_id": subscriber.id, "mail_id": newsletter.mail_id, "way": way, "reason": reason}
    db.session.add(Unsubscription(**values, remark=remark, at=clock.now()))
    db.session.commit()


def words_of(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def deliveries_in(state: State) -> list[Delivery]:
    return list(db.session.scalars(sa.select(Delivery).where(Delivery.state == state)))


def test_every_outcome_stands_there_with_its_share_and_they_add_up(staff_client: StaffClient):
    make_finished()

    text = words_of(staff_client("lezer").get(REPORT).text)

    assert re.search(r"Aangenomen door de mailserver .{20,120} 5 50%", text)
    for words in ("Kwam terug", "Gaf een klacht", "Geweigerd", "Niet verstuurd", "Onzeker of hij aankwam"):
        assert re.search(rf"{words}.{{20,160}}? 1 10%", text), words
    assert "Samen 10 100% Dat klopt: aan het begin is de nieuwsbrief klaargezet voor 10 abonnees." in text
    assert "Dat duurde 12 minuten" in text
    assert "Gemiddeld 45 e-mails per uur" in text
    assert "Wij meten niet wie de nieuwsbrief opent en niet wie op een link klikt." in text


def test_under_way_it_counts_what_waits_and_adds_up_too(staff_client: StaffClient):
    make_started_newsletter(4, State.ACCEPTED, State.SENDING, State.DEFERRED)

    text = words_of(staff_client("lezer").get(REPORT).text)

    assert "Het versturen is nog niet klaar. Bekijk de voortgang ." in text
    assert re.search(r"Wacht op verzending .{10,80} 1 25%", text)
    assert "Samen 4 100% Dat klopt" in text


def test_a_report_that_does_not_add_up_says_so_loudly(staff_client: StaffClient, caplog: pytest.LogCaptureFixture):
    make_finished()
    db.session.delete(deliveries_in(State.UNCERTAIN)[0])

    text = words_of(staff_client("lezer").get(REPORT).text)

    assert "Dit verslag klopt niet" in text
    assert "klaargezet voor 10 abonnees, maar samen tellen wij er 9." in text
    assert any("does not add up" in record.message for record in caplog.records)


def test_a_newsletter_that_never_started_has_no_report(staff_client: StaffClient):
    make_newsletter(NewsletterState.APPROVED)
    client = staff_client("lezer")

    assert client.get(REPORT).status_code == 404
    assert client.get(f"{REPORT}bestand.csv").status_code == 404


def test_who_was_left_out_stands_there_by_reason(staff_client: StaffClient):
    newsletter = make_finished()
    newsletter.exclusions = {"paused": 3, "already": 0, "suppressed": 1}

    text = words_of(staff_client("lezer").get(REPORT).text)

    assert "pasten 14 abonnees bij deze nieuwsbrief" in text
    assert "Heeft een pauze 3 21,4%" in text
    assert "Adres is geblokkeerd 1 7,1%" in text
    assert "Kreeg de eerdere nieuwsbrief al" not in text


def test_an_older_newsletter_knows_of_blocked_addresses_only(staff_client: StaffClient):
    newsletter = make_finished()
    assert newsletter.mail
    newsletter.mail.excluded_count = 2

    assert "Adres is geblokkeerd 2 16,7%" in words_of(staff_client("lezer").get(REPORT).text)


def test_why_mails_did_not_arrive_is_said_in_words(staff_client: StaffClient):
    make_finished()
    (failed,), (bounced,) = deliveries_in(State.FAILED), deliveries_in(State.BOUNCED)
    failed.relay_code, failed.relay_enhanced, failed.relay_text = 550, "5.1.1", "5.1.1 <lezer8@voorbeeld.nl>: unknown"
    soft = MailEventKind.SOFT_BOUNCED
    db.session.add(MailEvent(delivery_id=bounced.id, kind=soft, at=clock.now(), detail="552 5.2.2 mailbox full"))

    page = staff_client("beheerder").get(REPORT).text

    assert "Het adres bestaat niet (meer) 1 100%" in words_of(page)
    assert "Het postvak was vol of dagenlang niet te bereiken 1 100%" in words_of(page)
    assert "/beheer/post/?nummer=1&amp;status=failed" in page
    assert "lezer8@" not in page


def test_leavers_are_counted_by_reason_and_by_way(staff_client: StaffClient):
    newsletter = make_finished()
    leave(newsletter, Way.LINK, Reason.TOO_OFTEN, "Elke week is mij te veel.")
    leave(newsletter, Way.ONE_CLICK, Reason.TOO_OFTEN)
    leave(newsletter, Way.MAIL)
    leave(make_started_newsletter(1), Way.STAFF, Reason.OTHER)

    text = words_of(staff_client("redacteur").get(REPORT).text)

    assert "3 abonnees meldden zich af, en kregen deze nieuwsbrief als laatste. Dat is 30%." in text
    assert "Ik krijg te veel e-mail 2 66,7%" in text
    assert "Geen reden gegeven 1 33,3%" in text
    assert "Knop van het e-mailprogramma 1 33,3%" in text
    assert "Elke week" not in text
    assert "Door een medewerker" not in text


def test_reading_what_leavers_wrote_is_noted_and_asks_a_right(staff_client: StaffClient):
    newsletter = make_finished()
    leave(newsletter, remark="Elke week is mij te veel.\nDag!")
    leave(newsletter, remark="<b>Vet</b>")
    reader = staff_client("wijkmedewerker")

    assert staff_client("redacteur").get(f"{REPORT}opmerkingen/").status_code == 403
    assert staff_client("coordinator").get(f"{REPORT}opmerkingen/").status_code == 403  # the subscribers are not theirs
    assert f'href="{REPORT}opmerkingen/"' in reader.get(REPORT).text
    page = reader.get(f"{REPORT}opmerkingen/").text

    assert "Elke week is mij te veel." in page
    assert "&lt;b&gt;Vet" in page
    assert "@" not in page
    (noted,) = db.session.scalars(sa.select(ReadingEntry)).all()
    assert (noted.member_id, noted.subject_type, noted.subject_id) == (reader.member.id, "newsletter", newsletter.id)


@pytest.mark.usefixtures("app")
def test_looking_at_numbers_is_not_noted(staff_client: StaffClient):
    make_finished()
    staff_client("lezer").get(REPORT)

    assert not db.session.scalars(sa.select(ReadingEntry)).all()
    assert not db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "newsletter.exported")).all()


def test_the_list_and_the_newsletter_lead_to_the_report(app: Flask, staff_client: StaffClient):
    make_finished()
    client = staff_client("lezer")

    assert f'href="{REPORT}"' in client.get("/beheer/nieuwsbrieven/").text
    assert f'href="{REPORT}"' in client.get("/beheer/nieuwsbrieven/1/").text
    assert 'href="/beheer/nieuwsbrieven/verslag/"' in client.get("/beheer/nieuwsbrieven/").text
