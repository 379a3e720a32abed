"""Who came and who went, told from what residents really did."""

import random
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta
from itertools import accumulate, count

import pytest

from dordt.consent import services as consent
from dordt.consent.models import ConsentPurpose
from dordt.extensions import db
from dordt.newsletters.reporting.services import Interval, Unit, growth
from dordt.shared.clock import AMSTERDAM
from dordt.shared.links import issue_token
from dordt.subscribers import emails, services
from dordt.subscribers.fields import SubscriberFields
from dordt.subscribers.models import AddressChange, Subscriber
from tests.factories.subscribers import confirm_path, make_subscriber
from tests.support.visitors import Visitor

StaffClient = Callable[..., Visitor]
MARCH = datetime(2027, 3, 10, 12, tzinfo=AMSTERDAM)
HOURS = timedelta(hours=2)  # a second mail may go after one
pytestmark = pytest.mark.usefixtures("app")


def row_of(email: str) -> Subscriber:
    db.session.rollback()
    return db.session.scalars(Subscriber.with_key(email)).one()


def ask(email: str, at: datetime) -> None:
    services.request_subscription(services.SubscriptionRequest(email, SubscriberFields(), "Ja, ik wil."), at=at)


def join(email: str, at: datetime) -> None:
    ask(email, at - timedelta(minutes=1))
    row = row_of(email)
    services.confirm_subscription(confirm_path(row).split("/")[-2], at=at)


def leave(email: str, at: datetime) -> None:
    row = row_of(email)
    services.unsubscribe(issue_token(row.id, purpose=emails.UNSUBSCRIBE, version=row.link_version), at=at)


def move(email: str, to: str, at: datetime) -> None:
    row = row_of(email)
    token = issue_token(row.id, purpose=emails.UNSUBSCRIBE, version=row.link_version)
    services.ask_new_address(token, to, at=at - timedelta(minutes=1))
    change = db.session.scalars(AddressChange.waiting(row.id)).first()
    assert change is not None
    token = issue_token(change.id, purpose=emails.NEW_ADDRESS, version=row_of(email).link_version)
    services.confirm_new_address(token, consent_text="Ja, daarheen.", at=at)


def months(count: int = 3, at: datetime = MARCH) -> list[tuple[int, int, int]]:
    """Per month: who came, who went, how many at the end."""
    return [(step.joined, step.left, step.size) for step in growth(Unit.MONTH, count, at=at)]


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_who_came_and_went_is_counted_in_its_month():
    join("anna@voorbeeld.nl", MARCH - timedelta(days=60))
    join("bert@voorbeeld.nl", MARCH - timedelta(days=20))
    leave("anna@voorbeeld.nl", MARCH - timedelta(days=1))

    assert months() == [(1, 0, 1), (1, 0, 2), (0, 1, 1)]


def test_a_month_begins_and_ends_with_the_day_in_amsterdam():
    join("winter@voorbeeld.nl", moment("2026-12-31T23:00:00+00:00"))
    join("vroeg@voorbeeld.nl", moment("2026-12-31T22:59:59+00:00"))
    join("zomer@voorbeeld.nl", moment("2027-04-30T22:00:00+00:00"))
    join("avond@voorbeeld.nl", moment("2027-04-30T21:59:59+00:00"))

    found = {step.starts_on: step.joined for step in growth(Unit.MONTH, 6, at=moment("2027-05-02T10:00:00+02:00"))}

    assert {day: count for day, count in found.items() if count} == {
        date(2026, 12, 1): 1,
        date(2027, 1, 1): 1,
        date(2027, 4, 1): 1,
        date(2027, 5, 1): 1,
    }


def test_a_week_with_the_hour_that_is_skipped_ends_on_sunday_night():
    join("zondag@voorbeeld.nl", moment("2027-03-28T23:59:00+02:00"))
    join("maandag@voorbeeld.nl", moment("2027-03-29T00:00:00+02:00"))

    steps = growth(Unit.WEEK, 2, at=moment("2027-03-30T10:00:00+02:00"))

    assert steps == [Interval(date(2027, 3, 22), 1, 0, 1), Interval(date(2027, 3, 29), 1, 0, 2)]


def test_who_asked_twice_before_confirming_came_once():
    ask("anna@voorbeeld.nl", MARCH - 2 * HOURS)
    join("anna@voorbeeld.nl", MARCH)

    assert months(1) == [(1, 0, 1)]
    leave("anna@voorbeeld.nl", MARCH)
    assert months(1) == [(1, 1, 0)]


def test_who_came_back_came_twice_and_left_once():
    join("anna@voorbeeld.nl", MARCH - timedelta(days=60))
    leave("anna@voorbeeld.nl", MARCH - timedelta(days=20))
    join("anna@voorbeeld.nl", MARCH)

    assert months() == [(1, 0, 1), (0, 1, 0), (1, 0, 1)]


