"""Test mails: the newsletter as it is now, to a few named addresses, leading nowhere personal."""

from collections.abc import Callable
from datetime import timedelta
from threading import Event
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa

from dordt.audit.models import AuditEntry
from dordt.extensions import db
from dordt.mailer.models import Delivery, Mail, MailKind, Suppression, SuppressionScope
from dordt.mailer.worker.tasks import deliver_what_is_due
from dordt.newsletters.content.block_content import NewsletterContent
from dordt.newsletters.content.services import editing, test_mail
from dordt.newsletters.models import NewsletterState
from dordt.shared import clock
from dordt.shared.problems import NotAllowed
from tests.factories.accounts import make_member
from tests.factories.newsletters import make_newsletter
from tests.support.raw_lint import problems
from tests.support.visitors import Visitor

StaffClient = Callable[..., Visitor]
SECTION = "/beheer/nieuwsbrieven/"
TEST = f"{SECTION}1/testmail/"


def sent() -> list[Delivery]:
    return list(db.session.scalars(sa.select(Delivery).order_by(Delivery.id)))


def log_lines() -> list[AuditEntry]:
    return list(db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "newsletter.tested")))


def try_out(*addresses: str, by=None, at=None, number: int = 1) -> int:
    return test_mail.send_test(number, addresses, at=at or clock.now(), by=by or make_member())


def block(key: str, scope: SuppressionScope = SuppressionScope.ALL) -> None:
    db.session.add(Suppression(address_key=key, scope=scope, reason="x", since=clock.now()))
    db.session.commit()


def test_a_test_mail_says_so_and_holds_no_link_of_anybody(app):
    newsletter = make_newsletter(subject="Nieuws & meer", preheader="Kom kijken")

    assert try_out("a@voorbeeld.nl", "b@voorbeeld.nl") == 2

    mail = sent()[0].mail
    assert (mail.name, mail.kind, mail.subject) == ("newsletter_test", MailKind.TRANSACTIONAL, "[Test] Nieuws & meer")
    assert (mail.headers, mail.token_purpose) == ({}, None)
    assert mail.text.startswith("DIT IS EEN TEST.")
    for part in (mail.text, mail.html):
        assert "Het park is klaar." in part
        assert "[[" not in part
        assert "/nieuwsbrief/afmelden/" not in part
        assert "/nieuwsbrief/voorkeuren/" not in part
    assert mail.html.index("Kom kijken") < mail.html.index("Dit is een test.") < mail.html.index("Het park is klaar.")
    assert mail.html.count("<body") == 1
    assert newsletter.state == NewsletterState.DRAFT


def test_the_longest_subject_still_fits(app):
    make_newsletter(subject="x" * 200)

    try_out("a@voorbeeld.nl")

    assert len(sent()[0].mail.subject) == 200


def test_a_test_mail_is_well_formed_on_its_way_out(app, smtp_server):
    app.config["MAIL_CATCHER_FILE"].write_text(f"{smtp_server.host}:{smtp_server.port}")
    make_newsletter()
    try_out("a@voorbeeld.nl")

    deliver_what_is_due(Event())

    (received,) = smtp_server.messages
    host = urlsplit(app.config["SITE_URL"]).hostname
    assert problems(received.content, host=host, is_bulk=False) == []
    assert b"List-Unsubscribe" not in received.content


def test_the_log_counts_and_names_no_address(app):
    make_newsletter()

    try_out("a@voorbeeld.nl", "b@voorbeeld.nl")

    (entry,) = log_lines()
    assert entry.detail == {"tests": 2, "version": 1}
    assert "voorbeeld.nl" not in str(entry.detail)


def test_without_the_log_the_last_test_and_the_limit_are_still_known(staff_client: StaffClient, app):
    app.config["NEWSLETTER_TESTS_PER_HOUR"], most = 2, app.config["NEWSLETTER_TESTS_PER_HOUR"]
    make_newsletter()
    client = staff_client("redacteur", name="Eva")
    try:
        try_out("a@voorbeeld.nl", "b@voorbeeld.nl", by=client.member)
        db.session.execute(sa.delete(AuditEntry))
        db.session.commit()

        assert "door Eva, naar 2 adressen." in client.get(f"{SECTION}1/versturen/").text
        with pytest.raises(test_mail.TestRefused, match="2 testmails per uur"):
            try_out("c@voorbeeld.nl", by=client.member)
    finally:
        app.config["NEWSLETTER_TESTS_PER_HOUR"] = most


def test_a_second_click_sends_nothing_more(app):
    make_newsletter()
    at, member = clock.now(), make_member()

    assert [try_out("a@voorbeeld.nl", by=member, at=at + timedelta(seconds=n)) for n in (0, 1, 30)] == [1, 0, 1]
    assert len(log_lines()) == 2


