"""Everything can be done with the keyboard alone, and the focus is always seen."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.keyboard import tab_to, walk
from tests.browser.steps import sign_in
from tests.support.live_site import LiveSite


def test_the_first_tab_offers_to_skip_to_the_text(page: Page, site: LiveSite):
    page.goto(site.url)

    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Naar de inhoud")
    expect(page.locator(":focus")).to_be_in_viewport()
    page.keyboard.press("Enter")

    expect(page.locator("main")).to_be_focused()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")


def test_the_menu_is_walked_with_tab_and_opened_with_enter(page: Page, site: LiveSite):
    page.goto(site.url)

    names = []
    for _ in range(6):
        page.keyboard.press("Tab")
        names.append(page.locator(":focus").inner_text())
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")

    assert names == ["Naar de inhoud", "Dordt aan Zet", "Nieuws", "Werkgroepen", "Contact", "Nieuwsbrief"]
    expect(page).to_have_url(f"{site.url}/contact/")


def test_a_message_is_corrected_and_sent_with_tab_space_and_enter(page: Page, site: LiveSite):
    page.goto(f"{site.url}/contact/")
    tab_to(page, "button", "")
    page.keyboard.press("Enter")
    expect(page.locator(".error-summary__title")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#name")).to_be_focused()

    page.keyboard.type("Kees Toets")
    tab_to(page, "input", "email")
    page.keyboard.type("kees.toets@voorbeeld.nl")
    tab_to(page, "select", "neighbourhood")
    page.keyboard.type("Reel")
    tab_to(page, "select", "topic")
    page.keyboard.type("Groen")
    tab_to(page, "textarea", "message")
    page.keyboard.type("Helemaal zonder muis.")
    tab_to(page, "input", "keep_informed")
    page.keyboard.press("Space")
    tab_to(page, "button", "")
    page.keyboard.press("Space")

    expect(page).to_have_url(f"{site.url}/contact/verzonden/")
    site.wait_for_mail("kees.toets@voorbeeld.nl")


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("path", ["/", "/contact/", "/nieuwsbrief/", "/beheer/berichten/", "/beheer/nieuws/nieuw/"])
def test_the_focus_is_seen_at_every_stop(page: Page, site: LiveSite, path: str, width: int):
    if path.startswith("/beheer/"):
        sign_in(page, site)
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(site.url + path)

    stops = walk(page)

    assert len(stops) > 5
    assert [stop["name"] for stop in stops if not stop["ring"]] == []
    assert [stop["name"] for stop in stops if not stop["seen"]] == []
