"""What "went out" in development can be read and its links clicked."""

import smtplib
from email.message import EmailMessage
from pathlib import Path

import pytest
from flask import Flask

from config import Development, Testing
from dordt.development.catcher import ADDRESS_FILE, Catcher
from tests.support.databases import build_app
from tests.support.visitors import Visitor, new_visitor

LINK = "http://127.0.0.1:8000/nieuwsbrief/bevestigen/abc.def/"


@pytest.fixture
def site(tmp_path: Path) -> Flask:
    return build_app(tmp_path, kind=Development)


@pytest.fixture
def visitor(site: Flask) -> Visitor:
    with site.app_context():
        yield new_visitor(site)


@pytest.fixture
def catcher(tmp_path: Path) -> Catcher:
    catcher = Catcher(tmp_path)
    catcher.start()
    yield catcher
    catcher.stop()


def send(catcher: Catcher, *, subject: str = "Bevestig uw aanmelding", to: str = "anna@voorbeeld.nl") -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "wijken@dordrecht.nl", to, subject
    mail["Date"] = "Tue, 09 Mar 2027 19:30:00 +0100"
    mail.set_content(f"Beste Anna,\n\nBevestig hier: {LINK}.\nTot ziens <b>in</b> Dordrecht\n")
    mail.add_alternative(f'<html><head></head><body><a href="{LINK}?html=1">Bevestig</a></body></html>', subtype="html")
    host, port = catcher.address.split(":")
    with smtplib.SMTP(host, int(port)) as connection:
        connection.send_message(mail, from_addr="terug@dordrecht.nl", to_addrs=[to])


def test_a_caught_mail_is_listed_with_recipient_subject_and_time(visitor, catcher):
    send(catcher, subject="Uw bericht is ontvangen – dank u")

    page = visitor.get("/postvak/")

    assert "Uw bericht is ontvangen – dank u" in page.text
    assert "anna@voorbeeld.nl" in page.text
    assert "9 maart 2027 om 19.30 uur" in page.text
    assert 'href="/postvak/1/"' in page.text


def test_a_mail_shows_its_whole_text_its_headers_and_every_link(visitor, catcher):
    send(catcher)

    page = visitor.get("/postvak/1/")

    assert "Tot ziens &lt;b&gt;in&lt;/b&gt; Dordrecht" in page.text
    assert f'href="{LINK}"' in page.text
    assert f'href="{LINK}?html=1"' in page.text
    assert "terug@dordrecht.nl" in page.text
    assert "frame-src 'self'" in page.headers["Content-Security-Policy"]


def test_the_html_part_stands_at_an_address_of_its_own_where_no_script_runs(visitor, catcher):
    send(catcher)

    frame = visitor.get("/postvak/1/html/", check=False)

    assert 'href="' + LINK in frame.text
    policy = frame.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert "sandbox allow-same-origin" in policy
    assert frame.headers["X-Frame-Options"] == "SAMEORIGIN"


def test_the_newest_mail_comes_first_and_a_search_finds_recipient_or_subject(visitor, catcher):
    for name in ("anna", "bram"):
        send(catcher, to=f"{name}@voorbeeld.nl", subject=f"Voor {name}")

    everything, found = visitor.get("/postvak/").text, visitor.get("/postvak/?zoek=ANNA").text

    assert everything.index("Voor bram") < everything.index("Voor anna")
    assert "Voor anna" in found
    assert "Voor bram" not in found


def test_an_empty_mailbox_says_what_will_appear(visitor):
    assert "Er is nog geen e-mail verstuurd" in visitor.get("/postvak/").text


def test_throwing_all_mails_away_needs_the_csrf_token(visitor, catcher):
    send(catcher)

    refused = visitor.post("/postvak/leegmaken/", csrf=False)
    assert refused.status_code == 400
    assert catcher.mails.numbers() == [1]

    assert visitor.post("/postvak/leegmaken/").status_code == 303
    assert catcher.mails.numbers() == []


def test_a_mail_that_is_not_there_is_not_found(visitor):
    assert visitor.get("/postvak/7/").status_code == 404
    assert visitor.get("/postvak/7/html/").status_code == 404


def test_two_catchers_on_one_folder_lose_no_mail(catcher, tmp_path):
    other = Catcher(tmp_path)
    other.start()

    for each in (catcher, other, catcher, other):
        send(each)
    other.stop()

    assert catcher.mails.numbers() == [4, 3, 2, 1]


def test_the_catcher_leaves_its_address_and_takes_it_away(tmp_path):
    catcher = Catcher(tmp_path)
    catcher.start()
    assert (tmp_path / ADDRESS_FILE).read_text() == catcher.address

    catcher.stop()

    assert not (tmp_path / ADDRESS_FILE).exists()


def test_outside_development_there_is_no_mailbox(tmp_path):
    site = build_app(tmp_path, kind=Testing)

    assert "mailbox" not in site.blueprints
