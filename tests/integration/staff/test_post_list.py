"""The list of all mail: its filters, its order, its pages, and what stands above it."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from dordt.extensions import db
from dordt.mailer.models import Delivery, DeliveryState, Mail
from dordt.shared import clock
from tests.factories.mailer import make_receipt
from tests.factories.newsletters import make_started_newsletter
from tests.support.markup import compact, text_of


@pytest.fixture
def delivery(app) -> Delivery:
    """A receipt of now."""
    return make_receipt(at=clock.now())


def listed(page: str) -> list[int]:
    return [int(number) for number in re.findall(r'inbox__who" href="/beheer/post/(\d+)/"', compact(page))]


def test_the_newest_stands_on_top_unless_asked_otherwise(staff_client, delivery):
    later = make_receipt(at=clock.now())
    client = staff_client("wijkmedewerker")

    assert listed(client.get("/beheer/post/").text) == [later.id, delivery.id]
    assert listed(client.get("/beheer/post/?volgorde=oudste").text) == [delivery.id, later.id]


def test_one_newsletter_or_a_period_can_be_looked_at(staff_client, delivery):
    make_started_newsletter(2)
    client = staff_client("lezer")
    db.session.execute(sa.update(Mail).where(Mail.id == delivery.mail_id).values(created_at=clock.now() - timedelta(3)))

    of_newsletter = listed(client.get("/beheer/post/?nummer=1").text)
    today = listed(client.get("/beheer/post/?periode=1").text)

    assert len(of_newsletter) == 2
    assert today == of_newsletter
    assert len(listed(client.get("/beheer/post/?periode=7").text)) == 3


@pytest.mark.parametrize("query", ["nummer=2", "nummer=0", "nummer=x", "nummer=99999999999", "periode=9", "volgorde=x"])
def test_no_filter_however_odd_breaks_the_page(staff_client, delivery, query):
    assert staff_client("lezer").get(f"/beheer/post/?{query}").status_code == 200


def test_above_the_list_stands_how_many_need_somebody(staff_client):
    make_started_newsletter(4, DeliveryState.FAILED, DeliveryState.FAILED, DeliveryState.ACCEPTED)

    words = text_of(staff_client("lezer").get("/beheer/post/?soort=newsletter").text)

    assert "Alles Moet nog worden verstuurd 1 Geweigerd 2" in words


def test_a_page_of_a_long_list_leads_to_the_next_and_keeps_the_filters(staff_client):
    make_started_newsletter(41)
    client = staff_client("lezer")

    middle = client.get("/beheer/post/?status=open&pagina=2").text

    assert len(listed(middle)) == 20
    assert 'href="/beheer/post/?pagina=3&amp;status=open"' in middle
    assert len(listed(client.get("/beheer/post/?status=open&pagina=3").text)) == 1
    assert 'rel="next"' not in client.get("/beheer/post/?status=open&pagina=3").text
    assert client.get("/beheer/post/?status=open&pagina=4").status_code == 404
