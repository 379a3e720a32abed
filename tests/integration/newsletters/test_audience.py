"""Who gets a newsletter, against the same rules in plain Python."""

import random
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from dordt.extensions import db
from dordt.mailer.models import Delivery, DeliveryState, Suppression, SuppressionScope
from dordt.newsletters.models import Newsletter, NewsletterState
from dordt.newsletters.sending import audience
from dordt.newsletters.sending import services as sending
from dordt.newsletters.sending.audience import AudienceChoice, AudienceCount, RecipientStatus
from dordt.newsletters.transitions import newsletter_numbered
from dordt.places.models import Neighbourhood
from dordt.shared import clock
from dordt.shared.problems import NotAllowed
from dordt.subscribers.models import Subscriber, SubscriberState
from tests.factories.newsletters import make_newsletter
from tests.factories.places import make_neighbourhood, make_topic
from tests.factories.subscribers import make_subscriber
from tests.support.at_once import at_once
from tests.support.visitors import Visitor

NOT_REACHED = {"cancelled", "failed", "suppressed"}
DOMAINS = ("voorbeeld.nl", "dicht.nl")


def suppress(key: str, scope: SuppressionScope = SuppressionScope.ALL, list_id: str = "") -> None:
    db.session.add(Suppression(address_key=key, scope=scope, list_id=list_id, reason="x", since=clock.now()))
    db.session.commit()


def recipients(choice: AudienceChoice) -> list[int]:
    return [row.id for row in db.session.execute(audience.of(choice))]


def gets(choice: AudienceChoice) -> list[int]:
    return [person.id for person in db.session.scalars(audience.people(choice, RecipientStatus.GETS))]


