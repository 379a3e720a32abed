"""Sending all of a newsletter again that failed, or of which nobody knows whether it arrived."""

import pytest
import sqlalchemy as sa

from dordt.audit.models import AuditEntry
from dordt.extensions import db
from dordt.mailer.ledger import outbox
from dordt.mailer.models import DeliveryState
from dordt.newsletters.models import NewsletterState
from tests.factories.newsletters import make_started_newsletter


def test_all_uncertain_ones_of_a_newsletter_go_again_after_a_warning(staff_client):
    newsletter = make_started_newsletter(3, DeliveryState.UNCERTAIN, DeliveryState.UNCERTAIN, DeliveryState.ACCEPTED)
    client = staff_client("redacteur")

    warning = client.get("/beheer/post/nieuwsbrief/1/opnieuw/?status=uncertain").text
    answer = client.post("/beheer/post/nieuwsbrief/1/opnieuw/", data={"status": "uncertain", "seen": "2"})

    assert "2 onzekere e-mails" in warning
    assert "twee keer" in warning
    assert answer.location == "/beheer/nieuwsbrieven/1/"
    assert "2 e-mails gaan opnieuw weg." in client.get(answer.location).text
    logged = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "newsletter.resent")).one()
    assert (logged.subject_id, logged.detail["resent"]) == (newsletter.id, 2)
    again = client.post("/beheer/post/nieuwsbrief/1/opnieuw/", data={"status": "uncertain", "seen": "2"})
    assert "Er is niets veranderd" in client.get(again.location).text


@pytest.mark.parametrize("status", ["accepted", "queued", "", "onzin"])
def test_nothing_else_can_be_sent_again_in_bulk(staff_client, status):
    make_started_newsletter(1, DeliveryState.ACCEPTED)
    client = staff_client("redacteur")

    assert client.get(f"/beheer/post/nieuwsbrief/1/opnieuw/?status={status}").status_code == 404
    assert client.post("/beheer/post/nieuwsbrief/1/opnieuw/", data={"status": status}).status_code == 404


def test_a_newsletter_that_was_stopped_is_not_sent_again(staff_client):
    newsletter = make_started_newsletter(1, DeliveryState.FAILED)
    newsletter.state = NewsletterState.CANCELLED
    assert newsletter.mail
    outbox.cancel(newsletter.mail)

    page = staff_client("redacteur").get("/beheer/post/nieuwsbrief/1/opnieuw/?status=failed").text

    assert "Deze nieuwsbrief is gestopt." in page
    assert "<button" not in page.split("<main")[1]
