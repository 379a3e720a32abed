"""Whoever is to get a newsletter gets it once: whatever choices overlap, whoever starts it, however often it stops."""

import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from dordt.extensions import db
from dordt.mailer.models import Mail
from dordt.newsletters.models import Newsletter, NewsletterState
from dordt.newsletters.sending import plans, services
from dordt.places.models import Neighbourhood, Topic
from dordt.shared import clock
from dordt.subscribers import services as subscribers
from dordt.subscribers.fields import SubscriberFields
from dordt.subscribers.models import Subscriber
from dordt.subscribers.services import SubscriptionRequest
from tests.factories.mailer import states
from tests.factories.newsletters import make_newsletter
from tests.factories.places import make_neighbourhood, make_topic
from tests.factories.subscribers import confirm_path, make_subscriber
from tests.support.at_once import at_once
from tests.support.relay import Relay
from tests.support.workers import wait_until

Send = Callable[[Newsletter], Counter[str]]


@pytest.fixture
def send(relay: Relay, deliver: Callable[..., None]) -> Send:
    """Send a newsletter; returns how many messages of it each address got."""

    def run(newsletter: Newsletter) -> Counter[str]:
        earlier = len(relay.messages)
        services.start_newsletter(newsletter.id, at=clock.now())
        deliver(clock.now())
        return got(relay, earlier)

    return run


def got(relay: Relay, earlier: int = 0) -> Counter[str]:
    newsletters = [received for received in relay.messages[earlier:] if received.message["List-Id"]]
    return Counter(address for received in newsletters for address in received.recipients)


def places() -> tuple[list[Neighbourhood], list[Topic]]:
    wijken = [make_neighbourhood(slug=f"wijk-{number}", name=f"Wijk {number}", position=number) for number in range(3)]
    topics = [make_topic(slug=f"thema-{number}", name=f"Thema {number}", position=number) for number in range(3)]
    return wijken, topics


def overlapping_readers(wijken: list[Neighbourhood], topics: list[Topic]) -> list[Subscriber]:
    """One for each choice there is, of nothing to everything."""
    return [
        make_subscriber(
            email=f"lezer{where}{what}@voorbeeld.nl",
            neighbourhoods=[wijk for number, wijk in enumerate(wijken) if where >> number & 1],
            topics=[topic for number, topic in enumerate(topics) if what >> number & 1],
        )
        for where in range(8)
        for what in range(8)
    ]


def about(neighbourhoods: list[Neighbourhood], topics: list[Topic], **given: Any) -> Newsletter:
    chosen = {"neighbourhoods": [wijk.slug for wijk in neighbourhoods], "topics": [topic.slug for topic in topics]}
    return make_newsletter(NewsletterState.APPROVED, **chosen, **given)


@pytest.mark.parametrize("wijk_count", [0, 1, 2, 3])
@pytest.mark.parametrize("topic_count", [0, 2])
def test_choices_that_overlap_are_one_mail(send: Send, wijk_count: int, topic_count: int):
    wijken, topics = places()
    readers = overlapping_readers(wijken, topics)

    counts = send(about(wijken[:wijk_count], topics[:topic_count]))

    def fits(chosen: list[Any], wanted: list[Any]) -> bool:
        return not wanted or not chosen or bool({each.id for each in chosen} & {each.id for each in wanted})

    expected = [
        reader.email
        for reader in readers
        if fits(reader.neighbourhoods, wijken[:wijk_count]) and fits(reader.topics, topics[:topic_count])
    ]
    assert counts == Counter(expected)
    assert set(counts.values()) == {1}


def test_an_address_that_signs_up_in_another_spelling_is_one_reader(send: Send):
    typed = ["anna@münchen.voorbeeld.de", "Anna@MÜNCHEN.voorbeeld.de", "ANNA@xn--mnchen-3ya.voorbeeld.de"]
    for email in typed:
        subscribers.request_subscription(SubscriptionRequest(email, SubscriberFields(), "Ja, graag."), at=clock.now())
        (reader,) = db.session.scalars(sa.select(Subscriber))
        subscribers.confirm_subscription(confirm_path(reader).split("/")[-2], at=clock.now())

    counts = send(make_newsletter(NewsletterState.APPROVED))

    assert counts == Counter(["anna@xn--mnchen-3ya.voorbeeld.de"])


def test_who_got_an_earlier_one_does_not_get_the_one_that_is_kept_apart_from_it(send: Send):
    wijken, topics = places()
    readers = overlapping_readers(wijken, topics)
    first = about(wijken[:1], [])

    of_first = send(first)
    late = make_subscriber(email="laat@voorbeeld.nl")
    of_second = send(about([], [], not_to=first.id))

    assert of_first | of_second == of_first + of_second == Counter([reader.email for reader in [*readers, late]])
    assert not of_first & of_second


@pytest.mark.slow
def test_started_by_hand_and_by_plan_at_once_sent_by_two_workers_and_paused_it_comes_once(
    app: Flask, relay: Relay, start_worker: Callable[[], object]
):
    wijken, topics = places()
    readers = overlapping_readers(wijken, topics)
    number, now = about(wijken, topics).id, clock.now()
    relay.seconds_per_message = 0.1
    for _ in range(2):
        start_worker()
    plan = plans.Plan(now - timedelta(minutes=1), now + timedelta(hours=2))
    services.plan_newsletter(number, plan, at=now - timedelta(minutes=5))

    at_once(
        app,
        *[lambda: services.start_newsletter(number, at=now)] * 2,
        *[lambda: services.start_due(at=now)] * 2,
    )
    assert relay.wait_for(5, 60)
    for _ in range(3):
        services.pause_newsletter(number, at=clock.now())
        db.session.rollback()
        time.sleep(0.2)
        services.resume_newsletter(number, at=clock.now())
        services.start_newsletter(number, at=clock.now())
        db.session.rollback()
        time.sleep(0.2)

    assert wait_until(lambda: set(states()) == {"accepted"}, 60)
    assert got(relay) == Counter(reader.email for reader in readers)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Mail)) == 1
