"""A subscription that moves to another address: confirmed there, announced here, and proof of consent for each."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from dordt.consent import services as consent
from dordt.consent.models import Consent, ConsentPurpose, ConsentText
from dordt.extensions import db
from dordt.mailer.models import Delivery, MailKind
from dordt.shared import clock
from dordt.shared.links import issue_token
from dordt.shared.problems import LinkInvalid
from dordt.subscribers import services
from dordt.subscribers.forms import CONSENT_TEXT, NEW_ADDRESS_TEXT
from dordt.subscribers.models import AddressChange, Subscriber, SubscriberState, Unsubscription
from tests.factories.places import make_neighbourhood
from tests.factories.subscribers import confirm_path, make_subscriber, preferences_path, unsubscribe_path
from tests.support.at_once import at_once
from tests.support.stored import count
from tests.support.subscribers import put_in_post, token_of

NEW = "Nieuw@voorbeeld.nl"
NEW_KEY = "nieuw@voorbeeld.nl"


@pytest.fixture
def anna(app) -> Subscriber:
    """A subscriber with a proof of consent and a choice."""
    found = make_subscriber(
        email="anna@voorbeeld.nl", neighbourhoods=[make_neighbourhood(slug="staart", name="Staart")]
    )
    at = clock.now() - timedelta(days=30)
    purpose = ConsentPurpose.NEWSLETTER
    consent.record(found.email_key, purpose, text=CONSENT_TEXT, source="/nieuwsbrief/", at=at, confirmed_at=at)
    db.session.commit()
    return found


def ask(client, subscriber: Subscriber, email: str = NEW):
    return client.post(f"{preferences_path(subscriber)}adres/", data={"email": email})


def moved(client, outbox, subscriber: Subscriber) -> str:
    """Ask for the new address and confirm it; returns the link."""
    ask(client, subscriber)
    link = outbox()[-1].path("nieuw-adres")
    assert client.post(link).status_code == 303
    return link


def row(number: int) -> Subscriber:
    db.session.rollback()
    return db.session.get_one(Subscriber, number, populate_existing=True)


def proofs(key: str) -> list[Consent]:
    return list(db.session.scalars(sa.select(Consent).where(Consent.address_key == key).order_by(Consent.id)))


def test_nothing_changes_before_the_new_address_is_confirmed(client, outbox, anna):
    path = preferences_path(anna)

    answer = client.post(f"{path}adres/", data={"email": NEW})

    assert (answer.status_code, answer.location) == (303, f"{path}#adres")
    page = client.get(answer.location).text
    assert "Wij sturen een e-mail naar Nieuw@voorbeeld.nl" in page
    assert row(anna.id).email_key == "anna@voorbeeld.nl"
    (mail,) = outbox()
    assert (mail.name, mail.to) == ("confirm_new_address", NEW)
    assert not proofs(NEW_KEY)


def test_confirming_takes_a_button(client, outbox, anna):
    ask(client, anna)
    link = outbox()[0].path("nieuw-adres")

    page = client.get(link)
    client.head(link)
    assert "Ja, gebruik dit adres" in page.text
    assert NEW_ADDRESS_TEXT in page.text
    assert "voorbeeld.nl" not in page.text
    assert row(anna.id).email_key == "anna@voorbeeld.nl"

    answer = client.post(link)
    assert (answer.status_code, answer.location) == (303, link)
    assert "Set-Cookie" not in answer.headers
    page = client.get(link)
    assert "Uw nieuwe adres is bevestigd" in page.text
    assert 'method="post"' not in page.text
    assert (row(anna.id).email, anna.email_key, anna.state) == (NEW, NEW_KEY, "confirmed")


def test_the_proof_of_the_old_address_ends_and_that_of_the_new_one_begins(client, outbox, anna):
    moved(client, outbox, anna)

    (old,), (new,) = proofs("anna@voorbeeld.nl"), proofs(NEW_KEY)
    words = db.session.scalars(sa.select(ConsentText.text).where(ConsentText.version == new.text_version)).one()
    assert old.withdrawn_at is not None
    assert (words, new.source, new.method) == (NEW_ADDRESS_TEXT, "/nieuwsbrief/nieuw-adres/", "web_form")
    assert new.asked_at < new.confirmed_at
    assert new.withdrawn_at is None


def test_links_mailed_to_the_old_address_open_no_choices_but_still_leave(client, outbox, anna):
    choices, leave = preferences_path(anna), unsubscribe_path(anna)

    moved(client, outbox, anna)

    assert client.get(choices).status_code == 410
    assert client.post(f"{choices}pauze/", data={"months": "1"}).status_code == 410
    assert client.get(preferences_path(row(anna.id))).status_code == 200
    client.post(leave)
    assert row(anna.id).state == "unsubscribed"
    assert all(proof.withdrawn_at for proof in proofs(NEW_KEY))


def test_the_old_address_is_told_without_either_address(client, outbox, anna):
    moved(client, outbox, anna)

    notice = outbox()[-1]
    assert (notice.name, notice.to) == ("address_changed", "anna@voorbeeld.nl")
    assert "voorbeeld.nl" not in notice.subject + notice.text + notice.html
    assert "14 078" in notice.text


def test_pressing_twice_does_one_thing(client, outbox, anna):
    link = moved(client, outbox, anna)
    version = row(anna.id).link_version

    assert client.post(link).status_code == 303

    assert row(anna.id).link_version == version
    assert [mail.name for mail in outbox()] == ["confirm_new_address", "address_changed"]
    assert len(proofs(NEW_KEY)) == 1


def test_a_newsletter_that_waits_goes_to_the_new_address_with_a_link_that_works(client, outbox, anna):
    put_in_post(anna, MailKind.NEWSLETTER)
    put_in_post(anna, MailKind.TRANSACTIONAL)

    moved(client, outbox, anna)

    first, receipt, *_rest = db.session.scalars(sa.select(Delivery).order_by(Delivery.id))
    version = row(anna.id).link_version
    assert (first.address, first.address_key, first.state, first.link_version) == (NEW, NEW_KEY, "queued", version)
    assert receipt.address == "anna@voorbeeld.nl"


def test_the_page_and_the_mails_are_the_same_whoever_has_the_new_address(client, outbox, anna):
    make_subscriber(email="bert@voorbeeld.nl")

    answers = [ask(client, anna, email) for email in ("bert@voorbeeld.nl", "niemand@voorbeeld.nl")]
    known, unknown = outbox()

    assert [answer.status_code for answer in answers] == [303, 303]
    assert known.text.replace(known.path("nieuw-adres"), "") == unknown.text.replace(unknown.path("nieuw-adres"), "")


STATES = [SubscriberState.CONFIRMED, SubscriberState.PAUSED, SubscriberState.UNSUBSCRIBED]


@pytest.mark.parametrize("state", STATES)
def test_an_address_that_is_on_the_list_goes_on_with_what_was_chosen_here(client, outbox, anna, state):
    known = make_subscriber(state, email=NEW_KEY, paused_until=clock.now() + timedelta(days=9))
    leave = unsubscribe_path(known)

    moved(client, outbox, anna)

    assert (row(anna.id).state, anna.email_key) == ("unsubscribed", "anna@voorbeeld.nl")
    goes_on = row(known.id)
    assert (goes_on.state, goes_on.paused_until, goes_on.unsubscribed_at) == ("confirmed", None, None)
    assert [wijk.slug for wijk in goes_on.neighbourhoods] == ["staart"]
    assert db.session.scalars(sa.select(Subscriber.email_key).where(Subscriber.state == "confirmed")).all() == [NEW_KEY]
    assert proofs("anna@voorbeeld.nl")[0].withdrawn_at is not None
    assert proofs(NEW_KEY)[-1].confirmed_at is not None
    assert db.session.scalars(sa.select(Unsubscription.mail_id)).all() == [None]
    client.post(leave)
    assert row(known.id).state == "unsubscribed"


def test_an_address_that_never_confirmed_is_taken_over(client, outbox, anna):
    client.post("/nieuwsbrief/", data={"email": NEW, "consent": "y"})
    sign_up = outbox()[0].path("bevestigen")

    moved(client, outbox, anna)

    assert (row(anna.id).email_key, anna.state) == (NEW_KEY, "confirmed")
    assert count(Subscriber) == 1
    assert [proof.source for proof in proofs(NEW_KEY)] == ["/nieuwsbrief/nieuw-adres/"]
    assert client.post(sign_up).status_code == 410


def test_a_paused_subscription_moves_with_its_pause(client, outbox, anna):
    client.post(f"{preferences_path(anna)}pauze/", data={"months": "3"})
    until = row(anna.id).paused_until

    moved(client, outbox, anna)

    assert (row(anna.id).state, anna.paused_until) == ("paused", until)


def test_of_two_requests_the_newest_counts(client, outbox, anna):
    ask(client, anna, "tikfout@voorbeeld.nl")
    ask(client, anna)
    wrong, right = (mail.path("nieuw-adres") for mail in outbox())

    assert client.get(wrong).status_code == 410
    assert client.post(wrong).status_code == 410
    assert client.post(right).status_code == 303
    assert client.post(wrong).status_code == 410
    assert row(anna.id).email_key == NEW_KEY
    assert count(AddressChange) == 1


def test_asking_twice_within_an_hour_is_one_mail_whose_link_works(client, outbox, anna):
    ask(client, anna)
    ask(client, anna, "tikfout@voorbeeld.nl")
    ask(client, anna)

    assert [mail.to for mail in outbox()] == [NEW, "tikfout@voorbeeld.nl"]
    assert client.post(outbox()[0].path("nieuw-adres")).status_code == 303
    assert row(anna.id).email_key == NEW_KEY


def test_one_inbox_gets_no_more_mail_than_its_limit(client, outbox, anna, monkeypatch):
    monkeypatch.setitem(client.application.config, "MAILS_PER_INBOX", 2)

    for number in range(4):
        assert ask(client, anna, f"bert+{number}@voorbeeld.nl").status_code == 303

    assert len(outbox()) == 2


def test_leaving_ends_a_change_that_waits(client, outbox, anna):
    ask(client, anna)
    link = outbox()[0].path("nieuw-adres")

    client.post(unsubscribe_path(anna))

    assert count(AddressChange) == 0
    assert client.post(link).status_code == 410
    assert row(anna.id).state == "unsubscribed"


def test_a_change_that_nobody_confirmed_is_erased_with_its_mail(client, outbox, anna):
    ask(client, anna)
    at = clock.now()

    assert services.erase_changes(at=at + timedelta(days=6)) == 0
    assert services.erase_changes(at=at + timedelta(days=8)) == 1

    assert (count(AddressChange), outbox()) == (0, [])
    assert row(anna.id).email_key == "anna@voorbeeld.nl"


def test_a_change_that_was_confirmed_is_forgotten_too_but_its_mails_stay(client, outbox, anna):
    link = moved(client, outbox, anna)

    assert services.erase_changes(at=clock.now() + timedelta(days=8)) == 1

    assert [mail.name for mail in outbox()] == ["confirm_new_address", "address_changed"]
    assert client.get(link).status_code == 410


def test_an_old_link_shows_how_to_ask_a_new_one(client, outbox, anna, monkeypatch):
    ask(client, anna)
    link = outbox()[0].path("nieuw-adres")
    monkeypatch.setitem(client.application.config, "CONFIRM_WITHIN", timedelta(seconds=-1))

    for answer in (client.get(link), client.post(link)):
        assert answer.status_code == 410
        assert 'href="/nieuwsbrief/"' in answer.text


def test_the_three_kinds_of_links_do_not_open_each_others_pages(client, outbox, anna):
    ask(client, anna)
    link = outbox()[0].path("nieuw-adres")

    assert client.post(link.replace("nieuw-adres", "bevestigen")).status_code == 410
    assert client.post(link.replace("nieuw-adres", "afmelden")).status_code == 410
    assert client.post(confirm_path(anna).replace("bevestigen", "nieuw-adres")).status_code == 410
    assert client.post(unsubscribe_path(anna).replace("afmelden", "nieuw-adres")).status_code == 410
    assert row(anna.id).state == "confirmed"


def test_one_link_pressed_six_times_at_once_moves_once(app, client, outbox, anna):
    ask(client, anna)
    token = token_of(outbox()[0].path("nieuw-adres"))

    confirm = {"consent_text": NEW_ADDRESS_TEXT}
    at_once(app, *[lambda: services.confirm_new_address(token, at=clock.now(), **confirm)] * 6)

    assert (row(anna.id).email_key, anna.link_version) == (NEW_KEY, 2)
    assert [mail.name for mail in outbox()] == ["confirm_new_address", "address_changed"]


def test_two_people_who_swap_addresses_at_once_end_as_one_subscriber_each(app, client, outbox, anna):
    bert = make_subscriber(email="bert@voorbeeld.nl")
    ask(client, anna, bert.email)
    ask(client, bert, anna.email)
    first, second = (token_of(mail.path("nieuw-adres")) for mail in outbox())

    def confirm(token: str) -> None:
        try:
            services.confirm_new_address(token, consent_text=NEW_ADDRESS_TEXT, at=clock.now())
        except LinkInvalid:
            db.session.rollback()

    at_once(app, lambda: confirm(first), lambda: confirm(second))

    states = sorted([row(anna.id).state, row(bert.id).state])
    assert states == ["confirmed", "unsubscribed"]


def test_two_people_who_want_the_same_address_at_once_end_as_one_subscriber(app, client, outbox, anna):
    bert = make_subscriber(email="bert@voorbeeld.nl")
    for who in (anna, bert):
        change = AddressChange(subscriber=who, email=NEW, email_key=NEW_KEY, asked_at=clock.now())
        db.session.add(change)
    db.session.commit()
    changes = db.session.scalars(sa.select(AddressChange)).all()
    tokens = [issue_token(each.id, purpose="newsletter-new-address", version=1) for each in changes]

    confirm = {"consent_text": NEW_ADDRESS_TEXT}
    work = [lambda token=token: services.confirm_new_address(token, at=clock.now(), **confirm) for token in tokens]
    at_once(app, *work)

    db.session.rollback()
    found = db.session.execute(sa.select(Subscriber.email_key, Subscriber.state)).all()
    assert (NEW_KEY, "confirmed") in found
    assert sorted(state for _key, state in found) == ["confirmed", "unsubscribed"]
