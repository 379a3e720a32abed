"""axe finds nothing in a newsletter, narrow and wide, by light and by dark, with its pictures and without."""

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Page

from dordt.newsletters.content.rendering import draft_of
from tests.browser.mails import answers
from tests.factories.whole_newsletter import make_whole_newsletter
from tests.support.browser import violations
from tests.support.databases import Installation

OF_PAGES = ("landmark-one-main", "region")  # a mail programme's page has the landmarks; the mail is an article in it


@pytest.fixture
def app(sqlite_installation: Installation) -> Iterator[Flask]:
    with sqlite_installation.app.app_context():
        yield sqlite_installation.app
    sqlite_installation.tidy()


@pytest.mark.parametrize("has_pictures", [True, False], ids=["with pictures", "pictures blocked"])
def test_a_newsletter_with_every_kind_of_block(page: Page, app: Flask, has_pictures: bool):
    html = draft_of(make_whole_newsletter()).html
    page.route("**/media/**", answers(app) if has_pictures else lambda route: route.fulfill(status=404))

    page.set_content(html, wait_until="networkidle")

    assert [found for found in violations(page) if not any(f" {rule}:" in found for rule in OF_PAGES)] == []
