"""Home, the legal pages and the files for machines."""

import xml.etree.ElementTree as ET
from datetime import UTC, datetime, timedelta

import pytest

from dordt.newsletters.models import NewsletterState
from dordt.operations import installation
from dordt.shared import clock
from tests.factories.news import make_article
from tests.factories.sent import make_sent_newsletter
from tests.factories.workgroups import make_workgroup

PAGES = ["/", "/toegankelijkheid/", "/privacy/", "/cookies/"]


@pytest.mark.parametrize("address", PAGES)
def test_a_page_needs_no_cookie_and_is_not_sent_twice(client, address: str):
    first = client.get(address)

    again = client.get(address, headers={"If-None-Match": first.headers["ETag"]})

    assert first.status_code == 200
    assert "Set-Cookie" not in first.headers
    assert again.status_code == 304


def test_home_shows_the_newest_article_and_three_more(client):
    now = clock.now()
    for number in range(6):
        make_article(title=f"Bericht nummer {number}", published_at=now - timedelta(days=number + 1))

    page = client.get("/").text

    assert [number for number in range(6) if f"Bericht nummer {number}" in page] == [0, 1, 2, 3]


def test_the_sitemap_names_every_public_page_that_answers(client):
    make_article(slug="nieuw", updated_at=datetime(2020, 1, 1, tzinfo=UTC))
    make_article(slug="oud", published_at=datetime(2019, 5, 6, tzinfo=UTC), updated_at=datetime(2020, 1, 1, tzinfo=UTC))
    make_workgroup(slug="park", is_open=True)
    make_workgroup(slug="klaar", is_open=False)
    make_sent_newsletter(started_at=datetime(2020, 1, 1, tzinfo=UTC))
    make_sent_newsletter(NewsletterState.SENDING)
    site = client.application.config["SITE_URL"]

    urls = ET.fromstring(client.get("/sitemap.xml").data)  # noqa: S314  (our own answer)

    found = {url[0].text.removeprefix(site): url[1].text if len(url) > 1 else None for url in urls}
    assert {"/", "/nieuws/", "/nieuws/nieuw/", "/nieuws/archief/2019/", "/werkgroepen/park/aanmelden/"} <= found.keys()
    assert {"/nieuwsbrief/archief/", "/nieuwsbrief/1/"} <= found.keys()
    assert not {"/werkgroepen/klaar/aanmelden/", "/nieuwsbrief/2/"} & found.keys()
    assert found["/nieuwsbrief/1/"] == "2020-01-01T01:00+01:00"
    assert found["/nieuws/oud/"] == "2020-01-01T01:00+01:00"
    assert {path: client.get(path).status_code for path in found} == dict.fromkeys(found, 200)


def test_robots_are_kept_from_staff_and_from_keys(client):
    answer = client.get("/robots.txt")

    assert answer.mimetype == "text/plain"
    assert "Disallow: /beheer/\n" in answer.text
    assert "Disallow: /nieuwsbrief/afmelden/\n" in answer.text
    assert "Disallow: /nieuwsbrief/archief/" not in answer.text
    assert answer.text.endswith(f"Sitemap: {client.application.config['SITE_URL']}/sitemap.xml\n")


def test_security_txt_says_whom_to_tell_and_ends_within_a_year(client):
    answer = client.get("/.well-known/security.txt")

    fields = dict(line.split(": ", 1) for line in answer.text.splitlines())
    left = datetime.fromisoformat(fields["Expires"]) - clock.now()
    assert answer.content_type == "text/plain; charset=utf-8"
    assert fields["Contact"] == "mailto:wijken@dordrecht.nl"
    assert timedelta(days=30) < left < timedelta(days=365)
    assert fields["Canonical"].endswith("/.well-known/security.txt")


def test_there_is_an_icon(client):
    answer = client.get("/favicon.ico")

    assert answer.status_code == 200
    assert answer.data.startswith(b"\x00\x00\x01\x00")


def test_a_process_that_works_says_so_and_nobody_keeps_that(client):
    for address in ("/healthz", "/readyz"):
        answer = client.get(address)

        assert (answer.status_code, answer.text) == (200, "ok\n")
        assert answer.headers["Cache-Control"] == "no-store"


def test_a_database_that_is_behind_is_not_ready(client, monkeypatch):
    monkeypatch.setattr(installation, "_expected", lambda _folder: {"0000_later"})

    answer = client.get("/readyz")

    assert (answer.status_code, answer.text) == (503, "database not migrated\n")