def test_one_member_sends_no_more_than_so_many_an_hour(app):
    app.config["NEWSLETTER_TESTS_PER_HOUR"], most = 3, app.config["NEWSLETTER_TESTS_PER_HOUR"]
    make_newsletter()
    at, member = clock.now(), make_member()
    try:
        try_out("a@voorbeeld.nl", "b@voorbeeld.nl", by=member, at=at)
        with pytest.raises(test_mail.TestRefused, match="3 testmails per uur"):
            try_out("c@voorbeeld.nl", "d@voorbeeld.nl", by=member, at=at + timedelta(minutes=59))
        db.session.rollback()
        assert try_out("c@voorbeeld.nl", "d@voorbeeld.nl", by=make_member(), at=at) == 2
        assert try_out("e@voorbeeld.nl", "f@voorbeeld.nl", by=member, at=at + timedelta(minutes=61)) == 2
    finally:
        app.config["NEWSLETTER_TESTS_PER_HOUR"] = most


@pytest.mark.parametrize("key", ["b@voorbeeld.nl", "@voorbeeld.nl"])
def test_an_address_that_gets_nothing_is_said_without_naming_it(app, key):
    make_newsletter()
    block(key)

    with pytest.raises(test_mail.TestRefused, match="Adres 2 in uw lijst is geblokkeerd") as refused:
        try_out("a@ander.nl", "b@voorbeeld.nl")

    assert "voorbeeld.nl" not in str(refused.value)
    assert not sent()


def test_who_gets_no_newsletter_still_gets_a_test(app):
    make_newsletter()
    block("a@voorbeeld.nl", SuppressionScope.NEWSLETTER)

    assert try_out("a@voorbeeld.nl") == 1


@pytest.mark.parametrize("state", [NewsletterState.SENDING, NewsletterState.SENT, NewsletterState.CANCELLED])
def test_what_was_started_or_stopped_is_not_tried(app, state):
    make_newsletter(state)

    with pytest.raises(NotAllowed, match="kan niet meer"):
        try_out("a@voorbeeld.nl")


def test_an_editor_sends_a_test_and_sees_when_the_last_one_went(staff_client: StaffClient):
    make_newsletter()
    client = staff_client("redacteur", name="Eva")
    page = client.get(f"{SECTION}1/versturen/").text
    assert client.member.email in page
    assert "Er is nog geen testmail verstuurd." in page

    answer = client.post(TEST, data={"addresses": "a@voorbeeld.nl,\r\nb@voorbeeld.nl A@voorbeeld.nl"})

    assert answer.location == f"{SECTION}1/versturen/#testmail"
    assert sorted(row.address for row in sent()) == ["a@voorbeeld.nl", "b@voorbeeld.nl"]
    page = client.get(f"{SECTION}1/versturen/").text
    assert "De testmail is onderweg naar 2 adressen." in page
    assert "door Eva, naar 2 adressen." in page
    assert "nog veranderd" not in page
    editing.edit_newsletter(1, NewsletterContent("Anders", ""), at=clock.now(), by=client.member)
    assert "Daarna is de nieuwsbrief nog veranderd." in client.get(f"{SECTION}1/versturen/").text


WRONG = {
    "nothing": ("", "Vul een e-mailadres in"),
    "no address": ("jan", "Dit adres klopt niet."),
    "one of two": ("a@voorbeeld.nl, jan@", "Adres 2 klopt niet."),
    "too many": (" ".join(f"a{n}@voorbeeld.nl" for n in range(6)), "hoogstens 5 adressen"),
    "NUL": ("a@voorbeeld.nl\x00", "niet kunnen lezen"),
    "header": ("a@voorbeeld.nl\r\nBcc:x@voorbeeld.nl", "Adres 2 klopt niet."),
    "blocked": ("dicht@voorbeeld.nl", "Dit adres is geblokkeerd"),
}


@pytest.mark.parametrize(("typed", "words"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_with_the_addresses_is_said_beside_them(staff_client: StaffClient, typed, words):
    make_newsletter()
    block("dicht@voorbeeld.nl")

    answer = staff_client("redacteur").post(TEST, data={"addresses": typed})

    assert answer.status_code == 422
    assert "<title>Fout: " in answer.text
    assert words in answer.text
    assert not sent()


def test_without_the_token_of_the_page_no_test_goes(staff_client: StaffClient):
    make_newsletter()

    assert staff_client("redacteur").post(TEST, data={"addresses": "a@voorbeeld.nl"}, csrf=False).status_code == 400
    assert staff_client("lezer").post(TEST, data={"addresses": "a@voorbeeld.nl"}).status_code == 403
    assert not sent()


def test_the_list_of_mail_shows_a_test_for_what_it_is(staff_client: StaffClient):
    make_newsletter()
    try_out("a@voorbeeld.nl")
    client = staff_client("beheerder")

    page = client.get(f"/beheer/post/{sent()[0].id}/").text

    assert "[Test] Nieuws uit uw wijk" in page
    assert "DIT IS EEN TEST." in page
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Mail)) == 1
