"""The page behind the link in every newsletter: choosing, pausing, and that nothing but a press on a button does it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from dordt.audit.models import AuditEntry
from dordt.consent.models import Consent
from dordt.extensions import db
from dordt.mailer.models import Delivery, MailKind
from dordt.mailer.worker.tasks import run_every_minute
from dordt.shared import clock
from dordt.shared.clock import AMSTERDAM
from dordt.subscribers import services
from dordt.subscribers.models import Subscriber, SubscriberState
from dordt.subscribers.services.preferences import PAUSE_MONTHS
from tests.factories.subscribers import confirm_path, make_subscriber, preferences_path, unsubscribe_path
from tests.support.stored import actions
from tests.support.subscribers import put_in_post

pytestmark = pytest.mark.usefixtures("choices")


def again(subscriber: Subscriber) -> Subscriber:
    number = subscriber.id
    db.session.rollback()
    return db.session.get_one(Subscriber, number, populate_existing=True)


def chosen(subscriber: Subscriber) -> tuple[list[str], list[str]]:
    found = again(subscriber)
    return [wijk.slug for wijk in found.neighbourhoods], [topic.slug for topic in found.topics]


def test_choosing_other_wijken_and_topics(client):
    anna = make_subscriber()
    path = preferences_path(anna)

    answer = client.post(f"{path}keuze/", data={"neighbourhoods": ["dubbeldam"], "topics": ["groen-en-spelen"]})

    assert (answer.status_code, answer.location) == (303, f"{path}?bewaard=keuze")
    page = client.get(answer.location).text
    assert "Uw keuze is bewaard" in page
    assert "checked" in page.split('value="dubbeldam"')[0].rsplit("<input", 1)[1]
    assert chosen(anna) == (["dubbeldam"], ["groen-en-spelen"])
    assert actions() == ["subscriber.choices_changed"]


def test_choosing_nothing_means_everything_again(client):
    anna = make_subscriber()
    client.post(f"{preferences_path(anna)}keuze/", data={"neighbourhoods": ["dubbeldam"]})

    client.post(f"{preferences_path(anna)}keuze/", data={})

    assert chosen(anna) == ([], [])


def test_only_known_words_in_the_address_say_that_something_was_saved(client):
    assert "bewaard" not in client.get(f"{preferences_path(make_subscriber())}?bewaard=alles").text.split("<footer")[0]


@pytest.mark.parametrize("months", PAUSE_MONTHS)
def test_a_pause_ends_on_the_day_that_the_page_names(client, months):
    anna = make_subscriber()
    path = preferences_path(anna)

    answer = client.post(f"{path}pauze/", data={"months": str(months)})

    assert (answer.status_code, answer.location) == (303, path)
    until = again(anna).paused_until
    assert (anna.state, until.astimezone(AMSTERDAM).hour) == ("paused", 0)
    assert timedelta(days=27 * months) < until - clock.now() < timedelta(days=32 * months)
    assert f'op pauze tot <time datetime="{until.astimezone(AMSTERDAM).isoformat(timespec="minutes")}">' in (
        client.get(path).text
    )


@pytest.mark.parametrize(
    ("day", "months", "until"),
    [
        ("2026-11-30T10:00", 1, "2026-12-30"),
        ("2027-01-31T23:30", 1, "2027-02-28"),
        ("2027-11-29T10:00", 3, "2028-02-29"),
        ("2026-12-31T10:00", 6, "2027-06-30"),
        ("2026-12-31T23:59", 1, "2027-01-31"),
    ],
)
def test_a_pause_ends_at_midnight_of_the_same_day_or_the_last_of_the_month(day: str, months: int, until: str):
    begun = datetime.fromisoformat(day).replace(tzinfo=AMSTERDAM)

    ends = services.pause_choices(begun.astimezone(UTC))[months].astimezone(AMSTERDAM)

    assert f"{ends:%Y-%m-%dT%H:%M}" == f"{until}T00:00"


def test_mail_page_and_data_tell_the_same_day_of_a_pause(client, outbox):
    until = datetime(2099, 12, 30, tzinfo=AMSTERDAM)
    anna = make_subscriber(SubscriberState.PAUSED, paused_until=until)
    client.post("/nieuwsbrief/", data={"email": anna.email, "consent": "y"})
    path = preferences_path(anna)

    assert "30 december 2099" in client.get(path).text
    assert "30 december 2099" in client.get(f"{path}gegevens/").text
    assert "2099-12-30T00:00:00+01:00" in client.get(f"{path}gegevens.json").text
    assert "2099-12-30T00:00:00+01:00" in client.get(f"{path}gegevens.csv").text
    assert "30 december 2099" in outbox()[-1].text


def test_a_pause_takes_waiting_newsletters_out_of_the_post_at_once(client):
    anna = make_subscriber()
    put_in_post(anna, MailKind.NEWSLETTER)
    put_in_post(anna, MailKind.TRANSACTIONAL)

    client.post(f"{preferences_path(anna)}pauze/", data={"months": "1"})

    assert db.session.scalars(sa.select(Delivery.state).order_by(Delivery.id)).all() == ["cancelled", "queued"]
    assert db.session.scalars(Subscriber.receiving()).all() == []


def test_who_paused_can_have_the_newsletter_back_at_once(client):
    anna = make_subscriber()
    path = preferences_path(anna)
    client.post(f"{path}pauze/", data={"months": "6"})
    assert "Stop de pauze" in client.get(path).text

    for _ in range(2):
        assert client.post(f"{path}hervatten/").status_code == 303

    assert (again(anna).state, anna.paused_until) == ("confirmed", None)
    assert "Stop de pauze" not in client.get(path).text
    assert actions() == ["subscriber.paused", "subscriber.resumed"]


def test_the_worker_ends_a_pause_when_its_day_has_come(client):
    anna, bert = make_subscriber(), make_subscriber(SubscriberState.PAUSED)
    client.post(f"{preferences_path(anna)}pauze/", data={"months": "3"})
    until = again(anna).paused_until
    cleo = make_subscriber(SubscriberState.UNSUBSCRIBED, paused_until=until)

    assert services.end_pauses(at=until - timedelta(seconds=1)) == 0
    assert services.end_pauses(at=until) == 1
    assert services.end_pauses(at=until) == 0

    assert (again(anna).state, anna.paused_until) == ("confirmed", None)
    assert (again(bert).state, again(cleo).state) == ("paused", "unsubscribed")
    ended = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "subscriber.pauses_ended")).one()
    assert (ended.subject_id, ended.detail) == (None, {"count": 1})


def test_a_confirm_link_pressed_during_a_pause_ends_no_pause(client, outbox):
    anna = make_subscriber(SubscriberState.UNCONFIRMED)
    confirm = confirm_path(anna)
    client.post(confirm)
    client.post(f"{preferences_path(anna)}pauze/", data={"months": "1"})

    client.post(confirm)

    assert again(anna).state == "paused"
    assert "op pauze tot" in client.get(confirm).text
    assert [mail.name for mail in outbox()] == ["welcome"]


def test_leaving_ends_a_pause(client):
    anna = make_subscriber()
    client.post(f"{preferences_path(anna)}pauze/", data={"months": "1"})

    client.post(unsubscribe_path(anna))

    assert (again(anna).state, anna.paused_until) == ("unsubscribed", None)
    assert services.end_pauses(at=clock.now() + timedelta(days=400)) == 0


def test_asking_for_the_newsletter_during_a_pause_mails_the_way_to_end_it(client, outbox):
    anna = make_subscriber(SubscriberState.PAUSED, paused_until=clock.now() + timedelta(days=9))

    client.post("/nieuwsbrief/", data={"email": anna.email, "consent": "y"})

    (mail,) = outbox()
    assert "op pauze tot" in mail.text
    client.post(f"{mail.path('voorkeuren')}hervatten/")
    assert again(anna).state == "confirmed"


BROKEN: dict[str, tuple[str, dict[str, Any], str]] = {
    "no length": ("pauze", {}, "Kies hoelang u pauze wilt."),
    "a length of our own": ("pauze", {"months": "2"}, "Kies hoelang u pauze wilt."),
    "no number": ("pauze", {"months": "één"}, "Kies hoelang u pauze wilt."),
    "trap in the pause": ("pauze", {"months": "1", "website": "x"}, "Wij maakten dat veld leeg."),
    "unknown wijk": ("keuze", {"neighbourhoods": ["atlantis"]}, "uit de lijst"),
    "unknown topic": ("keuze", {"topics": ["goud"]}, "uit de lijst"),
    "NUL": ("keuze", {"neighbourhoods": ["dubbeldam\x00"]}, "niet kunnen lezen"),
    "trap in the choice": ("keuze", {"website": "x"}, "Wij maakten dat veld leeg."),
    "no address": ("adres", {"email": ""}, "Vul een e-mailadres in"),
    "two addresses": ("adres", {"email": "a@voorbeeld.nl, b@voorbeeld.nl"}, "naam@voorbeeld.nl"),
    "CRLF": ("adres", {"email": "a@voorbeeld.nl\r\nBcc: b@voorbeeld.nl"}, "op één regel"),
    "HTML": ("adres", {"email": "<b>a</b>@voorbeeld.nl"}, "naam@voorbeeld.nl"),
    "100 kB": ("adres", {"email": "a" * 100_000 + "@voorbeeld.nl"}, "Maak de tekst korter"),
    "their own address": ("adres", {"email": "ANNA@voorbeeld.nl"}, "Vul een ander e-mailadres in."),
    "trap in the address": ("adres", {"email": "a@voorbeeld.nl", "website": "x"}, "Wij maakten dat veld leeg."),
}


@pytest.mark.parametrize(("part", "values", "text"), BROKEN.values(), ids=BROKEN)
def test_broken_values_get_a_clear_text_and_change_nothing(client, outbox, part, values, text):
    anna = make_subscriber(email="anna@voorbeeld.nl")

    answer = client.post(f"{preferences_path(anna)}{part}/", data=values)

    assert (answer.status_code, text in answer.text) == (422, True)
    assert answer.text.count('id="fouten"') == 1
    assert (again(anna).state, chosen(anna), outbox(), actions()) == ("confirmed", ([], []), [], [])


def test_a_form_that_comes_back_leaves_what_the_other_forms_show(client):
    anna = make_subscriber()
    path = preferences_path(anna)
    client.post(f"{path}keuze/", data={"neighbourhoods": ["dubbeldam"]})

    for part in ("pauze", "adres"):
        page = client.post(f"{path}{part}/", data={"website": "x", "email": "b@voorbeeld.nl"}).text
        assert "checked" in page.split('value="dubbeldam"')[0].rsplit("<input", 1)[1]
        assert page.count("Wij maakten dat veld leeg.") == 1
        assert 'value="x"' not in page


def test_no_page_of_it_sets_a_cookie_or_is_kept(client):
    path = preferences_path(make_subscriber())
    visits = [client.get(path + part) for part in ("", "gegevens/", "gegevens.csv", "gegevens.json")]
    visits += [client.post(f"{path}{part}/", data={}) for part in ("keuze", "pauze", "adres", "hervatten")]

    for answer in visits:
        assert "Set-Cookie" not in answer.headers
        assert answer.headers["Cache-Control"] == "no-store"
        assert "noindex" in answer.headers["X-Robots-Tag"]


@pytest.mark.parametrize("end", ["left", "new version", "erased", "unconfirmed", "cut"])
def test_a_dead_link_shows_how_to_ask_a_new_one_and_changes_nothing(client, end):
    anna = make_subscriber()
    path = preferences_path(anna)
    if end == "left":
        client.post(unsubscribe_path(anna))
    elif end == "new version":
        anna.link_version += 1
    elif end == "erased":
        db.session.delete(anna)
    elif end == "unconfirmed":
        anna.state = SubscriberState.UNCONFIRMED
    else:
        path = path[:-4] + "/"
    posts = {"keuze": {}, "pauze": {"months": "1"}, "adres": {"email": "a@voorbeeld.nl"}, "hervatten": {}}

    answers = [client.get(path + part) for part in ("", "gegevens/", "gegevens.csv", "gegevens.json")]
    answers += [client.post(f"{path}{part}/", data=data) for part, data in posts.items()]

    for answer in answers:
        assert answer.status_code == 410
        assert 'href="/nieuwsbrief/"' in answer.text
        assert "mailen u een nieuwe link naar uw keuzes" in answer.text
    assert db.session.scalars(sa.select(Subscriber).where(Subscriber.state == "paused")).all() == []


def test_a_choice_or_a_pause_changes_no_proof(client):
    anna = make_subscriber(SubscriberState.UNCONFIRMED)
    client.post("/nieuwsbrief/", data={"email": anna.email, "consent": "y"})
    client.post(confirm_path(anna))

    def proof() -> list[Any]:
        columns = (Consent.text_version, Consent.source, Consent.method, Consent.confirmed_at, Consent.withdrawn_at)
        db.session.rollback()
        return [tuple(row) for row in db.session.execute(sa.select(*columns))]

    before = proof()
    for part, data in {"keuze": {"topics": ["groen-en-spelen"]}, "pauze": {"months": "1"}, "hervatten": {}}.items():
        client.post(f"{preferences_path(anna)}{part}/", data=data)

    assert before == proof()
    assert before[0][-1] is None
    assert before[0][-2] is not None


def test_the_worker_looks_every_minute_for_pauses_that_are_over(app):
    make_subscriber(SubscriberState.PAUSED, paused_until=clock.now() - timedelta(seconds=1))

    run_every_minute()

    assert db.session.scalars(sa.select(Subscriber.state)).all() == ["confirmed"]
