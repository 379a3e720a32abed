"""Planning a newsletter as staff do it."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from dordt.extensions import db
from dordt.mailer.ledger import outbox
from dordt.news.models import ArticleState
from dordt.newsletters.models import Newsletter, NewsletterState
from dordt.newsletters.sending import plans, services
from dordt.newsletters.sending.plans import Plan
from dordt.shared import clock
from tests.factories.news import make_article
from tests.factories.newsletters import make_newsletter
from tests.factories.subscribers import make_subscriber
from tests.support.visitors import Visitor

StaffClient = Callable[..., Visitor]
State = NewsletterState
SECTION = "/beheer/nieuwsbrieven/"
FILLED = {"seen": "1", "starts": "2090-03-01T09:00", "window": "2", "latest": ""}
STARTS = datetime(2090, 3, 1, 8, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def newsletter() -> Newsletter:
    db.session.rollback()
    return db.session.scalars(sa.select(Newsletter)).one()


def words(page: str) -> str:
    return " ".join(re.sub("<[^>]+>", " ", page).split())


def plan_long_ago(ago: timedelta, number: int = 1) -> None:
    """Planned `ago`, to start a minute after that."""
    then = clock.now() - ago
    services.plan_newsletter(number, Plan(then + timedelta(minutes=1), then + 3 * HOUR), at=then)


@pytest.fixture
def client(staff_client: StaffClient) -> Visitor:
    make_newsletter(State.APPROVED)
    for _ in range(2):
        make_subscriber()
    return staff_client("redacteur")


def test_an_editor_plans_a_newsletter_and_sees_when_it_goes_and_until_when(client: Visitor):
    page = client.get(f"{SECTION}1/versturen/").text
    assert "Verstuur nu aan 2 abonnees" in page
    assert "Plan voor 2 abonnees" in page

    answer = client.post(f"{SECTION}1/plannen/", data=FILLED)

    assert answer.location == f"{SECTION}1/"
    shown = client.get(f"{SECTION}1/").text
    assert "Gepland: het versturen begint vanzelf op woensdag 1 maart 2090 om 09.00 uur." in shown
    assert "Gepland voor woensdag 1 maart 2090 om 09.00 uur" in shown
    assert "Dan begint het uiterlijk op 1 maart 2090 om 11.00 uur" in words(shown)
    assert "begint op 1 maart 2090 om 09.00 uur , niet later dan 1 maart 2090 om 11.00 uur" in words(
        client.get(SECTION).text
    )
    assert plans.plan_of(newsletter()) == Plan(STARTS, STARTS + 2 * HOUR)


def test_the_last_moment_can_be_chosen_too(client: Visitor):
    client.post(f"{SECTION}1/plannen/", data={**FILLED, "window": "zelf", "latest": "2090-03-01T09:45"})

    assert plans.plan_of(newsletter()) == Plan(STARTS, STARTS + timedelta(minutes=45))
    page = client.get(f"{SECTION}1/versturen/").text
    assert 'value="2090-03-01T09:00"' in page
    assert 'value="2090-03-01T09:45"' in page
    assert '<option selected value="zelf">' in page


def test_planning_again_replaces_the_plan(client: Visitor):
    client.post(f"{SECTION}1/plannen/", data=FILLED)
    client.post(f"{SECTION}1/plannen/", data={**FILLED, "starts": "2090-03-02T09:00", "window": "8"})

    assert plans.plan_of(newsletter()) == Plan(STARTS + 24 * HOUR, STARTS + 32 * HOUR)


def test_a_time_that_comes_twice_is_explained(client: Visitor):
    client.post(f"{SECTION}1/plannen/", data={**FILLED, "starts": "2090-10-29T02:30"})

    assert "02.30 uur komt twee keer. Wij nemen de eerste keer." in client.get(f"{SECTION}1/").text
    assert newsletter().scheduled_at == datetime(2090, 10, 29, 0, 30, tzinfo=UTC)


WRONG = {
    "nothing": ({"starts": ""}, "Kies een dag en een tijd."),
    "no moment": ({"starts": "morgen"}, "Vul een datum en een tijd in"),
    "the past": ({"starts": "2020-03-01T09:00"}, "Dit moment is al voorbij."),
    "a skipped hour": ({"starts": "2090-03-26T02:30"}, "De tijd 02.30 uur bestaat dan niet."),
    "no window": ({"window": "999"}, "Kies een mogelijkheid uit de lijst."),
    "own time left out": ({"window": "zelf", "latest": ""}, "Kies een dag en een tijd."),
    "last before first": ({"window": "zelf", "latest": "2090-03-01T08:00"}, "Kies een moment na de start"),
    "trap": ({"website": "x"}, "Wij maakten dat veld leeg."),
    "NUL": ({"starts": "2090-03-01T09:00\x00"}, "niet kunnen lezen"),
}


@pytest.mark.parametrize(("values", "text"), WRONG.values(), ids=WRONG)
def test_what_cannot_be_is_said_at_the_field_and_all_that_was_typed_stays(client: Visitor, values, text):
    answer = client.post(f"{SECTION}1/plannen/", data={**FILLED, "latest": "2090-03-01T12:34", **values})

    assert answer.status_code == 422
    assert "<title>Fout: " in answer.text
    assert text in answer.text
    assert f'value="{values.get("latest", "2090-03-01T12:34")}"' in answer.text
    if "\x00" not in values.get("starts", ""):
        assert f'value="{values.get("starts", FILLED["starts"])}"' in answer.text
    assert newsletter().state == State.APPROVED


def test_without_the_token_of_the_page_nothing_is_planned(client: Visitor):
    assert client.post(f"{SECTION}1/plannen/", data=FILLED, csrf=False).status_code == 400
    assert newsletter().state == State.APPROVED


def test_the_plan_is_withdrawn_with_one_button(client: Visitor):
    client.post(f"{SECTION}1/plannen/", data=FILLED)
    assert "Planning intrekken" in client.get(f"{SECTION}1/").text

    assert client.post(f"{SECTION}1/planning-intrekken/").location == f"{SECTION}1/"

    assert (newsletter().state, newsletter().scheduled_at) == (State.APPROVED, None)
    assert "Planning intrekken" not in client.get(f"{SECTION}1/").text
    assert client.post(f"{SECTION}1/planning-intrekken/").status_code == 409


def test_a_reader_sees_the_plan_but_cannot_change_it(client: Visitor, staff_client: StaffClient):
    client.post(f"{SECTION}1/plannen/", data=FILLED)
    reader = staff_client("lezer")

    assert "Gepland voor woensdag 1 maart 2090" in reader.get(f"{SECTION}1/").text
    assert "Planning intrekken" not in reader.get(f"{SECTION}1/").text
    for path in ("plannen/", "planning-intrekken/"):
        assert reader.post(f"{SECTION}1/{path}", data=FILLED).status_code == 403


def test_the_form_to_edit_says_that_the_plan_will_end(client: Visitor):
    client.post(f"{SECTION}1/plannen/", data=FILLED)

    assert "Dan vervalt de planning en moet iemand hem opnieuw goedkeuren" in client.get(f"{SECTION}1/bewerken/").text


def test_a_newsletter_that_is_too_late_is_for_a_person_to_decide(client: Visitor):
    plan_long_ago(5 * HOUR)
    services.start_due(at=clock.now())

    for path in ("", "1/", "1/versturen/"):
        assert "Te laat: beslis zelf" in client.get(SECTION + path).text
    assert "Kijk eerst of de lezers hem niet al kregen" in client.get(f"{SECTION}1/").text
    assert client.post(f"{SECTION}1/versturen/", data={"seen": "1"}).location == f"{SECTION}1/"
    assert newsletter().state == State.SENDING


def test_why_it_could_not_begin_stands_on_list_and_page(client: Visitor):
    article = make_article(title="Het park")
    number = make_newsletter(State.APPROVED, articles=(article,)).id
    plan_long_ago(HOUR, number)
    article.state = ArticleState.DRAFT
    db.session.commit()
    services.start_due(at=clock.now())

    for path in ("", f"{number}/", f"{number}/versturen/"):
        page = client.get(SECTION + path).text
        assert "Kon niet beginnen" in page
        assert "Het nieuwsbericht ‘Het park’ staat niet op de site." in page
    assert "U kunt versturen of plannen zodra is opgelost wat bij 1 staat" in page
    assert "Planning intrekken" in page


def test_after_a_pause_of_the_mailer_the_page_says_why_and_what_to_do(client: Visitor):
    services.start_newsletter(1, at=clock.now())
    reason, reply = "De mailserver weigerde 10 e-mails achter elkaar. Zijn antwoord: ", "554 5.7.1 Relay access denied"
    outbox.pause(newsletter().mail, reason + reply)
    db.session.commit()
    services.follow_mailer(at=clock.now())

    page = client.get(f"{SECTION}1/").text

    assert reason in page
    assert reply in page
    assert "Wij zetten het versturen zelf stil" in page
    assert "Verstuur daarna de geweigerde e-mails opnieuw." in page
    client.post(f"{SECTION}1/pauzeren/")
    assert reason in client.get(f"{SECTION}1/").text
    client.post(f"{SECTION}1/hervatten/")
    assert newsletter().state == State.SENDING
