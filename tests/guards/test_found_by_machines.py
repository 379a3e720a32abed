"""Search engines and other sites find on every public page what it is about, said for that page alone."""

from collections import defaultdict
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
from flask import Flask

from tests.support.seeded import Walk

ALWAYS = {"og:title", "og:description", "og:type", "og:url", "og:locale", "og:site_name"}
NOT_FOR_MACHINES = ("/postvak/", "/beheer/")
FEWEST_PAGES = 18


class Head(HTMLParser):
    """The <meta>s and the canonical link of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.said: dict[str, list[str]] = defaultdict(list)
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "meta" and (name := values.get("name") or values.get("property")):
            self.said[name].append(values.get("content", ""))
        elif tag == "link" and values.get("rel") == "canonical":
            self.said["canonical"].append(values["href"])


@pytest.fixture(scope="module")
def heads(public_walk: Walk) -> dict[str, Head]:
    """By path: every public page that a visitor can reach, and every list of them on its second page."""
    found = {
        path: Head(answer.text)
        for path, answer in public_walk.answers.items()
        if answer.mimetype == "text/html" and answer.status_code == 200 and not path.startswith(NOT_FOR_MACHINES)
    }
    assert len(found) >= FEWEST_PAGES
    return found


def test_every_public_page_says_what_it_is_about(heads: dict[str, Head]):
    lengths = {path: [len(text) for text in head.said["description"]] for path, head in heads.items()}

    assert {path: each for path, each in lengths.items() if len(each) != 1 or not 50 <= each[0] <= 160} == {}


def test_no_two_pages_say_the_same(heads: dict[str, Head]):
    by_text = defaultdict(set)
    for head in heads.values():
        by_text[head.said["description"][0]].add(head.said["canonical"][0])

    assert [addresses for addresses in by_text.values() if len(addresses) > 1] == []


def test_every_public_page_can_be_shared(seeded_app: Flask, heads: dict[str, Head]):
    lacking = {path: sorted(ALWAYS - set(head.said)) for path, head in heads.items() if ALWAYS - set(head.said)}
    assert lacking == {}

    for path, head in heads.items():
        assert all(head.said[name] == [each for each in head.said[name] if each] for name in ALWAYS), path
        assert head.said["og:locale"] == ["nl_NL"]
        assert head.said["og:url"] == head.said["canonical"]
        assert head.said["canonical"][0].startswith(seeded_app.config["SITE_URL"] + urlsplit(path).path), path


def test_a_filter_is_no_page_of_its_own(seeded_app: Flask, public_walk: Walk):
    site = seeded_app.config["SITE_URL"]
    filtered = {"wijk": "sterrenburg", "thema": "wonen", "pagina": "1"}

    head = Head(public_walk.visitor.get("/nieuws/", query_string=filtered).text)

    assert head.said["canonical"] == [f"{site}/nieuws/"]


def test_a_picture_is_shown_where_there_is_one(public_walk: Walk, heads: dict[str, Head]):
    pictures = [text for path, head in heads.items() for text in head.said["og:image"] if path.startswith("/nieuws/")]

    assert pictures
    assert {public_walk.visitor.get(urlsplit(picture).path).status_code for picture in pictures} == {200}
