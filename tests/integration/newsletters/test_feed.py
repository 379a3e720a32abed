"""The Atom feed of newsletters."""

from datetime import UTC, datetime

from dordt.newsletters.content.block_kinds import BlockContent, BlockKind
from dordt.newsletters.models import NewsletterState
from tests.factories.news import make_article
from tests.factories.places import make_topic
from tests.factories.sent import make_sent_newsletter
from tests.support.atom import ATOM, entries, faults, parsed, text

FEED = "/nieuwsbrief/feed.xml"
HOSTILE = "<b>&amp; ]]> \x0b\x1f\x7f\ufffe \U0001f333 “é” <script>alert(1)</script>"


def test_the_feed_is_valid_and_is_not_sent_twice(client):
    make_sent_newsletter(articles=[make_article()])
    make_sent_newsletter()

    first = client.get(FEED)
    again = client.get(FEED, headers={"If-None-Match": first.headers["ETag"]})

    assert first.content_type == "application/atom+xml; charset=utf-8"
    assert faults(first.data) == []
    assert "Set-Cookie" not in first.headers
    assert (again.status_code, again.data) == (304, b"")


def test_an_empty_feed_is_valid_and_stays_the_same(client):
    answer = client.get(FEED)

    assert faults(answer.data) == []
    assert client.get(FEED).data == answer.data


def test_it_names_itself_and_the_archive(client):
    site = client.application.config["SITE_URL"]

    links = {link.get("rel"): link.get("href") for link in parsed(client.get(FEED).data).iter(f"{ATOM}link")}

    assert links == {"self": f"{site}/nieuwsbrief/feed.xml", "alternate": f"{site}/nieuwsbrief/archief/"}


def test_an_entry_holds_the_whole_newsletter_at_full_addresses(client):
    site = client.application.config["SITE_URL"]
    make_sent_newsletter(
        subject="Het park",
        preheader="Kom kijken.",
        intro="Lees [meer](/contact/).",
        articles=[make_article(slug="een-plein", title="Een plein")],
        topics=[make_topic(slug="wonen", name="Wonen").slug],
        started_at=datetime(2027, 3, 9, 23, 30, tzinfo=UTC),
    )

    (entry,) = entries(client.get(FEED).data)

    assert text(entry, "title") == "Het park"
    assert text(entry, "summary") == "Kom kijken."
    assert text(entry, "updated") == "2027-03-09T23:30:00+00:00"
    assert f'<a href="{site}/contact/">meer</a>' in text(entry, "content")
    assert f'<a href="{site}/nieuws/een-plein/">Een plein</a>' in text(entry, "content")
    assert [category.get("label") for category in entry.iter(f"{ATOM}category")] == ["Wonen"]


def test_the_newest_stands_first_and_only_what_was_sent(client):
    make_sent_newsletter(subject="Eerste")
    make_sent_newsletter(subject="Tweede")
    make_sent_newsletter(NewsletterState.SENDING, subject="Onderweg")

    assert [text(entry, "title") for entry in entries(client.get(FEED).data)] == ["Tweede", "Eerste"]


def test_an_id_outlives_another_scheme_and_port_of_the_site(client, monkeypatch):
    make_sent_newsletter()
    found = []

    for site in ("http://dordt.example:8000", "https://dordt.example"):
        monkeypatch.setitem(client.application.config, "SITE_URL", site)
        (entry,) = entries(client.get(FEED).data)
        found.append(text(entry, "id"))

    assert found[0] == found[1]
    assert found[0].startswith("tag:dordt.example,")


def test_hostile_text_stays_text(client):
    block = BlockContent(BlockKind.QUOTE, text=HOSTILE, title=HOSTILE)
    make_sent_newsletter(subject=HOSTILE, preheader=HOSTILE, intro=HOSTILE, blocks=[block])

    document = client.get(FEED).data

    (entry,) = entries(document)
    assert faults(document) == []
    assert text(entry, "title").startswith("<b>&amp; ]]> ")
    assert "<script" not in text(entry, "content")
    assert "\U0001f333 “é”" in text(entry, "content")
