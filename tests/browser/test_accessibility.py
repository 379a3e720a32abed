"""axe finds nothing at 320 and 1280 pixels: on every page of the sitemap, every form in error, and every staff page."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.steps import sign_in
from tests.browser.walks import sitemap, staff_pages
from tests.support.browser import violations
from tests.support.live_site import LiveSite

FORMS = ["/contact/", "/nieuwsbrief/", "/werkgroepen/sterrenburgpark/aanmelden/", "/beheer/inloggen/"]
OTHERS = ["/contact/verzonden/", "/nieuwsbrief/controleer-uw-mail/", "/postvak/", "/bestaat-niet/"]


def test_every_page_of_the_sitemap(page: Page, site: LiveSite):
    paths = [*sitemap(page, site), *OTHERS]
    assert len(paths) > 20

    found = []
    for path in paths:
        page.goto(site.url + path)
        found += violations(page)

    assert found == []


@pytest.mark.parametrize("path", FORMS)
def test_a_form_in_error_is_clear_and_has_the_focus_at_what_to_do(page: Page, site: LiveSite, path: str):
    page.goto(site.url + path)
    page.click("main form.form button[type=submit]")

    expect(page.locator(".error-summary__title")).to_be_focused()
    expect(page).to_have_title(re.compile("^Fout: "))
    first = page.locator(".error-summary a").first
    field = (first.get_attribute("href") or "").removeprefix("#")
    first.click()
    expect(page.locator(f"[id='{field}']")).to_be_focused()
    assert violations(page) == []


def test_every_staff_page(page: Page, site: LiveSite):
    sign_in(page, site)

    found = []
    for path in staff_pages(page, site):
        page.goto(site.url + path)
        found += violations(page)

    assert found == []