def test_who_never_confirmed_or_left_before_it_was_never_there():
    ask("anna@voorbeeld.nl", MARCH)
    ask("bert@voorbeeld.nl", MARCH)
    leave("bert@voorbeeld.nl", MARCH)

    assert months(1) == [(0, 0, 0)]


def test_who_moves_to_another_address_neither_comes_nor_goes():
    join("anna@voorbeeld.nl", MARCH - timedelta(days=60))
    move("anna@voorbeeld.nl", "anna@elders.nl", MARCH)

    assert months() == [(1, 0, 1), (0, 0, 1), (0, 0, 1)]
    leave("anna@elders.nl", MARCH + HOURS)
    assert months() == [(1, 0, 1), (0, 0, 1), (0, 1, 0)]


@pytest.mark.parametrize("is_away", [False, True], ids=["on the list", "left before"])
def test_who_moves_to_an_address_that_is_known_gives_it_the_place(is_away: bool):
    join("anna@voorbeeld.nl", MARCH - timedelta(days=60))
    join("oud@voorbeeld.nl", MARCH - timedelta(days=60))
    if is_away:
        leave("oud@voorbeeld.nl", MARCH - timedelta(days=20))
    move("anna@voorbeeld.nl", "oud@voorbeeld.nl", MARCH)

    came, left, size = months()[-1]

    assert (came, left, size) == ((1, 1, 1) if is_away else (0, 1, 1))
    assert months()[0] == (2, 0, 2)


def test_other_consent_is_no_subscription():
    consent.record(
        "anna@voorbeeld.nl", ConsentPurpose.SHOW_NAME, text="Ja.", source="/werkgroepen/", at=MARCH, confirmed_at=MARCH
    )
    db.session.commit()

    assert months(1) == [(0, 0, 0)]


def test_all_years_begin_with_the_first_who_came():
    consent.record_imported(
        [("anna@voorbeeld.nl", "Een lijst", moment("2023-05-01T10:00:00+02:00"))], ConsentPurpose.NEWSLETTER
    )
    make_subscriber(email="anna@voorbeeld.nl")

    assert [(step.starts_on.year, step.joined, step.size) for step in growth(Unit.YEAR, at=MARCH)] == [
        (2023, 1, 1),
        (2024, 0, 1),
        (2025, 0, 1),
        (2026, 0, 1),
        (2027, 0, 1),
    ]


class Town:
    """People who come, go, come back and move as chance has it; it counts them as they do."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.at = datetime(2026, 1, 1, tzinfo=AMSTERDAM)
        self.there: set[str] = set()
        self.away: set[str] = set()
        self.came, self.went = Counter[date](), Counter[date]()
        self.names = (f"lezer{number}@voorbeeld.nl" for number in count(1))

    def live_on(self) -> None:
        self.at += timedelta(days=self.chance.random() * 25 + 0.2)
        deeds = [self.come]
        deeds += [self.go, self.move] if self.there else []
        self.chance.choice([*deeds, self.come_back] if self.away else deeds)()

    def come(self, who: str = "") -> None:
        who = who or next(self.names)
        join(who, self.at)
        self.there.add(who)
        self.came[self.month] += 1

    def go(self) -> None:
        who = self.one_of(self.there)
        leave(who, self.at)
        self.away.add(who)
        self.went[self.month] += 1

    def come_back(self) -> None:
        self.come(self.one_of(self.away))

    def move(self) -> None:
        to = next(self.names)
        move(self.one_of(self.there), to, self.at)
        self.there.add(to)

    def one_of(self, those: set[str]) -> str:
        who = self.chance.choice(sorted(those))
        those.discard(who)
        return who

    @property
    def month(self) -> date:
        return self.at.astimezone(AMSTERDAM).date().replace(day=1)


def test_whatever_people_do_the_months_add_up():
    town = Town(seed=7)
    for _ in range(25):
        town.live_on()

    steps = growth(Unit.MONTH, 24, at=town.at + HOURS)

    assert Counter({step.starts_on: step.joined for step in steps if step.joined}) == town.came
    assert Counter({step.starts_on: step.left for step in steps if step.left}) == town.went
    sizes = list(accumulate(step.joined - step.left for step in steps))
    assert [step.size for step in steps] == sizes
    assert sizes[-1] == len(town.there)


def test_the_page_shows_the_chosen_period_as_drawings_and_as_a_table(staff_client: StaffClient):
    make_subscriber()
    client = staff_client("lezer")

    usual = client.get("/beheer/nieuwsbrieven/verslag/").text
    weeks = client.get("/beheer/nieuwsbrieven/verslag/?periode=half-jaar").text
    unknown = client.get("/beheer/nieuwsbrieven/verslag/?periode=eeuwig").text

    assert usual.count('<th scope="row">') == 12
    assert weeks.count('<th scope="row">week van') == 26
    assert unknown.count('<th scope="row">') == 12
    assert "Nu is er <strong>1 abonnee</strong>" in usual
    assert '<title id="aantal-lijn-title">Aantal abonnees</title>' in usual
    assert "verslag/bestand.csv?periode=half-jaar" in weeks
