"""How somebody left, which newsletter had reached them, and the reason that they may give afterwards."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from dordt.extensions import db
from dordt.mailer.models import DeliveryState, Mail
from dordt.shared import clock
from dordt.subscribers import services
from dordt.subscribers.labels import REASON_LABELS
from dordt.subscribers.models import SubscriberState, Unsubscription
from tests.factories.accounts import make_member
from tests.factories.subscribers import make_subscriber, unsubscribe_path
from tests.support.subscribers import put_newsletter_in_post

AFTER = "reden/"


def unsubscriptions() -> list[Unsubscription]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(Unsubscription).order_by(Unsubscription.id)))


def test_who_leaves_is_counted_with_the_newsletter_that_reached_them_last(client):
    anna = make_subscriber()
    put_newsletter_in_post(anna, DeliveryState.ACCEPTED)
    last = put_newsletter_in_post(anna, DeliveryState.ACCEPTED)
    for state in (DeliveryState.FAILED, DeliveryState.QUEUED, DeliveryState.CANCELLED):
        put_newsletter_in_post(anna, state)
    put_newsletter_in_post(make_subscriber(), DeliveryState.ACCEPTED)

    for _ in range(2):
        client.post(unsubscribe_path(anna))

    (left,) = unsubscriptions()
    assert (left.mail_id, left.way, left.subscriber_id, left.reason) == (last, "link", anna.id, None)


def test_who_leaves_before_any_newsletter_is_counted_with_none(client):
    client.post(unsubscribe_path(make_subscriber()))

    assert [left.mail_id for left in unsubscriptions()] == [None]


def test_who_writes_to_the_address_of_a_newsletter_is_counted_with_that_one(app):
    anna = make_subscriber()
    first = put_newsletter_in_post(anna, DeliveryState.ACCEPTED)
    put_newsletter_in_post(anna, DeliveryState.ACCEPTED)

    assert services.unsubscribe_by_mail(anna.id, "nieuwsbrief", mail_id=first, at=clock.now())
    db.session.commit()

    assert [(left.mail_id, left.way) for left in unsubscriptions()] == [(first, "mail")]


def test_who_asked_staff_is_counted_so(app):
    anna = make_subscriber(SubscriberState.PAUSED)

    services.unsubscribe_for(anna.id, "phone", by=make_member(), at=clock.now())

    assert [left.way for left in unsubscriptions()] == ["staff"]


def test_who_never_confirmed_was_not_on_the_list(client):
    client.post(unsubscribe_path(make_subscriber(SubscriberState.UNCONFIRMED)))

    assert unsubscriptions() == []


def test_leaving_again_after_coming_back_is_counted_again(client, outbox):
    anna = make_subscriber()
    client.post(unsubscribe_path(anna))
    client.post("/nieuwsbrief/", data={"email": anna.email, "consent": "y"})
    client.post(outbox()[0].path("bevestigen"))

    client.post(unsubscribe_path(anna))

    assert len(unsubscriptions()) == 2


def test_a_reason_may_be_given_after_leaving(client):
    path = unsubscribe_path(make_subscriber())
    assert "waarom" not in client.get(path).text
    client.post(path)
    page = client.get(path).text
    assert "Wilt u zeggen waarom?" in page
    assert all(words in page for words in REASON_LABELS.values())
    assert "niets persoonlijks" in page
    assert "checked" not in page

    answer = client.post(path + AFTER, data={"reason": "too_often", "remark": "Eén per kwartaal is genoeg."})

    assert (answer.status_code, answer.location) == (303, path)
    assert "Set-Cookie" not in answer.headers
    assert "Dank u wel voor uw antwoord" in client.get(path).text
    (left,) = unsubscriptions()
    assert (left.reason, left.remark) == ("too_often", "Eén per kwartaal is genoeg.")


def test_whoever_has_the_link_later_does_not_read_what_was_said(client):
    path = unsubscribe_path(make_subscriber())
    client.post(path)
    client.post(path + AFTER, data={"reason": "other", "remark": "Mijn buurman leest hem voor."})

    page = client.get(path).text

    assert "buurman" not in page
    assert "checked" not in page


def test_a_second_answer_takes_the_place_of_the_first(client):
    path = unsubscribe_path(make_subscriber())
    client.post(path)
    client.post(path + AFTER, data={"reason": "too_often", "remark": "Te veel."})

    client.post(path + AFTER, data={"reason": "other"})

    assert [(left.reason, left.remark) for left in unsubscriptions()] == [("other", "")]


def test_after_a_day_no_reason_can_be_given_any_more(client):
    path = unsubscribe_path(make_subscriber())
    client.post(path)
    unsubscriptions()[0].at -= timedelta(hours=25)

    assert "Wilt u zeggen waarom?" not in client.get(path).text
    answer = client.post(path + AFTER, data={"reason": "too_often"})

    assert answer.status_code == 409
    assert "tot een dag na het afmelden" in answer.text
    assert unsubscriptions()[0].reason is None


@pytest.mark.parametrize("state", [SubscriberState.CONFIRMED, SubscriberState.PAUSED])
def test_who_did_not_leave_gives_no_reason(client, state):
    path = unsubscribe_path(make_subscriber(state))

    assert client.post(path + AFTER, data={"reason": "too_often"}).status_code == 409
    assert unsubscriptions() == []


BROKEN = {
    "nothing": ({}, "Kies een reden."),
    "only a remark": ({"remark": "Zomaar"}, "Kies een reden."),
    "a reason of our own": ({"reason": "bored"}, "uit de lijst"),
    "too long": ({"reason": "other", "remark": "a" * 501}, "Maak de tekst korter"),
    "NUL": ({"reason": "other", "remark": "a\x00b"}, "niet kunnen lezen"),
    "trap": ({"reason": "other", "website": "x"}, "Wij maakten dat veld leeg."),
}


@pytest.mark.parametrize(("values", "text"), BROKEN.values(), ids=BROKEN)
def test_broken_answers_get_a_clear_text_and_are_not_stored(client, values, text):
    path = unsubscribe_path(make_subscriber())
    client.post(path)

    answer = client.post(path + AFTER, data=values)

    assert (answer.status_code, text in answer.text) == (422, True)
    assert "U bent afgemeld" in answer.text
    assert unsubscriptions()[0].reason is None


def test_500_signs_with_html_and_emoji_are_kept_as_they_are(client):
    path = unsubscribe_path(make_subscriber())
    client.post(path)
    remark = "<b>Dag</b> 🌳 " + "a" * 487

    client.post(path + AFTER, data={"reason": "other", "remark": remark[:500]})

    assert unsubscriptions()[0].remark == remark[:500]


def test_erasing_a_newsletter_keeps_that_somebody_left(client):
    anna = make_subscriber()
    mail_id = put_newsletter_in_post(anna, DeliveryState.ACCEPTED)
    client.post(unsubscribe_path(anna))

    db.session.execute(sa.delete(Mail).where(Mail.id == mail_id))
    db.session.commit()

    assert [left.mail_id for left in unsubscriptions()] == [None]
