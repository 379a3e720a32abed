"""A resident looks after the own newsletter, from the welcome to the reason for leaving."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.keyboard import tab_to, walk
from tests.browser.steps import follow_link, open_mail, subscribe
from tests.support.browser import violations
from tests.support.live_site import LiveSite


def open_preferences(page: Page, site: LiveSite, email: str) -> None:
    """Subscribe, and follow the link of the welcome."""
    subscribe(page, site, email=email)
    open_mail(page, site, email, "U krijgt de nieuwsbrief van Dordt aan Zet")
    follow_link(page, "/nieuwsbrief/voorkeuren/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Uw nieuwsbrief")


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_resident_chooses_pauses_moves_looks_and_leaves(new_page: Callable[..., Page], site: LiveSite, scripts: bool):
    page = new_page(java_script_enabled=scripts)
    old, new = f"wil.oud{scripts}@voorbeeld.nl", f"wil.nieuw{scripts}@voorbeeld.nl"
    open_preferences(page, site, old)
    page.get_by_label("Sterrenburg", exact=True).check()
    press(page, "Keuze bewaren")
    expect(page.locator(".notice--ok")).to_contain_text("Uw keuze is bewaard")
    expect(page.get_by_label("Sterrenburg", exact=True)).to_be_checked()
    page.get_by_label(re.compile("^3 maanden, tot ")).check()
    press(page, "Pauze beginnen")
    expect(page.locator(".lead")).to_contain_text("De nieuwsbrief staat op pauze tot")
    press(page, "Stop de pauze")
    expect(page.locator(".lead")).to_contain_text("U krijgt elke maand de nieuwsbrief")

    page.get_by_label("Uw nieuwe e-mailadres").fill(new)
    press(page, "Adres veranderen")
    expect(page.locator("main .notice")).to_contain_text(new)
    open_mail(page, site, new, "Klik om uw nieuwe e-mailadres te bevestigen")
    follow_link(page, "/nieuwsbrief/nieuw-adres/")
    press(page, "Ja, gebruik dit adres")
    expect(page.get_by_role("heading", level=1)).to_have_text("Uw nieuwe adres is bevestigd")
    open_mail(page, site, old, "De nieuwsbrief gaat naar een ander e-mailadres")

    page.goto(f"{site.url}/nieuwsbrief/")
    page.fill("[name=email]", new)
    page.check("[name=consent]")
    press(page, "Nieuwsbrief aanvragen")
    open_mail(page, site, new, "U krijgt de nieuwsbrief al")
    follow_link(page, "/nieuwsbrief/voorkeuren/")
    page.get_by_role("link", name="Bekijk uw gegevens").click()
    expect(page.locator("main")).to_contain_text("/nieuwsbrief/nieuw-adres/")
    with page.expect_download() as saved:
        page.get_by_role("link", name="Uw gegevens als tabel (CSV)").click()
    assert new in saved.value.path().read_text()

    page.go_back()
    page.get_by_role("link", name="Afmelden", exact=True).last.click()
    press(page, "Afmelden")
    page.get_by_label("Ik krijg te veel e-mail").check()
    press(page, "Antwoord versturen")
    expect(page.locator(".notice--ok")).to_contain_text("Dank u wel voor uw antwoord")


def test_axe_finds_nothing_on_the_pages_of_one_subscriber(page: Page, site: LiveSite):
    address = "axel.keuze@voorbeeld.nl"
    open_preferences(page, site, address)
    preferences, found = page.url, violations(page)
    press(page, "Keuze bewaren")
    found += violations(page)
    for button in ("Pauze beginnen", "Adres veranderen"):
        press(page, button)
        expect(page.locator(".error-summary__title")).to_be_focused()
        found += violations(page)
        page.goto(preferences)
    page.get_by_label(re.compile("^1 maand, tot ")).check()
    press(page, "Pauze beginnen")
    page.get_by_label("Uw nieuwe e-mailadres").fill("axel.elders@voorbeeld.nl")
    press(page, "Adres veranderen")
    found += violations(page)
    page.goto(f"{preferences}gegevens/")
    found += violations(page)
    open_mail(page, site, "axel.elders@voorbeeld.nl", "Klik om uw nieuwe e-mailadres te bevestigen")
    follow_link(page, "/nieuwsbrief/nieuw-adres/")
    found += violations(page)
    press(page, "Ja, gebruik dit adres")
    found += violations(page)
    page.goto(preferences)
    expect(page.get_by_role("heading", level=1)).to_have_text("Deze link werkt niet meer")

    assert found + violations(page) == []


def test_axe_finds_nothing_on_the_pages_of_who_leaves(page: Page, site: LiveSite):
    open_preferences(page, site, "axel.weg@voorbeeld.nl")
    page.get_by_role("link", name="Afmelden", exact=True).last.click()
    found = violations(page)
    press(page, "Afmelden")
    found += violations(page)
    press(page, "Antwoord versturen")
    expect(page.locator(".error-summary__title")).to_be_focused()
    found += violations(page)
    page.get_by_label("Iets anders").check()
    press(page, "Antwoord versturen")

    assert found + violations(page) == []


@pytest.mark.parametrize("width", [320, 1280])
def test_the_page_is_used_with_the_keyboard_alone(page: Page, site: LiveSite, width: int):
    page.set_viewport_size({"width": width, "height": 900})
    open_preferences(page, site, f"kees.keuze{width}@voorbeeld.nl")
    stops = walk(page)
    assert [stop["name"] for stop in stops if not (stop["ring"] and stop["seen"])] == []

    page.reload()
    tab_to(page, "input", "topics")
    page.keyboard.press("Space")
    tab_to(page, "button", "")
    page.keyboard.press("Enter")
    expect(page.locator(".notice--ok")).to_be_visible()
    tab_to(page, "input", "months")
    page.keyboard.press("Space")
    tab_to(page, "button", "")
    page.keyboard.press("Enter")

    expect(page.locator(".lead")).to_contain_text("De nieuwsbrief staat op pauze tot")