class Town:
    """Subscribers drawn by chance, who chose by chance, with an earlier newsletter that went by chance."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.wijken = [make_neighbourhood(slug=f"w{number}") for number in range(4)]
        self.topics = [make_topic(slug=f"t{number}") for number in range(3)]
        self.people = [self._person(number) for number in range(40)]
        self.earlier = make_newsletter(NewsletterState.APPROVED)
        sending.start_newsletter(self.earlier.id, at=clock.now())
        self.sent = {row.recipient: self._sent(row) for row in db.session.scalars(sa.select(Delivery))}
        db.session.commit()
        self.blocked = self._blocked()

    def some(self, things: list[Any]) -> list[Any]:
        return self.chance.sample(things, self.chance.randrange(len(things) + 1)) if self.chance.random() < 0.7 else []

    def choice(self) -> AudienceChoice:
        wijken, topics = self.some(self.wijken), self.some(self.topics)
        not_to = self.earlier.mail_id if self.chance.random() < 0.5 else None
        return AudienceChoice(frozenset(each.id for each in wijken), frozenset(each.id for each in topics), not_to)

    def expected(self, choice: AudienceChoice) -> dict[RecipientStatus, set[int]]:
        found: dict[RecipientStatus, set[int]] = {status: set() for status in RecipientStatus}
        for person in self.people:
            wijken, topics = {each.id for each in person.neighbourhoods}, {each.id for each in person.topics}
            is_for_them = not (choice.neighbourhoods and wijken) or wijken & choice.neighbourhoods
            is_about_it = not (choice.topics and topics) or topics & choice.topics
            if person.is_confirmed and is_for_them and is_about_it:
                found[self._status(person, choice)].add(person.id)
        return found

    def _status(self, person: Subscriber, choice: AudienceChoice) -> RecipientStatus:
        if person.state == SubscriberState.PAUSED:
            return RecipientStatus.PAUSED
        if choice.not_to and self.sent.get(person.id, "cancelled") not in NOT_REACHED:
            return RecipientStatus.ALREADY
        is_blocked = person.email_key in self.blocked or person.email_key.partition("@")[2] == "dicht.nl"
        return RecipientStatus.SUPPRESSED if is_blocked else RecipientStatus.GETS

    def _person(self, number: int) -> Subscriber:
        state = self.chance.choice([*SubscriberState, *[SubscriberState.CONFIRMED] * 6])
        chosen = {"neighbourhoods": self.some(self.wijken), "topics": self.some(self.topics)}
        return make_subscriber(state, email=f"p{number}@{self.chance.choice(DOMAINS)}", **chosen)

    def _sent(self, row: Delivery) -> str:
        row.state = self.chance.choice(list(DeliveryState))
        return row.state.value

    def _blocked(self) -> set[str]:
        suppress("@dicht.nl", SuppressionScope.NEWSLETTER)
        scopes = [*SuppressionScope]
        found = {person.email_key: self.chance.choice(scopes) for person in self.chance.sample(self.people, 12)}
        for key, scope in found.items():
            suppress(key, scope, "nieuwsbrief" if scope is SuppressionScope.NEWSLETTER else "")
        return {key for key, scope in found.items() if scope is not SuppressionScope.GROUP}


@pytest.mark.parametrize("seed", range(6))
def test_chance_finds_nobody_who_is_counted_otherwise_than_the_rules_say(app, seed):
    town = Town(seed)
    for _ in range(25):
        choice = town.choice()
        expected = town.expected(choice)

        found = {
            status: [each.id for each in db.session.scalars(audience.people(choice, status))]
            for status in RecipientStatus
        }
        count = audience.count(choice)

        assert {status: set(ids) for status, ids in found.items()} == expected
        assert all(len(ids) == len(set(ids)) for ids in found.values())
        assert count.counts == {status: len(ids) for status, ids in expected.items()}
        assert count.matching == count.gets + count.excluded
        asked = recipients(choice)
        assert sorted(asked) == sorted(expected[RecipientStatus.GETS] | expected[RecipientStatus.SUPPRESSED])


@pytest.mark.parametrize("seed", range(3))
def test_what_is_frozen_is_what_was_counted(app, seed):
    town = Town(seed)
    content_wijken, topics = town.some(town.wijken), town.some(town.topics)
    newsletter = make_newsletter(
        NewsletterState.APPROVED,
        neighbourhoods=[each.slug for each in content_wijken],
        topics=[each.slug for each in topics],
        not_to=town.earlier.id,
    )
    before = audience.count(newsletter)

    sending.start_newsletter(newsletter.id, at=clock.now())

    mail = newsletter.mail
    frozen = set(db.session.scalars(sa.select(Delivery.recipient).where(Delivery.mail_id == mail.id)))
    assert frozen == town.expected(audience.choice_of(newsletter))[RecipientStatus.GETS]
    assert (mail.frozen_count, mail.excluded_count) == (before.gets, before.suppressed)
    assert newsletter.exclusions == {status.value: count for status, count in before.reasons.items()}


def test_who_changes_while_it_starts_is_counted_as_frozen(app):
    """Choices and suppressions go on while an audience is copied; all numbers are those of one moment."""
    wijk, other = make_neighbourhood(slug="hier"), make_neighbourhood(slug="daar")
    keys = [make_subscriber(neighbourhoods=[wijk]).email_key for _ in range(30)]
    make_subscriber(neighbourhoods=[wijk])  # one reader remains, however late the last start is
    other_id = other.id

    def move(some: list[str]) -> None:
        for key in some:
            person = db.session.scalars(Subscriber.with_key(key)).one()
            person.neighbourhoods = [db.session.get_one(Neighbourhood, other_id)]
            db.session.commit()

    for round_ in range(3):
        number = make_newsletter(NewsletterState.APPROVED, neighbourhoods=["hier"]).id
        mine = keys[round_ * 10 : round_ * 10 + 10]
        at_once(
            app,
            lambda number=number: sending.start_newsletter(number, at=clock.now()),
            lambda mine=mine: move(mine[:5]),
            lambda mine=mine: [suppress(key) for key in mine[5:]],
        )

        newsletter = newsletter_numbered(number)
        frozen = sa.select(sa.func.count()).select_from(Delivery).where(Delivery.mail_id == newsletter.mail_id)
        assert db.session.scalar(frozen) == newsletter.mail.frozen_count
        assert newsletter.exclusions["suppressed"] == newsletter.mail.excluded_count


def test_who_chose_several_of_its_wijken_and_topics_gets_it_once(app):
    wijken = [make_neighbourhood() for _ in range(3)]
    topics = [make_topic() for _ in range(2)]
    anna = make_subscriber(neighbourhoods=wijken, topics=topics)
    values = {"neighbourhoods": [each.slug for each in wijken], "topics": [each.slug for each in topics]}
    newsletter = make_newsletter(NewsletterState.APPROVED, **values)

    sending.start_newsletter(newsletter.id, at=clock.now())

    assert list(db.session.scalars(sa.select(Delivery.recipient))) == [anna.id]


def test_without_a_choice_it_is_for_everybody(app):
    wijk = make_neighbourhood()
    everybody = [make_subscriber(neighbourhoods=[wijk]).id, make_subscriber().id]

    assert gets(AudienceChoice()) == everybody


def not_matching() -> Newsletter:
    make_subscriber(neighbourhoods=[make_neighbourhood(slug="hier")])
    return make_newsletter(NewsletterState.APPROVED, neighbourhoods=[make_neighbourhood(slug="daar").slug])


def all_suppressed() -> Newsletter:
    suppress(make_subscriber().email_key)
    return make_newsletter(NewsletterState.APPROVED)


def all_paused() -> Newsletter:
    make_subscriber(SubscriberState.PAUSED)
    return make_newsletter(NewsletterState.APPROVED)


NOBODY = {
    "nobody chose it": (not_matching, "Geen enkele abonnee koos"),
    "all suppressed": (all_suppressed, "vallen af"),
    "all paused": (all_paused, "vallen af"),
    "no subscribers": (lambda: make_newsletter(NewsletterState.APPROVED), "nog geen abonnees"),
}


@pytest.mark.parametrize(("make", "words"), NOBODY.values(), ids=NOBODY)
def test_without_readers_it_does_not_start_and_says_why(app, make: Callable[[], Newsletter], words):
    newsletter = make()

    with pytest.raises(NotAllowed, match=words):
        sending.start_newsletter(newsletter.id, at=clock.now())

    db.session.rollback()
    assert newsletter.state == NewsletterState.APPROVED
    assert not db.session.scalar(sa.select(Delivery))


def test_an_earlier_newsletter_that_never_went_leaves_nobody_out(app):
    make_subscriber()
    newsletter = make_newsletter(not_to=make_newsletter().id)

    assert audience.count(newsletter) == AudienceCount(gets=1)


def test_the_number_is_live_for_who_chooses(staff_client: Callable[..., Visitor]):
    wijk, topic = make_neighbourhood(slug="reeland"), make_topic(slug="groen")
    make_subscriber(neighbourhoods=[wijk])
    make_subscriber(SubscriberState.PAUSED, topics=[topic])
    make_subscriber(neighbourhoods=[make_neighbourhood(slug="staart")])
    client = staff_client("redacteur")

    answer = client.get("/beheer/nieuwsbrieven/doelgroep/?wijk=reeland&thema=groen").get_json()

    assert (answer["gets"], answer["left_out"]["paused"]) == (1, 1)
    expected = "Nu krijgt 1 abonnee deze nieuwsbrief. Wij slaan over: 1 abonnee. 1 heeft een pauze."
    assert answer["text"] == expected
    assert client.get("/beheer/nieuwsbrieven/doelgroep/").get_json()["gets"] == 2


@pytest.mark.parametrize("asked", ["niet_aan=x", "niet_aan=99999999999", "niet_aan=7", "wijk=atlantis"])
def test_a_choice_that_does_not_exist_counts_as_none(staff_client: Callable[..., Visitor], asked):
    make_subscriber()

    assert staff_client("redacteur").get(f"/beheer/nieuwsbrieven/doelgroep/?{asked}").get_json()["gets"] == 1
