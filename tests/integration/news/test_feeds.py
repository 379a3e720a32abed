"""The Atom feeds of news."""

from datetime import timedelta
from urllib.parse import urljoin

import html5lib
import pytest

from dordt.news.models import ArticleState, Attachment
from dordt.shared import clock
from tests.factories.media import make_document, make_image
from tests.factories.news import make_article
from tests.factories.places import make_neighbourhood
from tests.support.atom import ATOM, entries, faults, text
from tests.support.markup import compact


@pytest.fixture
def reeland(app):
    return make_neighbourhood(slug="reeland", name="Reeland")


@pytest.mark.parametrize("address", ["/nieuws/feed.xml", "/nieuws/wijk/reeland/feed.xml"])
def test_a_feed_is_valid_and_is_not_sent_twice(client, reeland, address: str):
    documents = [Attachment(media=make_document(), title="Het plan")]
    make_article(neighbourhoods=[reeland], image=make_image(), attachments=documents, body="[Meer](/contact/) & <b>")
    make_article(neighbourhoods=[reeland])

    first = client.get(address)
    again = client.get(address, headers={"If-None-Match": first.headers["ETag"]})

    assert first.content_type == "application/atom+xml; charset=utf-8"
    assert faults(first.data) == []
    assert len(entries(first.data)) == 2
    assert "PDF-bestand Het plan" in first.text
    assert (again.status_code, again.data) == (304, b"")


def test_what_stands_beside_the_article_is_found_from_anywhere(client):
    body = "[a](plan.pdf) [b](../ander/) [c](/contact/) [d](?x=1) [e](#kop) [f](//cbs.nl/x)"
    make_article(slug="een-park", body=body)

    (entry,) = entries(client.get("/nieuws/feed.xml").data)

    link = next(link.get("href") for link in entry.findall(f"{ATOM}link"))
    content = html5lib.parseFragment(text(entry, "content"), namespaceHTMLElements=False)
    found = [element.get("href") or element.get("src") for element in content.iter() if element.tag in {"a", "img"}]
    expected = ["plan.pdf", "../ander/", "/contact/", "?x=1", "#kop", "//cbs.nl/x"]
    assert link.endswith("/nieuws/een-park/")
    assert found == [urljoin(link, address) for address in expected]


def test_a_feed_of_a_wijk_holds_its_news_alone(client, reeland):
    make_article(title="Over Reeland", neighbourhoods=[reeland])
    make_article(title="Over de stad")

    of_wijk, of_all = (entries(client.get(f"/nieuws/{name}feed.xml").data) for name in ("wijk/reeland/", ""))

    assert [text(entry, "title") for entry in of_wijk] == ["Over Reeland"]
    assert len(of_all) == 2


def test_a_wijk_that_does_not_exist_has_no_feed(client):
    assert client.get("/nieuws/wijk/bestaat-niet/feed.xml").status_code == 404


def test_a_correction_dates_the_entry_again_and_an_older_one_does_not(client):
    now = clock.now().replace(microsecond=0)
    make_article(title="Verbeterd", published_at=now - timedelta(days=2), updated_at=now)
    make_article(title="Eerder klaar", published_at=now - timedelta(days=3), updated_at=now - timedelta(days=9))

    found = {text(entry, "title"): text(entry, "updated") for entry in entries(client.get("/nieuws/feed.xml").data)}

    assert found == {"Verbeterd": now.isoformat(), "Eerder klaar": (now - timedelta(days=3)).isoformat()}


def test_what_is_not_out_is_not_in_it(client):
    make_article(state=ArticleState.DRAFT)
    make_article(published_at=clock.now() + timedelta(days=1))

    assert entries(client.get("/nieuws/feed.xml").data) == []


def test_the_news_names_its_feeds(client, reeland):
    page = compact(client.get("/nieuws/?wijk=reeland").text)

    assert 'title="Nieuws van Dordt aan Zet" href="/nieuws/feed.xml">' in page
    assert 'title="Nieuws uit Reeland" href="/nieuws/wijk/reeland/feed.xml">' in page
    assert "/nieuws/wijk/" not in client.get("/nieuws/?wijk=bestaat-niet").text
