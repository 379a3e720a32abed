"""Leaving the list: by the page, by one click of a mail programme, by staff; and coming back."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from dordt.audit.models import AuditEntry
from dordt.consent import services as consent
from dordt.consent.models import Consent, ConsentPurpose
from dordt.extensions import db
from dordt.mailer.models import Delivery, MailKind
from dordt.shared import clock
from dordt.subscribers.models import Subscriber, SubscriberState, Unsubscription
from tests.factories.subscribers import confirm_path, make_subscriber, unsubscribe_path
from tests.support.subscribers import put_in_post, the_subscriber

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


def test_leaving_takes_a_button(client):
    path = unsubscribe_path(make_subscriber())

    assert "Klik dan op de knop" in client.get(path).text
    client.head(path)
    assert the_subscriber().state == "confirmed"

    answer = client.post(path)
    assert (answer.status_code, answer.location) == (303, path)
    page = client.get(path)
    assert "U bent afgemeld" in page.text
    assert 'href="/nieuwsbrief/"' in page.text
    assert the_subscriber().state == "unsubscribed"


@pytest.mark.parametrize("content_type", ["application/x-www-form-urlencoded", "multipart/form-data"])
def test_one_click_of_a_mail_programme_is_answered_at_once(client, content_type):
    path = unsubscribe_path(make_subscriber())

    for _ in range(2):
        answer = client.post(path, data=ONE_CLICK, content_type=content_type)

        assert answer.status_code == 200
        assert "Location" not in answer.headers
        assert "Set-Cookie" not in answer.headers
    assert the_subscriber().state == "unsubscribed"
    assert db.session.scalars(sa.select(Unsubscription.way)).all() == ["one_click"]


def test_leaving_twice_does_one_thing(client):
    path = unsubscribe_path(make_subscriber())
    client.post(path)
    first = the_subscriber()
    moment, version = first.unsubscribed_at, first.link_version

    client.post(path)

    assert (the_subscriber().unsubscribed_at, the_subscriber().link_version) == (moment, version)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(AuditEntry)) == 1


def test_leaving_ends_the_consent_and_takes_newsletters_out_of_the_post_but_no_receipts(client):
    anna = make_subscriber()
    consent.record(anna.email_key, ConsentPurpose.NEWSLETTER, text="Ja", source="/nieuwsbrief/", at=clock.now())
    put_in_post(anna, MailKind.NEWSLETTER)
    put_in_post(anna, MailKind.TRANSACTIONAL)

    client.post(unsubscribe_path(anna), data=ONE_CLICK)

    assert db.session.scalars(sa.select(Consent.withdrawn_at)).one() is not None
    assert db.session.scalars(sa.select(Delivery.state).order_by(Delivery.id)).all() == ["cancelled", "queued"]


def test_a_link_to_leave_from_an_older_subscription_still_works(client):
    anna = make_subscriber()
    path = unsubscribe_path(anna)
    anna.link_version += 3
    db.session.commit()

    assert client.post(path).status_code == 303
    assert the_subscriber().state == "unsubscribed"


def test_a_confirm_link_from_before_leaving_brings_nobody_back(client):
    anna = make_subscriber(SubscriberState.UNCONFIRMED)
    before = confirm_path(anna)
    client.post(before)
    client.post(unsubscribe_path(anna))

    assert client.get(before).status_code == 410
    assert client.post(before).status_code == 410
    assert the_subscriber().state == "unsubscribed"


def ask(client, **more: Any) -> None:
    client.post("/nieuwsbrief/", data={"email": "anna@voorbeeld.nl", "consent": "y", **more})


def test_who_left_by_mistake_can_come_back_at_once(client, outbox):
    ask(client)
    client.post(outbox()[0].path("bevestigen"))
    client.post(unsubscribe_path(the_subscriber()))

    ask(client)
    ask(client)
    assert [mail.name for mail in outbox()] == ["confirm_subscription", "welcome", "confirm_subscription"]
    assert the_subscriber().state == "unsubscribed"

    client.post(outbox()[2].path("bevestigen"))
    stored = the_subscriber()
    assert (stored.state, stored.unsubscribed_at) == ("confirmed", None)
    old, new = db.session.scalars(sa.select(Consent).order_by(Consent.id))
    assert old.withdrawn_at is not None
    assert new.withdrawn_at is None
    assert new.confirmed_at is not None


def test_a_stranger_who_asks_for_somebody_that_left_brings_them_no_newsletter(client):
    make_subscriber(SubscriberState.UNSUBSCRIBED, email="anna@voorbeeld.nl")

    ask(client)

    assert the_subscriber().state == "unsubscribed"
    assert db.session.scalars(Subscriber.receiving()).all() == []


def test_a_link_to_leave_for_somebody_we_erased_says_that_it_no_longer_works(client):
    anna = make_subscriber()
    path = unsubscribe_path(anna)
    db.session.delete(anna)
    db.session.commit()

    assert client.get(path).status_code == 410
    assert client.post(path, data=ONE_CLICK).status_code == 410


def test_the_link_of_the_mail_is_as_old_as_it_wants(client, monkeypatch):
    path = unsubscribe_path(make_subscriber())
    monkeypatch.setitem(client.application.config, "CONFIRM_WITHIN", timedelta(seconds=-1))

    assert client.get(path).status_code == 200
